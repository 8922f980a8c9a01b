#include "common/data/record_csv.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/data/csv.h"
#include "common/data/iana_csv.h"
#include "common/data/layer_file.h"
#include "common/model/port.h"

namespace portreg {

RecordCsv::RecordCsv(RecordColumns columns) : is_set_(kDetailColumns.size()) {
  const std::vector<Column> own = {
      {Content::kAliases, "Aliases"}, {Content::kScope, "Scope"}, {Content::kStatus, "Status"}};
  fixed_ = {{Content::kServiceName, "Service Name"},
            {Content::kPortNumber, "Port Number"},
            {Content::kTransport, "Transport Protocol"},
            {Content::kDescription, "Description"}};
  if (columns != RecordColumns::kOwn) AddDetails(false);
  if (columns == RecordColumns::kIana) return;
  AddDetails(true);
  if (columns == RecordColumns::kIanaAndOwn) {
    fixed_.insert(fixed_.end(), own.begin(), own.end());
    return;
  }
  // The owner precedes what a row often leaves empty.
  const auto owner = fixed_.begin() + 4;
  fixed_.insert(owner + 1, own.begin(), own.end());
  for (size_t i = 0; i < kDetailColumns.size(); ++i) {
    if (kDetailColumns[i].local_only) continue;
    further_.push_back({Content::kDetail, kDetailColumns[i].header, i});
  }
}

void RecordCsv::AddDetails(bool local_only) {
  for (size_t i = 0; i < kDetailColumns.size(); ++i) {
    if (kDetailColumns[i].local_only != local_only) continue;
    fixed_.push_back({Content::kDetail, kDetailColumns[i].header, i});
  }
}

std::string RecordCsv::TextOf(const ServiceRecord& record, const Column& column) {
  switch (column.content) {
    case Content::kServiceName:
      return std::string(record.service);
    case Content::kPortNumber:
      return record.ports ? ToString(*record.ports) : "";
    case Content::kTransport:
      return std::string(ToString(record.transport));
    case Content::kDescription:
      return std::string(record.description);
    case Content::kAliases:
      return std::string(record.aliases);
    case Content::kScope:
      return std::string(record.scope);
    case Content::kStatus:
      return record.status == RecordStatus::kActive ? "" : std::string(ToString(record.status));
    case Content::kDetail:
      return std::string(record.details->*kDetailColumns[column.detail].member);
  }
  return "";
}

absl::StatusOr<std::string> RecordCsv::FieldOf(const ServiceRecord& record, const Column& column) {
  std::string field = ToCsvField(TextOf(record, column));
  const size_t quotes = absl::StartsWith(field, "\"") ? 2 : 0;
  if (field.size() - quotes <= CsvReader::kMaxFieldBytes) return field;
  return absl::ResourceExhaustedError(
      absl::StrCat("the file would have a field of more than ", CsvReader::kMaxFieldBytes,
                   " bytes in the column ", column.header, ", which portregd does not read"));
}

absl::Status RecordCsv::Add(const ServiceRecord& record) {
  Row row;
  for (size_t i = 0; i < fixed_.size(); ++i) {
    const absl::StatusOr<std::string> field = FieldOf(record, fixed_[i]);
    if (!field.ok()) return field.status();
    absl::StrAppend(&row.fields, i == 0 ? "" : ",", *field);
  }
  bytes_ += row.fields.size() + further_.size() + 1;
  for (const Column& column : further_) {
    absl::StatusOr<std::string> field = FieldOf(record, column);
    if (!field.ok()) return field.status();
    if (field->empty()) continue;
    bytes_ += field->size();
    is_set_[column.detail] = true;
    row.details.emplace_back(column.detail, *std::move(field));
  }
  rows_.push_back(std::move(row));
  if (rows_.size() <= kMaxRows && bytes_ <= kMaxFileBytes) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrCat("the file would have more than ", kMaxRows, " rows or ", kMaxFileBytes,
                   " bytes, which portregd does not read; ask for fewer layers or ranges"));
}

std::string RecordCsv::Text() const {
  std::string text;
  text.reserve(bytes_);
  const auto is_set = [this](const Column& column) { return is_set_[column.detail]; };
  for (const Column& column : fixed_) {
    absl::StrAppend(&text, text.empty() ? "" : ",", column.header);
  }
  for (const Column& column : further_) {
    if (is_set(column)) absl::StrAppend(&text, ",", column.header);
  }
  text.push_back('\n');
  for (const Row& row : rows_) {
    text += row.fields;
    auto detail = row.details.begin();
    for (const Column& column : further_) {
      if (!is_set(column)) continue;
      text.push_back(',');
      if (detail == row.details.end() || detail->first != column.detail) continue;
      text += detail->second;
      ++detail;
    }
    text.push_back('\n');
  }
  return text;
}

}  // namespace portreg
