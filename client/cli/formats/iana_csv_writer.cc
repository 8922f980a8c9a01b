#include "client/cli/formats/iana_csv_writer.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "client/cli/display/display_text.h"
#include "client/cli/formats/delimited_writer.h"
#include "common/data/iana_csv.h"
#include "common/data/layer_file.h"

namespace portreg::cli {

void IanaCsvWriter::Write(const v1::PortRecord& record) {
  if (!status().ok()) return;
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
  ++row_count_;
  if (row_count_ > kMaxRows || rows_.size() > kMaxFileBytes) {
    Fail(absl::ResourceExhaustedError(
        absl::StrCat("the file would have more than ", kMaxRows, " rows or ", kMaxFileBytes,
                     " bytes, which portregd does not read; ask for fewer layers or ranges")));
  }
}

void IanaCsvWriter::Finish(const std::string& /*revision*/) {
  out_.PutData(
      absl::StrCat("Service Name,Port Number,Transport Protocol,Description,Assignee,Contact,"
                   "Registration Date,Modification Date,Reference,Service Code,"
                   "Unauthorized Use Reported,Assignment Notes",
                   with_owner_ ? ",Owner" : "", "\n"));
  out_.PutData(rows_);
}

}  // namespace portreg::cli
