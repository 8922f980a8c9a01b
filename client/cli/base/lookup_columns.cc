#include "client/cli/base/lookup_columns.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/text/quote.h"
#include "common/text/utf8.h"

namespace portreg::cli {
namespace {

// The longest title of a column, in bytes.
constexpr size_t kMaxTitleBytes = 64;

constexpr std::array<std::pair<absl::string_view, LookupKey>, 3> kLookupKeys = {{
    {"slot", LookupKey::kSlot},
    {"number", LookupKey::kNumber},
    {"port", LookupKey::kPort},
}};

constexpr std::array<std::pair<absl::string_view, LookupColumn>, 8> kLookupColumns = {{
    {"slot", LookupColumn::kSlot},
    {"port", LookupColumn::kPort},
    {"transport", LookupColumn::kTransport},
    {"protocol", LookupColumn::kProtocol},
    {"service", LookupColumn::kService},
    {"layer", LookupColumn::kLayer},
    {"class", LookupColumn::kClass},
    {"owner", LookupColumn::kOwner},
}};

// Returns true if a table with this key can have the column. A row of a port stands for
// all its transports.
bool CanHave(LookupKey key, LookupColumn column) {
  return key != LookupKey::kPort ||
         (column != LookupColumn::kSlot && column != LookupColumn::kTransport &&
          column != LookupColumn::kProtocol);
}

// Returns "a, b or c": the columns that a table with this key can have.
std::string AllowedColumns(LookupKey key) {
  std::vector<absl::string_view> names;
  for (const auto& [name, column] : kLookupColumns) {
    if (CanHave(key, column)) names.push_back(name);
  }
  const absl::string_view last = names.back();
  names.pop_back();
  return absl::StrCat(absl::StrJoin(names, ", "), " or ", last);
}

// Returns why a table cannot have the title, or an empty text if it can.
std::string FaultOfTitle(absl::string_view title) {
  if (title.empty()) return "has an empty title before \"=\"";
  if (title.size() > kMaxTitleBytes) {
    return absl::StrCat("has a title of ", title.size(), " bytes, at most ", kMaxTitleBytes,
                        " are allowed");
  }
  return IsValidUtf8(title) ? "" : "has a title that is not UTF-8";
}

absl::StatusOr<TitledColumn> ReadLookupColumn(absl::string_view text, LookupKey key) {
  const size_t equals = text.rfind('=');
  const absl::string_view name = equals == absl::string_view::npos ? text : text.substr(equals + 1);
  const absl::string_view title = equals == absl::string_view::npos ? text : text.substr(0, equals);
  for (const auto& [known, column] : kLookupColumns) {
    if (known != name || !CanHave(key, column)) continue;
    const std::string fault = FaultOfTitle(title);
    if (fault.empty()) return TitledColumn{std::string(title), column};
    return absl::InvalidArgumentError(absl::StrCat("--columns=", Quoted(text), " ", fault));
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "--columns=", Quoted(text), " is not COLUMN or TITLE=COLUMN, where the column is ",
      AllowedColumns(key), key == LookupKey::kPort ? ", which --key=port has" : ""));
}

}  // namespace

std::optional<LookupKey> ParseLookupKey(absl::string_view text) {
  for (const auto& [name, key] : kLookupKeys) {
    if (name == text) return key;
  }
  return std::nullopt;
}

bool IsKeyColumn(LookupKey key, LookupColumn column) {
  switch (key) {
    case LookupKey::kSlot:
      return column == LookupColumn::kSlot;
    case LookupKey::kNumber:
      return column == LookupColumn::kPort || column == LookupColumn::kProtocol;
    case LookupKey::kPort:
      break;
  }
  return column == LookupColumn::kPort;
}

std::vector<TitledColumn> DefaultLookupColumns(LookupKey key) {
  std::vector<TitledColumn> columns;
  for (const auto& [name, column] : kLookupColumns) {
    const bool is_value = column == LookupColumn::kService ||
                          (key != LookupKey::kPort && column > LookupColumn::kService);
    if (is_value || IsKeyColumn(key, column)) columns.push_back({std::string(name), column});
  }
  return columns;
}

absl::StatusOr<std::vector<TitledColumn>> ReadLookupColumns(absl::Span<const std::string> texts,
                                                            LookupKey key) {
  std::vector<TitledColumn> columns;
  for (const std::string& text : texts) {
    absl::StatusOr<TitledColumn> column = ReadLookupColumn(text, key);
    if (!column.ok()) return column.status();
    const auto is_same = [&](const TitledColumn& each) { return each.title == column->title; };
    if (absl::c_any_of(columns, is_same)) {
      return absl::InvalidArgumentError(
          absl::StrCat("--columns has the title ", Quoted(column->title), " twice"));
    }
    columns.push_back(*std::move(column));
  }
  return columns;
}

bool IdentifyRows(LookupKey key, absl::Span<const TitledColumn> columns) {
  const auto has = [&](LookupColumn wanted) {
    return absl::c_any_of(columns, [&](const TitledColumn& each) { return each.column == wanted; });
  };
  if (key == LookupKey::kPort) return has(LookupColumn::kPort);
  return has(LookupColumn::kSlot) || (has(LookupColumn::kPort) && (has(LookupColumn::kTransport) ||
                                                                   has(LookupColumn::kProtocol)));
}

std::vector<TitledColumn> ValueColumns(const LookupTableOptions& options) {
  std::vector<TitledColumn> values;
  absl::c_copy_if(options.columns, std::back_inserter(values),
                  [&](const TitledColumn& each) { return !IsKeyColumn(options.key, each.column); });
  return values;
}

}  // namespace portreg::cli
