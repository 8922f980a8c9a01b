#include "client/cli/flags.h"

#include <array>
#include <cstdlib>
#include <optional>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/command_line.h"
#include "common/port.h"
#include "common/query.h"
#include "common/version.h"

ABSL_FLAG(std::string, o, "", "output format: table, json, ndjson or csv");
ABSL_FLAG(std::string, output, "", "the same as -o");
ABSL_FLAG(bool, short, false, "only the answer: a port's service, a service's port");
ABSL_FLAG(bool, no_headers, false, "no line of column titles");
ABSL_FLAG(std::vector<std::string>, layer, {}, "only these layers: local, common, iana");
ABSL_FLAG(bool, portless, false, "list also names without a port");
ABSL_FLAG(bool, offline, false, "answer from the embedded registry, without a server");
ABSL_FLAG(std::string, target, "", "server: host:port, dns:///name:port or unix:path");
ABSL_FLAG(absl::Duration, timeout, absl::InfiniteDuration(),
          "how long a call may take; default: 2s, and 30s for a listing");
ABSL_FLAG(bool, plaintext, false, "no TLS, which is the default");
ABSL_FLAG(bool, tls, false, "TLS, with the system's authorities");
ABSL_FLAG(std::string, cacert, "", "PEM file of authorities for the server's certificate");
ABSL_FLAG(std::string, cert, "", "PEM file of the client's certificate chain");
ABSL_FLAG(std::string, key, "", "PEM file of the client's private key");

namespace portreg::cli {
namespace {

constexpr char kHelp[] = R"(portreg %s, tells what a port number is

Usage:
  portreg KEY...             what is on a port, what a service uses
  portreg lookup KEY...      the same, also for names such as "list" and "info"
  portreg classify PORT...   is it a good choice?
  portreg list [RANGE]...    the records of a range, or of all ports
  portreg info               which registry answers

Keys:
  443  443/tcp  20-21  U:53  22,80-90,https    ports (T: U: S: for tcp udp sctp)
  https  syslog/udp  "socks proxy"             service names, in any case

Output:
  -o table|json|ndjson|csv   default: table; ndjson is one record a line
  --short                    a port's service, a service's port, for scripts
  --layer=iana,common,local  only these layers
  --portless                 list: also names without a port
  --no-headers               no line of column titles

Server:
  --target=HOST:PORT         default: PORTREG_TARGET, else %s
  --offline                  answer from the embedded registry
  --timeout=DURATION         for one call; default: 2s, and 30s for a listing
  --plaintext                no TLS, which is the default
  --tls  --cacert=PEM        TLS: the system's authorities, or these
  --cert=PEM --key=PEM       the client's certificate, for mutual TLS

Exit codes:
  0 all found   1 usage   2 a key without a named record   130 interrupted
  64 + code for a gRPC error, such as 78 for a server that cannot be reached

Examples:
  portreg 5432
  portreg https 443/tcp 20-21
  portreg --short --layer=iana 443
  portreg list 8000-8100 -o csv
)";

constexpr std::array<std::pair<absl::string_view, Verb>, 5> kVerbs = {{
    {"lookup", Verb::kLookup},
    {"classify", Verb::kClassify},
    {"list", Verb::kList},
    {"info", Verb::kInfo},
    {"help", Verb::kHelp},
}};

constexpr std::array<std::pair<absl::string_view, Format>, 4> kFormats = {{
    {"table", Format::kTable},
    {"json", Format::kJson},
    {"ndjson", Format::kNdjson},
    {"csv", Format::kCsv},
}};

template <typename Value, size_t n>
std::optional<Value> Find(const std::array<std::pair<absl::string_view, Value>, n>& table,
                          absl::string_view name) {
  for (const auto& [known, value] : table) {
    if (known == name) return value;
  }
  return std::nullopt;
}

absl::Status ReadOutputFlags(Invocation& invocation) {
  std::string format = absl::GetFlag(FLAGS_o);
  if (format.empty()) format = absl::GetFlag(FLAGS_output);
  if (!format.empty()) {
    const std::optional<Format> known = Find(kFormats, format);
    if (!known) {
      return absl::InvalidArgumentError(
          absl::StrCat("output format \"", format, "\" is not table, json, ndjson or csv"));
    }
    invocation.format = *known;
  }
  for (const std::string& name : absl::GetFlag(FLAGS_layer)) {
    const std::optional<Layer> layer = ParseLayer(name);
    if (!layer) {
      return absl::InvalidArgumentError(
          absl::StrCat("layer \"", name, "\" is not local, common or iana"));
    }
    invocation.layers.push_back(*layer);
  }
  invocation.brief = absl::GetFlag(FLAGS_short);
  invocation.no_headers = absl::GetFlag(FLAGS_no_headers);
  invocation.portless = absl::GetFlag(FLAGS_portless);
  if (invocation.brief && invocation.format != Format::kTable) {
    return absl::InvalidArgumentError("--short and -o exclude each other");
  }
  return absl::OkStatus();
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

  TlsOptions tls{.ca_file = absl::GetFlag(FLAGS_cacert),
                 .cert_file = absl::GetFlag(FLAGS_cert),
                 .key_file = absl::GetFlag(FLAGS_key),
                 .server_name = {}};
  const bool wants_tls = absl::GetFlag(FLAGS_tls) || !tls.ca_file.empty() ||
                         !tls.cert_file.empty() || !tls.key_file.empty();
  if (wants_tls && absl::GetFlag(FLAGS_plaintext)) {
    return absl::InvalidArgumentError("--plaintext excludes --tls, --cacert, --cert and --key");
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
  if (absl::Status status = ReadOutputFlags(invocation); !status.ok()) return status;
  if (absl::Status status = ReadServerFlags(invocation); !status.ok()) return status;
  return invocation;
}

std::string HelpText() { return absl::StrFormat(kHelp, Version(), kDefaultAddress); }

std::string VersionText() { return absl::StrCat("portreg ", Version(), "\n"); }

}  // namespace portreg::cli
