#include "client/cli/formats/iana_csv_writer.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/display/display_text.h"
#include "client/cli/formats/delimited_writer.h"
#include "common/answers/conversion.h"
#include "common/data/iana_csv.h"
#include "common/data/layer_file.h"
#include "common/model/record.h"

namespace portreg::cli {

void IanaCsvWriter::Write(const v1::PortRecord& record) {
  if (!status().ok()) return;
  v1::PortRecord without_transport = record;
  without_transport.clear_transport();
  std::vector<std::string> fields = {record.service(),
                                     record.has_first_port() ? PortsOf(without_transport) : "",
                                     TransportName(record.transport()), record.description()};
  const RecordDetails details = DetailsOf(record.details());
  for (const DetailColumn& column : kDetailColumns) {
    if (IsWritten(column)) fields.emplace_back(details.*column.member);
  }
  if (with_local_columns_) {
    fields.push_back(absl::StrJoin(record.aliases(), " "));
    fields.push_back(record.scope());
    const auto status = static_cast<RecordStatus>(record.status());
    fields.emplace_back(status == RecordStatus::kActive ? "" : ToString(status));
  }
  rows_ += DelimitedRow(Format::kCsv, fields);
  ++row_count_;
  if (row_count_ > kMaxRows || rows_.size() > kMaxFileBytes) {
    Fail(absl::ResourceExhaustedError(
        absl::StrCat("the file would have more than ", kMaxRows, " rows or ", kMaxFileBytes,
                     " bytes, which portregd does not read; ask for fewer layers or ranges")));
  }
}

void IanaCsvWriter::Finish(const std::string& /*revision*/) {
  std::vector<std::string> headers = {"Service Name", "Port Number", "Transport Protocol",
                                      "Description"};
  for (const DetailColumn& column : kDetailColumns) {
    if (IsWritten(column)) headers.emplace_back(column.header);
  }
  if (with_local_columns_) headers.insert(headers.end(), {"Aliases", "Scope", "Status"});
  out_.PutData(DelimitedRow(Format::kCsv, headers));
  out_.PutData(rows_);
}

}  // namespace portreg::cli
