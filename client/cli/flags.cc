#include "client/cli/flags.h"

#include <array>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "client/cli/formats.h"
#include "client/cli/metadata.h"
#include "common/command_line.h"
#include "common/limits.h"
#include "common/port.h"
#include "common/query.h"
#include "common/version.h"

ABSL_FLAG(std::string, o, "", "output format: table, wide, json, ndjson, csv, tsv, services, name");
ABSL_FLAG(std::string, output, "", "the same as -o");
ABSL_FLAG(bool, short, false, "only the answer: a port's service, a service's port");
ABSL_FLAG(bool, no_headers, false, "no line of column titles");
ABSL_FLAG(std::string, color, "auto", "when to use colours: auto, always or never");
ABSL_FLAG(bool, details, false, "in json and ndjson, also owners, references and dates");
ABSL_FLAG(bool, like, false, "search for words");
ABSL_FLAG(absl::optional<int>, max_results, absl::nullopt, "the most matches of a search, 1-500");
ABSL_FLAG(absl::optional<int>, count, absl::nullopt, "end a watch after so many revisions");
ABSL_FLAG(std::string, format, "",
          "what export writes: services, sysctl-reserved, iana-csv or json");
ABSL_FLAG(std::vector<std::string>, layer, {}, "only these layers: local, common, iana");
ABSL_FLAG(bool, portless, false, "list and export also names without a port");
ABSL_FLAG(bool, offline, false, "answer from the embedded registry, without a server");
ABSL_FLAG(std::string, target, "", "server: host:port, dns:///name:port or unix:path");
ABSL_FLAG(absl::Duration, timeout, absl::InfiniteDuration(),
          "how long a call may take; default: 2s, and 30s for a listing");
ABSL_FLAG(bool, plaintext, false, "no TLS, which is the default");
ABSL_FLAG(bool, tls, false, "TLS, with the system's authorities");
ABSL_FLAG(std::string, cacert, "", "PEM file of authorities for the server's certificate");
ABSL_FLAG(std::string, cert, "", "PEM file of the client's certificate chain");
ABSL_FLAG(std::string, key, "", "PEM file of the client's private key");
ABSL_FLAG(std::string, server_name, "", "the name that the server's certificate must bear");
ABSL_FLAG(std::vector<std::string>, header, {}, "metadata for each call: NAME:VALUE,...");

namespace portreg::cli {
namespace {

constexpr std::array<std::pair<absl::string_view, Verb>, 8> kVerbs = {{
    {"lookup", Verb::kLookup},
    {"classify", Verb::kClassify},
    {"list", Verb::kList},
    {"search", Verb::kSearch},
    {"info", Verb::kInfo},
    {"export", Verb::kExport},
    {"watch", Verb::kWatch},
    {"help", Verb::kHelp},
}};

constexpr std::array<std::pair<absl::string_view, ColorMode>, 3> kColorModes = {{
    {"auto", ColorMode::kAuto},
    {"always", ColorMode::kAlways},
    {"never", ColorMode::kNever},
}};

template <typename Value, size_t n>
std::optional<Value> Find(const std::array<std::pair<absl::string_view, Value>, n>& table,
                          absl::string_view name) {
  for (const auto& [known, value] : table) {
    if (known == name) return value;
  }
  return std::nullopt;
}

// portreg --like WORD... is portreg search WORD..., as whatportis has it.
absl::Status ReadLikeFlag(Invocation& invocation) {
  if (!absl::GetFlag(FLAGS_like)) return absl::OkStatus();
  if (invocation.verb != Verb::kLookup && invocation.verb != Verb::kSearch) {
    return absl::InvalidArgumentError("--like searches, and takes no other command than search");
  }
  invocation.verb = Verb::kSearch;
  return absl::OkStatus();
}

absl::Status ReadFormatFlags(Invocation& invocation) {
  std::string format = absl::GetFlag(FLAGS_o);
  if (format.empty()) format = absl::GetFlag(FLAGS_output);
  const std::string export_format = absl::GetFlag(FLAGS_format);
  invocation.brief = absl::GetFlag(FLAGS_short);
  invocation.no_headers = absl::GetFlag(FLAGS_no_headers);
  if (invocation.verb == Verb::kExport) {
    if (!format.empty() || invocation.brief || invocation.no_headers) {
      return absl::InvalidArgumentError("export takes --format, not -o, --short or --no-headers");
    }
    const absl::StatusOr<ExportFormat> known = ReadExportFormat(export_format);
    if (!known.ok()) return known.status();
    invocation.export_format = *known;
    return absl::OkStatus();
  }
  if (!export_format.empty()) {
    return absl::InvalidArgumentError("--format belongs to export, other commands take -o");
  }
  if (!format.empty()) {
    const absl::StatusOr<Format> known = ReadFormat(format, invocation.verb);
    if (!known.ok()) return known.status();
    invocation.format = *known;
  }
  if (invocation.brief && invocation.format != Format::kTable) {
    return absl::InvalidArgumentError("--short and -o exclude each other");
  }
  return absl::OkStatus();
}

// Names of the common table are words for people; what these formats are made
// for is not.
std::vector<Layer> DefaultLayers(const Invocation& invocation) {
  if (invocation.verb != Verb::kExport) {
    if (invocation.format != Format::kServices) return {};
    return {Layer::kLocal, Layer::kIana};
  }
  switch (invocation.export_format) {
    case ExportFormat::kServices:
      return {Layer::kLocal, Layer::kIana};
    case ExportFormat::kIanaCsv:
      return {Layer::kIana};
    case ExportFormat::kSysctlReserved:
    case ExportFormat::kJson:
      break;
  }
  return {};
}

// After ReadFormatFlags.
absl::Status ReadRecordFlags(Invocation& invocation) {
  for (const std::string& name : absl::GetFlag(FLAGS_layer)) {
    const std::optional<Layer> layer = ParseLayer(name);
    if (!layer) {
      return absl::InvalidArgumentError(
          absl::StrCat("layer \"", name, "\" is not local, common or iana"));
    }
    invocation.layers.push_back(*layer);
  }
  if (invocation.layers.empty()) invocation.layers = DefaultLayers(invocation);
  invocation.portless = absl::GetFlag(FLAGS_portless);
  invocation.details = absl::GetFlag(FLAGS_details);
  const Format format = invocation.format;
  const bool can_show_details =
      (format == Format::kJson || format == Format::kNdjson || format == Format::kWide) &&
      invocation.verb != Verb::kClassify && invocation.verb != Verb::kInfo &&
      invocation.verb != Verb::kWatch;
  if (invocation.details && !can_show_details) {
    return absl::InvalidArgumentError(
        "--details belongs to -o json, ndjson and wide of lookup, list and search");
  }
  if (const absl::optional<int> max = absl::GetFlag(FLAGS_max_results); max) {
    if (invocation.verb != Verb::kSearch) {
      return absl::InvalidArgumentError("--max-results belongs to search");
    }
    if (*max < 1 || *max > kMaxSearchResults) {
      return absl::InvalidArgumentError(
          absl::StrCat("--max-results=", *max, " is out of range [1, ", kMaxSearchResults, "]"));
    }
    invocation.max_results = *max;
  }
  return absl::OkStatus();
}

absl::Status ReadWatchFlags(Invocation& invocation) {
  const bool watches = invocation.verb == Verb::kWatch;
  if (const absl::optional<int> count = absl::GetFlag(FLAGS_count); count) {
    if (!watches) return absl::InvalidArgumentError("--count belongs to watch");
    if (*count < 1) {
      return absl::InvalidArgumentError(absl::StrCat("--count=", *count, " must be above 0"));
    }
    invocation.count = *count;
  }
  if (watches && absl::GetFlag(FLAGS_offline)) {
    return absl::InvalidArgumentError(
        "watch follows a server, and --offline has none: the embedded registry never changes");
  }
  return absl::OkStatus();
}

absl::Status ReadColorFlag(Invocation& invocation) {
  const std::string name = absl::GetFlag(FLAGS_color);
  const std::optional<ColorMode> mode = Find(kColorModes, name);
  if (!mode) {
    return absl::InvalidArgumentError(
        absl::StrCat("--color=", name, " is not auto, always or never"));
  }
  invocation.color = *mode;
  return absl::OkStatus();
}

absl::Status ReadMetadata(Invocation& invocation) {
  absl::StatusOr<Metadata> metadata = ReadHeaders(absl::GetFlag(FLAGS_header));
  if (!metadata.ok()) return metadata.status();
  if (const char* variable = std::getenv("TRACEPARENT"); variable != nullptr) {
    AddTraceparent(variable, *metadata);
  }
  invocation.call.metadata = *std::move(metadata);
  return absl::OkStatus();
}

TlsOptions ReadTlsFlags() {
  return {.ca_file = absl::GetFlag(FLAGS_cacert),
          .cert_file = absl::GetFlag(FLAGS_cert),
          .key_file = absl::GetFlag(FLAGS_key),
          .server_name = absl::GetFlag(FLAGS_server_name)};
}

absl::Status ReadServerFlags(Invocation& invocation) {
  invocation.offline = absl::GetFlag(FLAGS_offline);
  ClientOptions& client = invocation.client;
  client.target = absl::GetFlag(FLAGS_target);
  const char* variable = std::getenv("PORTREG_TARGET");
  if (client.target.empty() && variable != nullptr) client.target = variable;
  if (client.target.empty()) client.target = std::string(kDefaultAddress);
  const absl::Duration timeout = absl::GetFlag(FLAGS_timeout);
  if (timeout <= absl::ZeroDuration()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--timeout=", absl::FormatDuration(timeout), " must be above 0"));
  }
  if (timeout != absl::InfiniteDuration()) client.timeout = client.list_timeout = timeout;
  // A call of the tool's is its channel's first: asking for health beforehand
  // would only add a round trip.
  client.health_check = false;
  client.user_agent = absl::StrCat("portreg/", Version());

  TlsOptions tls = ReadTlsFlags();
  const bool wants_tls = absl::GetFlag(FLAGS_tls) || !tls.ca_file.empty() ||
                         !tls.cert_file.empty() || !tls.key_file.empty() ||
                         !tls.server_name.empty();
  if (wants_tls && absl::GetFlag(FLAGS_plaintext)) {
    return absl::InvalidArgumentError(
        "--plaintext excludes --tls, --cacert, --cert, --key and --server-name");
  }
  if (tls.cert_file.empty() != tls.key_file.empty()) {
    return absl::InvalidArgumentError("--cert and --key belong together");
  }
  if (wants_tls) client.tls = std::move(tls);
  return client.Validate();
}

// Whether an argument is a key such as -1, which Abseil would take for a flag.
bool IsNegativeNumber(absl::string_view argument) {
  return absl::ConsumePrefix(&argument, "-") && !argument.empty() &&
         argument.find_first_not_of("0123456789") == absl::string_view::npos;
}

// Deals with what Abseil would not do as users expect. The command if it is
// one that needs no more flags.
absl::StatusOr<std::optional<Verb>> PrepareArguments(absl::Span<char* const> arguments) {
  if (HasFlag(arguments, {"--help", "-help", "-h"})) return Verb::kHelp;
  if (HasFlag(arguments, {"--version", "-version"})) return Verb::kVersion;
  for (const absl::string_view argument : arguments) {
    if (argument == "--") break;
    if (IsNegativeNumber(argument)) return ParseQuery(argument).status();
  }
  HyphensToUnderscores(arguments);
  return std::nullopt;
}

}  // namespace

absl::StatusOr<Invocation> ReadInvocation(int argc, char** argv) {
  Invocation invocation;
  const absl::StatusOr<std::optional<Verb>> early =
      PrepareArguments({argv + 1, static_cast<size_t>(argc - 1)});
  if (!early.ok()) return early.status();
  if (*early) {
    invocation.verb = **early;
    return invocation;
  }
  absl::SetProgramUsageMessage("tells what a port number is");
  const std::vector<char*> rest = absl::ParseCommandLine(argc, argv);
  invocation.keys.assign(rest.begin() + 1, rest.end());
  if (invocation.keys.empty()) {
    return absl::InvalidArgumentError("no key is given, such as 443 or https; see --help");
  }
  if (const std::optional<Verb> verb = Find(kVerbs, invocation.keys.front()); verb) {
    invocation.verb = *verb;
    invocation.keys.erase(invocation.keys.begin());
  }
  for (const auto read : {ReadLikeFlag, ReadFormatFlags, ReadRecordFlags, ReadWatchFlags,
                          ReadColorFlag, ReadMetadata, ReadServerFlags}) {
    if (absl::Status status = read(invocation); !status.ok()) return status;
  }
  return invocation;
}

}  // namespace portreg::cli
