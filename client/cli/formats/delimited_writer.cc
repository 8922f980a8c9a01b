#include "client/cli/formats/delimited_writer.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "client/cli/display/display_text.h"
#include "common/data/csv.h"

namespace portreg::cli {
namespace {

std::vector<std::string> FieldsOf(const v1::PortRecord& record) {
  return {record.has_first_port() ? absl::StrCat(record.first_port()) : "",
          record.has_last_port() ? absl::StrCat(record.last_port()) : "",
          TransportName(record.transport()),
          record.service(),
          LayerName(record.layer()),
          record.source(),
          record.description()};
}

}  // namespace

std::string DelimitedRow(Format format, absl::Span<const std::string> fields) {
  if (format == Format::kCsv) {
    return absl::StrCat(absl::StrJoin(fields, ",",
                                      [](std::string* row, const std::string& field) {
                                        absl::StrAppend(row, ToCsvField(field));
                                      }),
                        "\n");
  }
  const auto escape = [](std::string* row, const std::string& field) {
    absl::StrAppend(row, absl::StrReplaceAll(
                             field, {{"\\", "\\\\"}, {"\t", "\\t"}, {"\n", "\\n"}, {"\r", "\\r"}}));
  };
  return absl::StrCat(absl::StrJoin(fields, "\t", escape), "\n");
}

DelimitedWriter::DelimitedWriter(Format format, const Shape& shape, Printer out)
    : format_(format), keys_(shape.keys), out_(out) {
  if (!shape.headers) return;
  std::vector<std::string> titles = {"first_port", "last_port", "transport",  "service",
                                     "layer",      "source",    "description"};
  // New columns are added at the end, because scripts count columns.
  if (shape.matches) titles.emplace_back("match");
  titles.insert(titles.end(), {"aliases", "owner", "scope", "status"});
  if (shape.keys) titles.emplace_back("key");
  out_.PutData(DelimitedRow(format_, titles));
}

void DelimitedWriter::Write(const v1::PortRecord& record) { Put(FieldsOf(record), record); }

void DelimitedWriter::WriteMatch(const v1::SearchMatch& match) {
  std::vector<std::string> fields = FieldsOf(match.record());
  fields.push_back(ReasonOf(match));
  Put(std::move(fields), match.record());
}

void DelimitedWriter::Put(std::vector<std::string> fields, const v1::PortRecord& record) {
  fields.insert(fields.end(),
                {AliasesOf(record), record.owner(), record.scope(), StatusName(record.status())});
  if (keys_) fields.push_back(key_);
  out_.PutData(DelimitedRow(format_, fields));
}

}  // namespace portreg::cli
