#include "client/cli/flags/lookup_flags.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "client/cli/base/formats.h"
#include "client/cli/base/lookup_columns.h"
#include "client/cli/flags/flag_table.h"
#include "common/text/quote.h"

namespace portreg::cli {
namespace {

constexpr absl::string_view kTableFormats = "--format=lookup-csv, lookup-json and lookup-yaml";

// Returns true if the command line exports a lookup table.
bool WritesLookupTable(const CommandLine& line, const Invocation& invocation) {
  if (invocation.verb != Verb::kExport) return false;
  const std::vector<std::string> formats = Settings(line).List(Flag::kFormat);
  if (formats.empty()) return false;
  const absl::StatusOr<ExportFormat> format = ReadExportFormat(formats.back());
  return format.ok() && IsLookupTable(*format);
}

// Checks that no flag of a lookup table is given for another export.
absl::Status CheckOtherExport(const Settings& settings) {
  if (settings.HasFlag(Flag::kColumns)) {
    return absl::InvalidArgumentError(absl::StrCat("--columns belongs to ", kTableFormats));
  }
  const absl::StatusOr<std::optional<Setting>> key = settings.Value(Flag::kKey);
  if (settings.HasFlag(Flag::kKey) && !settings.HasFlag(Flag::kCert) && key.ok() &&
      ParseLookupKey((*key)->value)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--key=", (*key)->value, " belongs to ", kTableFormats));
  }
  return absl::OkStatus();
}

// Checks that a value of --key that is no key of a table can be a private key.
absl::Status CheckPrivateKey(const Settings& settings) {
  const absl::StatusOr<std::optional<Setting>> key = settings.Value(Flag::kKey);
  const absl::StatusOr<std::optional<Setting>> cert = settings.Value(Flag::kCert);
  if (!settings.HasFlag(Flag::kKey) || !key.ok() || !cert.ok() || *cert) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("--key=", Quoted((*key)->value),
                   " is not slot, number or port; a private key of TLS needs --cert"));
}

absl::Status CheckColumns(const Invocation& invocation) {
  const LookupTableOptions& table = invocation.lookup_table;
  if (invocation.export_format != ExportFormat::kLookupCsv) {
    if (!ValueColumns(table).empty()) return absl::OkStatus();
    return absl::InvalidArgumentError(
        "--columns has no column besides those of the key, such as service");
  }
  if (IdentifyRows(table.key, table.columns)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      table.key == LookupKey::kPort
          ? "--columns lacks port, which tells the rows of --key=port apart"
          : "--columns tells no slots apart: it needs slot, or port with transport or protocol; "
            "--key=port has one row for each port");
}

}  // namespace

void TakeLookupKey(CommandLine& line, Invocation& invocation) {
  if (!WritesLookupTable(line, invocation)) return;
  const std::vector<std::string> words = line.TakeValues(
      Flag::kKey, [](absl::string_view value) { return ParseLookupKey(value).has_value(); });
  if (!words.empty()) invocation.lookup_table.key = *ParseLookupKey(words.back());
}

absl::Status ReadLookupFlags(const Settings& settings, Invocation& invocation) {
  if (invocation.verb != Verb::kExport) return absl::OkStatus();
  if (!IsLookupTable(invocation.export_format)) return CheckOtherExport(settings);
  if (absl::Status status = CheckPrivateKey(settings); !status.ok()) return status;
  LookupTableOptions& table = invocation.lookup_table;
  table.columns = DefaultLookupColumns(table.key);
  if (!settings.HasFlag(Flag::kColumns)) return absl::OkStatus();
  absl::StatusOr<std::vector<TitledColumn>> columns =
      ReadLookupColumns(settings.List(Flag::kColumns), table.key);
  if (!columns.ok()) return columns.status();
  if (columns->empty()) {
    return absl::InvalidArgumentError("--columns is empty, it must be COLUMN,... or not be given");
  }
  table.columns = *std::move(columns);
  return CheckColumns(invocation);
}

}  // namespace portreg::cli
