#include "client/cli/flags/import_flags.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "client/cli/flags/flag_table.h"

namespace portreg::cli {
namespace {

// Checks that each given flag of import belongs to the command, and that import is given
// no other flag.
absl::Status CheckOwnership(const Settings& settings, const Invocation& invocation) {
  const bool is_import = invocation.verb == Verb::kImport;
  for (const FlagInfo& info : FlagTable()) {
    if (info.section == FlagSection::kOther || !settings.HasFlag(info.flag)) continue;
    if (is_import && !info.is_for(Verb::kImport)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "--", info.name, " does not belong to import, which asks no server; see import --help"));
    }
    if (!info.is_for(invocation.verb) && info.is_for(Verb::kImport)) {
      return absl::InvalidArgumentError(
          absl::StrCat("--", info.name, " belongs to ", CommandsOf(info)));
    }
  }
  if (is_import && invocation.keys.size() != 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        "import reads one file, or - for standard input; ", invocation.keys.size(), " are given"));
  }
  return absl::OkStatus();
}

absl::Status ReadDefaultTransports(const Settings& settings, ImportOptions& import) {
  const absl::StatusOr<std::optional<Setting>> given = settings.Value(Flag::kTransport);
  if (!given.ok() || !*given) return given.status();
  const absl::StatusOr<Transports> transports = TransportWords().Read((*given)->value);
  if (!transports.ok() || transports->empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--transport=", (*given)->value,
                     " is not tcp, udp, sctp, dccp, a list of these such as tcp/udp, or any"));
  }
  import.transports = *transports;
  return absl::OkStatus();
}

absl::Status ReadEncoding(const Settings& settings, ImportOptions& import) {
  const absl::StatusOr<std::optional<Setting>> given = settings.Value(Flag::kEncoding);
  if (!given.ok() || !*given) return given.status();
  const absl::StatusOr<TextEncoding> encoding = ReadTextEncoding((*given)->value);
  if (!encoding.ok()) return encoding.status();
  import.encoding = *encoding;
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadImportFlags(const Settings& settings, Invocation& invocation) {
  if (absl::Status status = CheckOwnership(settings, invocation); !status.ok()) return status;
  // Other commands have flags of the same names with other values.
  const bool is_import = invocation.verb == Verb::kImport;
  ImportOptions& import = invocation.import;
  for (const std::string& text :
       is_import ? settings.List(Flag::kColumns) : std::vector<std::string>()) {
    absl::StatusOr<ColumnChoice> choice = ReadColumnChoice(text);
    if (!choice.ok()) return choice.status();
    import.columns.push_back(*std::move(choice));
  }
  for (const std::string& text : settings.List(Flag::kProtocol)) {
    if (absl::Status status = import.words.Add(text); !status.ok()) return status;
  }
  for (const auto read : {ReadDefaultTransports, ReadEncoding}) {
    if (absl::Status status = read(settings, import); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace portreg::cli
