#include "client/cli/flags/flags.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "client/cli/base/formats.h"
#include "client/cli/base/metadata.h"
#include "client/cli/base/verbs.h"
#include "client/cli/flags/annotate_flags.h"
#include "client/cli/flags/claim_flags.h"
#include "client/cli/flags/command_line.h"
#include "client/cli/flags/flag_table.h"
#include "client/cli/flags/import_flags.h"
#include "client/cli/flags/lookup_flags.h"
#include "client/cli/flags/map_flag.h"
#include "client/cli/flags/settings.h"
#include "common/model/limits.h"
#include "common/model/port.h"
#include "common/model/scope.h"
#include "common/text/quote.h"
#include "common/text/version.h"

namespace portreg::cli {
namespace {

constexpr std::array<std::pair<absl::string_view, ColorMode>, 3> kColorModes = {{
    {"auto", ColorMode::kAuto},
    {"always", ColorMode::kAlways},
    {"never", ColorMode::kNever},
}};

// Returns true if the switch is on. The switch must have no variable.
bool IsOn(const Settings& settings, Flag flag) { return settings.On(flag).value_or(false); }

// Sets the verb, and the keys, which are the words without the command's name.
absl::Status ReadWords(const CommandLine& line, Invocation& invocation) {
  invocation.keys = line.words();
  if (invocation.keys.empty()) {
    return absl::InvalidArgumentError("no key is given, such as 443 or https; see --help");
  }
  std::optional<Verb> verb =
      line.may_have_verb() ? FindVerb(invocation.keys.front()) : std::nullopt;
  if (line.may_have_verb() && invocation.keys.front() == kCompleteWord) verb = Verb::kComplete;
  invocation.verb_is_implied = line.may_have_verb() && !verb;
  if (verb) {
    invocation.verb = *verb;
    invocation.keys.erase(invocation.keys.begin());
  }
  return absl::OkStatus();
}

// Returns the invocation that prints help. The help is that of a command if one is named
// before --help or after "help".
absl::StatusOr<Invocation> HelpInvocation(const CommandLine& line) {
  Invocation help;
  help.verb = Verb::kHelp;
  if (line.words().empty() || !line.may_have_verb()) return help;
  help.help_topic = FindVerb(line.words().front());
  if (help.help_topic != Verb::kHelp || line.words().size() == 1) return help;
  const std::string& name = line.words()[1];
  help.help_topic = FindVerb(name);
  if (help.help_topic) return help;
  const std::string nearest = NearestVerb(name);
  return absl::InvalidArgumentError(absl::StrCat(
      "there is no command ", Quoted(name),
      nearest.empty() ? "; see --help" : absl::StrCat("; did you mean ", nearest, "?")));
}

// Makes `portreg --like WORD...` the same as `portreg search WORD...`, for users of
// whatportis.
absl::Status ReadLikeFlag(const Settings& settings, Invocation& invocation) {
  if (!IsOn(settings, Flag::kLike)) return absl::OkStatus();
  if (invocation.verb != Verb::kLookup && invocation.verb != Verb::kSearch) {
    return absl::InvalidArgumentError("--like searches, and takes no other command than search");
  }
  invocation.verb = Verb::kSearch;
  return absl::OkStatus();
}

absl::Status ReadExportFlags(const Settings& settings, Invocation& invocation) {
  const std::vector<std::string> formats = settings.List(Flag::kFormat);
  const absl::StatusOr<ExportFormat> known =
      ReadExportFormat(formats.empty() ? absl::string_view() : formats.back());
  if (!known.ok()) return known.status();
  invocation.export_format = *known;
  invocation.reserve_over_half = IsOn(settings, Flag::kReserveOverHalf);
  if (invocation.reserve_over_half && *known != ExportFormat::kSysctlReserved) {
    return absl::InvalidArgumentError("--reserve-over-half belongs to --format=sysctl-reserved");
  }
  return absl::OkStatus();
}

absl::Status ReadFormatFlags(const Settings& settings, Invocation& invocation) {
  const absl::StatusOr<std::optional<Setting>> format = settings.Value(Flag::kOutput);
  if (!format.ok()) return format.status();
  invocation.brief = IsOn(settings, Flag::kShort);
  invocation.no_headers = IsOn(settings, Flag::kNoHeaders);
  if (invocation.verb == Verb::kExport) {
    if (*format || invocation.brief || invocation.no_headers) {
      return absl::InvalidArgumentError("export takes --format, not -o, --short or --no-headers");
    }
    return ReadExportFlags(settings, invocation);
  }
  // ReadAnnotateFlags() has read it.
  if (invocation.verb == Verb::kAnnotate) return absl::OkStatus();
  if (!settings.List(Flag::kFormat).empty()) {
    return absl::InvalidArgumentError(
        "--format belongs to export and annotate, other commands take -o");
  }
  if (IsOn(settings, Flag::kReserveOverHalf)) {
    return absl::InvalidArgumentError("--reserve-over-half belongs to export");
  }
  if (invocation.verb == Verb::kAudit && invocation.brief) {
    return absl::InvalidArgumentError("audit takes -o, not --short");
  }
  if (*format) {
    const absl::StatusOr<Format> known = ReadFormat((*format)->value, invocation.verb);
    if (!known.ok()) return known.status();
    invocation.format = *known;
  }
  if (invocation.brief && invocation.verb == Verb::kDiff) {
    return absl::InvalidArgumentError("--short does not belong to diff, whose exit code answers");
  }
  if (invocation.brief && invocation.format != Format::kTable) {
    return absl::InvalidArgumentError("--short and -o exclude each other");
  }
  return absl::OkStatus();
}

// Returns the layers that are used if the user names none; empty for all.
std::vector<Layer> DefaultLayers(const Invocation& invocation) {
  if (invocation.verb != Verb::kExport) return {};
  if (invocation.export_format == ExportFormat::kIanaCsv) return {Layer::kIana};
  if (invocation.export_format == ExportFormat::kCsv) return {Layer::kLocal};
  return {};
}

// Refuses a flag that chooses records if the command has no such choice.
absl::Status CheckChoiceOfRecords(const Settings& settings, Verb verb) {
  for (const Flag flag : {Flag::kLayer, Flag::kPortless}) {
    const FlagInfo& info = InfoOf(flag);
    if (!settings.HasFlag(flag) || info.is_for(verb)) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("--", info.name, " belongs to ", CommandsOf(info)));
  }
  return absl::OkStatus();
}

// Requires that ReadFormatFlags() has been called.
absl::Status ReadRecordFlags(const Settings& settings, Invocation& invocation) {
  if (absl::Status status = CheckChoiceOfRecords(settings, invocation.verb); !status.ok()) {
    return status;
  }
  // Refuses an empty value, because it may come from a variable that is not set.
  if (const auto layer = settings.Value(Flag::kLayer); !layer.ok()) return layer.status();
  for (const std::string& name : settings.List(Flag::kLayer)) {
    const std::optional<Layer> layer = ParseLayer(name);
    if (!layer) {
      return absl::InvalidArgumentError(
          absl::StrCat("layer ", Quoted(name), " is not local, common or iana"));
    }
    invocation.layers.push_back(*layer);
  }
  if (invocation.layers.empty()) invocation.layers = DefaultLayers(invocation);
  invocation.portless = IsOn(settings, Flag::kPortless);
  if (absl::Status status = ReadMapFlag(settings, invocation); !status.ok()) return status;
  invocation.details = IsOn(settings, Flag::kDetails);
  const Format format = invocation.format;
  const bool can_show_details =
      (format == Format::kJson || format == Format::kNdjson || format == Format::kWide) &&
      invocation.verb != Verb::kClassify && invocation.verb != Verb::kInfo &&
      invocation.verb != Verb::kWatch && invocation.verb != Verb::kAudit &&
      invocation.verb != Verb::kDiff && invocation.verb != Verb::kCheck &&
      invocation.verb != Verb::kSuggest;
  if (invocation.details && !can_show_details) {
    return absl::InvalidArgumentError(
        "--details belongs to -o json, ndjson and wide of lookup, list and search");
  }
  return absl::OkStatus();
}

absl::Status ReadScopeFlag(const Settings& settings, Invocation& invocation) {
  const absl::StatusOr<std::optional<Setting>> scope = settings.Value(Flag::kScope);
  if (!scope.ok() || !*scope) return scope.status();
  if (!InfoOf(Flag::kScope).is_for(invocation.verb)) {
    return absl::InvalidArgumentError(
        "--scope belongs to lookup, list, search, export, annotate, audit, check and suggest");
  }
  // A scope that every server would refuse is an error of the command line.
  if (absl::Status status = CheckScope((*scope)->value); !status.ok()) return status;
  invocation.scope = (*scope)->value;
  return absl::OkStatus();
}

absl::Status ReadSearchFlags(const Settings& settings, Invocation& invocation) {
  const absl::StatusOr<std::optional<int>> max = settings.Number(Flag::kMaxResults);
  if (!max.ok()) return max.status();
  if (!*max) return absl::OkStatus();
  if (invocation.verb != Verb::kSearch) {
    return absl::InvalidArgumentError("--max-results belongs to search");
  }
  if (**max < 1 || **max > kMaxSearchResults) {
    return absl::InvalidArgumentError(
        absl::StrCat("--max-results=", **max, " is out of range [1, ", kMaxSearchResults, "]"));
  }
  invocation.max_results = **max;
  return absl::OkStatus();
}

// Requires that ReadRecordFlags() has been called.
absl::Status ReadDiffFlag(const Settings& settings, Invocation& invocation) {
  invocation.diff = IsOn(settings, Flag::kDiff);
  const bool is_watch = invocation.verb == Verb::kWatch;
  if (invocation.diff && !is_watch) {
    return absl::InvalidArgumentError(
        "--diff belongs to watch; \"portreg diff\" compares two tables");
  }
  if (invocation.diff && invocation.brief) {
    return absl::InvalidArgumentError("--short and --diff exclude each other");
  }
  if (is_watch && !invocation.diff && !invocation.layers.empty()) {
    return absl::InvalidArgumentError("watch takes --layer only with --diff");
  }
  return absl::OkStatus();
}

absl::Status ReadCountFlag(const Settings& settings, Invocation& invocation) {
  const absl::StatusOr<std::optional<int>> count = settings.Number(Flag::kCount);
  if (!count.ok()) return count.status();
  if (!*count) return absl::OkStatus();
  if (invocation.verb != Verb::kWatch && invocation.verb != Verb::kSuggest) {
    return absl::InvalidArgumentError("--count belongs to watch and suggest");
  }
  if (invocation.verb == Verb::kSuggest && (**count < 1 || **count > kMaxSuggestedPorts)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--count=", **count, " is out of range [1, ", kMaxSuggestedPorts, "]"));
  }
  if (**count < 1) {
    return absl::InvalidArgumentError(absl::StrCat("--count=", **count, " must be above 0"));
  }
  invocation.count = **count;
  return absl::OkStatus();
}

absl::Status ReadAuditFlags(const Settings& settings, Invocation& invocation) {
  invocation.expect = IsOn(settings, Flag::kExpect);
  if (!invocation.expect || invocation.verb == Verb::kAudit) return absl::OkStatus();
  return absl::InvalidArgumentError("--expect belongs to audit");
}

absl::Status ReadColorFlag(const Settings& settings, Invocation& invocation) {
  const absl::StatusOr<std::optional<Setting>> color = settings.Value(Flag::kColor);
  if (!color.ok() || !*color) return color.status();
  for (const auto& [name, mode] : kColorModes) {
    if (name != (*color)->value) continue;
    invocation.color = mode;
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("--color=", (*color)->value, " is not auto, always or never"));
}

absl::Status ReadMetadata(const Settings& settings, Invocation& invocation) {
  absl::StatusOr<Metadata> metadata = ReadHeaders(settings.List(Flag::kHeader));
  if (!metadata.ok()) return metadata.status();
  if (const char* variable = std::getenv("TRACEPARENT"); variable != nullptr) {
    AddTraceparent(variable, *metadata);
  }
  invocation.call.metadata = *std::move(metadata);
  return absl::OkStatus();
}

absl::Status ReadTarget(const Settings& settings, Invocation& invocation) {
  const absl::StatusOr<std::optional<Setting>> target = settings.Value(Flag::kTarget);
  const absl::StatusOr<bool> offline = settings.On(Flag::kOffline);
  for (const absl::Status& status : {target.status(), offline.status()}) {
    if (!status.ok()) return status;
  }
  invocation.client.target = *target ? (*target)->value : std::string(kDefaultAddress);
  if (*target) invocation.origins.emplace_back("ClientOptions.target", (*target)->origin);
  const bool by_flag = settings.HasFlag(Flag::kOffline);
  // A server named on the command line overrides PORTREG_OFFLINE.
  const bool names_server = settings.HasFlag(Flag::kTarget);
  invocation.offline = *offline && (by_flag || !names_server);
  const std::vector<std::string>& keys = invocation.keys;
  if (invocation.verb == Verb::kDiff && invocation.offline &&
      std::find(keys.begin(), keys.end(), kServerTable) != keys.end()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "diff asks a server for \"server\", and ", by_flag ? "--offline" : "PORTREG_OFFLINE",
        " has none; \"embedded\" is the embedded registry"));
  }
  if (invocation.verb == Verb::kWatch && invocation.offline) {
    return absl::InvalidArgumentError(
        absl::StrCat("watch follows a server, and ", by_flag ? "--offline" : "PORTREG_OFFLINE",
                     " has none: the embedded registry never changes"));
  }
  return absl::OkStatus();
}

absl::Status ReadTimeout(const Settings& settings, Invocation& invocation) {
  const absl::StatusOr<std::optional<Setting>> given = settings.Value(Flag::kTimeout);
  if (!given.ok() || !*given) return given.status();
  const auto refuse = [&](absl::string_view why) {
    return absl::InvalidArgumentError(absl::StrCat((*given)->origin, "=", (*given)->value, why));
  };
  absl::Duration timeout;
  if (!absl::ParseDuration((*given)->value, &timeout)) {
    return refuse(" is not a duration, such as 500ms or 1m30s");
  }
  if (timeout <= absl::ZeroDuration()) return refuse(" must be above 0");
  if (timeout == absl::InfiniteDuration()) return refuse(" must have an end");
  invocation.client.timeout = invocation.client.list_timeout = timeout;
  for (const absl::string_view field : {"ClientOptions.timeout", "ClientOptions.list_timeout"}) {
    invocation.origins.emplace_back(field, (*given)->origin);
  }
  return absl::OkStatus();
}

// Reads a TLS option into `field`, which the client library calls `name`.
absl::Status ReadTlsValue(const Settings& settings, Flag flag, absl::string_view name,
                          std::string& field, Invocation& invocation) {
  const absl::StatusOr<std::optional<Setting>> given = settings.SecurityValue(flag);
  if (!given.ok() || !*given) return given.status();
  field = (*given)->value;
  invocation.origins.emplace_back(absl::StrCat("ClientOptions.tls.", name), (*given)->origin);
  invocation.origins.emplace_back(absl::StrCat("tls.", name), (*given)->origin);
  return absl::OkStatus();
}

absl::Status ReadTls(const Settings& settings, Invocation& invocation) {
  bool by_flag = IsOn(settings, Flag::kTls);
  for (const Flag flag : {Flag::kCacert, Flag::kCert, Flag::kKey, Flag::kServerName}) {
    by_flag = by_flag || settings.HasFlag(flag);
  }
  if (IsOn(settings, Flag::kPlaintext)) {
    if (!by_flag) return absl::OkStatus();
    return absl::InvalidArgumentError(
        "--plaintext excludes --tls, --cacert, --cert, --key and --server-name");
  }
  TlsOptions tls;
  for (const absl::Status& status :
       {ReadTlsValue(settings, Flag::kCacert, "ca_file", tls.ca_file, invocation),
        ReadTlsValue(settings, Flag::kCert, "cert_file", tls.cert_file, invocation),
        ReadTlsValue(settings, Flag::kKey, "key_file", tls.key_file, invocation),
        ReadTlsValue(settings, Flag::kServerName, "server_name", tls.server_name, invocation)}) {
    if (!status.ok()) return status;
  }
  if (tls.cert_file.empty() != tls.key_file.empty()) {
    return absl::InvalidArgumentError(
        "--cert and --key, or PORTREG_CERT and PORTREG_KEY, belong together");
  }
  if (by_flag || !tls.ca_file.empty() || !tls.cert_file.empty() || !tls.server_name.empty()) {
    invocation.client.tls = std::move(tls);
  }
  return absl::OkStatus();
}

absl::Status ReadServerFlags(const Settings& settings, Invocation& invocation) {
  ClientOptions& client = invocation.client;
  // Health checks would only add a round trip, because each call is the first of its
  // channel.
  client.health_check = false;
  client.user_agent = absl::StrCat("portreg/", Version());
  for (const auto read : {ReadTarget, ReadTimeout, ReadTls}) {
    if (absl::Status status = read(settings, invocation); !status.ok()) return status;
  }
  return NamedByOrigin(client.Validate(), invocation);
}

}  // namespace

absl::StatusOr<Invocation> ReadInvocation(int argc, char** argv) {
  CommandLine line({argv + 1, static_cast<size_t>(argc - 1)});
  Invocation invocation;
  if (line.Switch(Flag::kHelp).value_or(false)) return HelpInvocation(line);
  if (line.Switch(Flag::kVersion).value_or(false)) {
    invocation.verb = Verb::kVersion;
    return invocation;
  }
  if (!line.status().ok()) return line.status();
  if (absl::Status status = ReadWords(line, invocation); !status.ok()) return status;
  if (invocation.verb == Verb::kHelp) return HelpInvocation(line);
  // Reads no settings, because an unusable variable must not disturb the shell.
  if (invocation.verb == Verb::kComplete) return invocation;
  TakeLookupKey(line, invocation);
  const Settings settings(line);
  if (absl::Status status = ReadImportFlags(settings, invocation); !status.ok()) return status;
  if (invocation.verb == Verb::kImport) return invocation;
  for (const auto read :
       {ReadAnnotateFlags, ReadClaimFlags, ReadLikeFlag, ReadFormatFlags, ReadLookupFlags,
        ReadRecordFlags, ReadScopeFlag, ReadSearchFlags, ReadDiffFlag, ReadCountFlag,
        ReadAuditFlags, ReadColorFlag, ReadMetadata, ReadServerFlags}) {
    if (absl::Status status = read(settings, invocation); !status.ok()) return status;
  }
  return invocation;
}

absl::Status NamedByOrigin(const absl::Status& status, const Invocation& invocation) {
  if (status.ok()) return status;
  return {status.code(), absl::StrReplaceAll(status.message(), invocation.origins)};
}

}  // namespace portreg::cli
