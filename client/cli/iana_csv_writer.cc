#include "client/cli/iana_csv_writer.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "client/cli/delimited_writer.h"
#include "client/cli/words.h"

namespace portreg::cli {

void IanaCsvWriter::Write(const v1::PortRecord& record) {
  v1::PortRecord without_transport = record;
  without_transport.clear_transport();
  const v1::RecordDetails& details = record.details();
  std::vector<std::string> fields = {record.service(),
                                     record.has_first_port() ? PortsOf(without_transport) : "",
                                     TransportName(record.transport()),
                                     record.description(),
                                     details.assignee(),
                                     details.contact(),
                                     details.registration_date(),
                                     details.modification_date(),
                                     details.reference(),
                                     details.service_code(),
                                     details.unauthorized_use_reported(),
                                     details.assignment_notes()};
  if (with_owner_) fields.push_back(details.owner());
  rows_ += DelimitedRow(Format::kCsv, fields);
}

void IanaCsvWriter::Finish(const std::string& /*revision*/) {
  Put(absl::StrCat("Service Name,Port Number,Transport Protocol,Description,Assignee,Contact,"
                   "Registration Date,Modification Date,Reference,Service Code,"
                   "Unauthorized Use Reported,Assignment Notes",
                   with_owner_ ? ",Owner" : "", "\n"),
      out_);
  Put(rows_, out_);
}

}  // namespace portreg::cli
