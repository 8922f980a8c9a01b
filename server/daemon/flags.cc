#include "server/daemon/flags.h"

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_set.h"
#include "absl/flags/commandlineflag.h"
#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/reflection.h"
#include "absl/flags/usage.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/model/port.h"
#include "common/text/command_line.h"
#include "common/text/quote.h"
#include "common/text/version.h"
#include "server/daemon/flag_values.h"

namespace {

using Count = portreg::server::AtLeast<int32_t, 1>;
using CountOrNone = portreg::server::AtLeast<int32_t, 0>;
using LongCount = portreg::server::AtLeast<int64_t, 1>;
// No call could be answered with less.
using MetadataBytes = portreg::server::AtLeast<int32_t, 1 << 10>;
using QuotaBytes = portreg::server::AtLeast<int64_t, 1 << 20>;
using Period = portreg::server::Lasting<1>;
using Delay = portreg::server::Lasting<0>;
using Interval = portreg::server::Lasting<10, /*kOrZero=*/true>;

constexpr portreg::server::ServerLimits kLimits;

}  // namespace

ABSL_FLAG(std::vector<std::string>, listen, {std::string(portreg::kDefaultAddress)},
          "where to listen: host:port, [ipv6]:port or unix:path, several with commas between "
          "them; port 0 lets the system choose");
ABSL_FLAG(std::vector<std::string>, admin_listen, {},
          "where to serve health, reflection and channelz by gRPC in plaintext; addresses as "
          "for --listen");
ABSL_FLAG(std::string, metrics_listen, "",
          "where to serve /metrics to Prometheus by HTTP: host:port or [ipv6]:port");
ABSL_FLAG(std::vector<std::string>, web_listen, {},
          "where to serve browsers and clients of HTTP: page, JSON and the Connect protocol; "
          "addresses as for --listen, which share TLS and limits");
ABSL_FLAG(std::vector<std::string>, web_allow_origins, {},
          "web sites whose scripts may call at --web_listen, such as https://ports.example.org, "
          "with commas between them; *: all");
ABSL_FLAG(bool, insecure, false, "allow plaintext on addresses that other machines can reach");
ABSL_FLAG(bool, admin_insecure, false, "allow it for --admin_listen and --metrics_listen only");
ABSL_FLAG(bool, reflection, false, "offer gRPC server reflection at the addresses of --listen too");

ABSL_FLAG(portreg::server::GivenText, tls_cert, {},
          "PEM file of the server's certificate and its chain");
ABSL_FLAG(portreg::server::GivenText, tls_key, {}, "PEM file of the server's private key");
ABSL_FLAG(portreg::server::GivenText, tls_client_ca, {},
          "PEM file of the authorities that issue certificates of clients; every client must then "
          "have one");
ABSL_FLAG(portreg::server::GivenText, tls_allowed_clients, {},
          "patterns of names in clients' certificates (URI, DNS, e-mail, IP) that may call, with * "
          "for any text without /; default: all clients that --tls_client_ca admits");

ABSL_FLAG(Count, max_connections, {kLimits.connections.total},
          "connections that may be open at once");
ABSL_FLAG(CountOrNone, max_connections_per_peer, {kLimits.connections.per_peer},
          "connections that may be open from one IPv4 address or IPv6 /64 network; 0: no limit");
ABSL_FLAG(Count, max_concurrent_streams, {kLimits.max_concurrent_streams},
          "calls that may be under way on one connection");
ABSL_FLAG(LongCount, max_calls, {portreg::server::ServiceOptions().max_calls},
          "calls that may be under way in all");
ABSL_FLAG(LongCount, max_queued_calls, {portreg::server::ServiceOptions().max_queued_calls},
          "costly calls, such as searches, that may wait for a worker thread");
ABSL_FLAG(LongCount, max_unread_bytes, {portreg::server::ServiceOptions().max_unread_bytes},
          "bytes of unread replies that were each made for one call");
ABSL_FLAG(Count, max_request_bytes, {kLimits.max_request_bytes}, "longest request");
ABSL_FLAG(MetadataBytes, max_metadata_bytes, {kLimits.max_metadata_bytes},
          "most metadata of a call");
ABSL_FLAG(QuotaBytes, memory_quota_bytes, {kLimits.memory_quota_bytes},
          "memory that gRPC may hold for all connections");
ABSL_FLAG(Period, handshake_timeout, {kLimits.handshake_timeout},
          "how long the handshake of a connection may take");
ABSL_FLAG(Period, max_connection_idle, {kLimits.max_connection_idle},
          "how long a connection may be without a call");
ABSL_FLAG(Period, max_connection_age, {kLimits.max_connection_age},
          "how long a connection may exist, plus or minus a tenth");
ABSL_FLAG(Period, max_connection_age_grace, {kLimits.max_connection_age_grace},
          "how long its calls may then take to end");
ABSL_FLAG(Period, keepalive_time, {kLimits.keepalive_time},
          "how long a client may be silent before the server pings it");
ABSL_FLAG(Period, keepalive_timeout, {kLimits.keepalive_timeout},
          "how long the client may take to answer");
ABSL_FLAG(Period, min_ping_interval, {kLimits.min_ping_interval},
          "connections of clients that ping more often without a call are closed");
ABSL_FLAG(Period, max_watch, {portreg::server::ServiceOptions().max_watch},
          "how long a Watch lasts at most");

ABSL_FLAG(portreg::server::GivenText, iana_file, {},
          "IANA's service-names-port-numbers.csv, which replaces the embedded snapshot");
ABSL_FLAG(portreg::server::PathList, local_file, {},
          "CSV files of your own assignments, with commas between them: IANA's columns, and Owner, "
          "Aliases, Scope and more; a folder stands for every *.csv in it; can be given again");
ABSL_FLAG(portreg::server::PathList, common_file, {},
          "CSV files, as for --local_file, of what software listens on at your site");
ABSL_FLAG(portreg::server::GivenText, ranges_file, {},
          "CSV file of range rules, which replace the embedded ones kind by kind: Ports, Transport "
          "Protocol, Kind, Severity, Message, Reference");
ABSL_FLAG(bool, allow_fewer_rows, false,
          "accept an IANA file with over 5 % fewer rows than the data before it, and files of "
          "--local_file and --common_file that lose over 25 % of their rows, or all");
ABSL_FLAG(QuotaBytes, max_registry_bytes,
          {static_cast<int64_t>(portreg::server::DataOptions().max_bytes)},
          "memory that a registry may take with its index and stored replies; two registries exist "
          "during a reload");
ABSL_FLAG(bool, check, false,
          "load the data, report counts, unusable rows and collisions, and exit: 0 without "
          "collisions, otherwise 1");
ABSL_FLAG(Interval, reload_interval, {portreg::server::PortregdOptions().reload_interval},
          "how often to look for changes of the files of data and TLS; 0: only on SIGHUP");

ABSL_FLAG(portreg::server::LogFormat, log_format, portreg::server::LogFormat::kText,
          "format of the log on standard error: text or json");
ABSL_FLAG(portreg::server::Share, access_log, {portreg::server::PortregdOptions().access_log},
          "share of all calls to log, 0 to 1");

ABSL_FLAG(Delay, drain_delay, {absl::Seconds(5)},
          "how long to continue serving after SIGTERM while the health is NOT_SERVING; ends early "
          "when no client is connected");
ABSL_FLAG(Delay, drain_grace, {absl::Seconds(5)}, "how long calls under way may then take to end");

namespace portreg::server {
namespace {

constexpr absl::string_view kEnvironmentPrefix = "PORTREGD_";

// The most unusable rows that --check lists for a file that it refuses.
constexpr size_t kMaxRowsListedByCheck = 20;

// Flags that may be given several times. Abseil would take the last one only.
constexpr absl::string_view kRepeatable[] = {"local_file", "common_file"};

struct FlagGroup {
  absl::string_view title;
  std::vector<absl::string_view> flags;
};

const std::vector<FlagGroup>& FlagGroups() {
  static const auto* const groups = new std::vector<FlagGroup>{
      {"Listening",
       {"listen", "admin_listen", "metrics_listen", "web_listen", "web_allow_origins", "insecure",
        "admin_insecure", "reflection"}},
      {"TLS", {"tls_cert", "tls_key", "tls_client_ca", "tls_allowed_clients"}},
      {"Limits",
       {"max_connections", "max_connections_per_peer", "max_concurrent_streams", "max_calls",
        "max_queued_calls", "max_unread_bytes", "max_request_bytes", "max_metadata_bytes",
        "memory_quota_bytes", "handshake_timeout", "max_connection_idle", "max_connection_age",
        "max_connection_age_grace", "keepalive_time", "keepalive_timeout", "min_ping_interval",
        "max_watch"}},
      {"Data",
       {"iana_file", "local_file", "common_file", "ranges_file", "allow_fewer_rows",
        "max_registry_bytes", "reload_interval", "check"}},
      {"Log", {"log_format", "access_log"}},
      {"Stopping", {"drain_delay", "drain_grace"}},
  };
  return *groups;
}

std::string EnvironmentName(absl::string_view flag) {
  return absl::StrCat(kEnvironmentPrefix, absl::AsciiStrToUpper(flag));
}

// Returns true if a variable sets, or is probably meant to set, a flag of TLS.
bool IsOfTls(absl::string_view variable) {
  return absl::StartsWithIgnoreCase(variable, EnvironmentName("tls_"));
}

// Returns the variables whose names begin like those of flags, but set no flag, in no
// particular order.
std::vector<std::string> UnknownVariables() {
  absl::flat_hash_set<std::string> known;
  for (const FlagGroup& group : FlagGroups()) {
    for (const absl::string_view flag : group.flags) known.insert(EnvironmentName(flag));
  }
  std::vector<std::string> unknown;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::pair<absl::string_view, absl::string_view> variable =
        absl::StrSplit(*entry, absl::MaxSplits('=', 1));
    if (known.contains(variable.first)) continue;
    const bool counts = !variable.second.empty() || IsOfTls(variable.first);
    if (counts && absl::StartsWithIgnoreCase(variable.first, kEnvironmentPrefix)) {
      unknown.emplace_back(variable.first);
    }
  }
  return unknown;
}

// Refuses unknown variables of TLS, because a server that ignored a misspelt one would
// serve clients that it should refuse.
absl::Status CheckUnknown(const std::vector<std::string>& variables) {
  for (const std::string& variable : variables) {
    if (IsOfTls(variable)) {
      return absl::InvalidArgumentError(
          absl::StrCat("variable ", Quoted(variable), " sets no flag, see --help"));
    }
  }
  return absl::OkStatus();
}

absl::Status ReadEnvironment() {
  for (const FlagGroup& group : FlagGroups()) {
    for (const absl::string_view name : group.flags) {
      const std::string variable = EnvironmentName(name);
      const char* value = std::getenv(variable.c_str());
      if (value == nullptr) continue;
      if (*value == '\0') {
        // Empty variables count as not set, because compose files and unit files often
        // contain them. Not those of TLS: the server would then serve everyone.
        if (!IsOfTls(variable)) continue;
        return absl::InvalidArgumentError(absl::StrCat(
            variable, " is empty; leave the variable unset to serve without --", name));
      }
      std::string error;
      absl::CommandLineFlag& flag = *absl::FindCommandLineFlag(name);
      if (flag.ParseFrom(value, &error)) continue;
      // Abseil does not name the values of a switch.
      if (flag.IsOfType<bool>()) error = "expected true or false";
      return absl::InvalidArgumentError(absl::StrCat(variable, "=", Quoted(value), ": ", error));
    }
  }
  return absl::OkStatus();
}

// A flag that must not be empty, and what the server does if it is left out.
struct Needed {
  absl::string_view flag;
  bool is_empty;
  absl::string_view without;
};

// Refuses empty flags of TLS and of data: with --tls_client_ca="$CA" and an empty CA, the
// server would otherwise serve everyone; with --local_file="$FILE", it would serve without the
// assignments.
absl::Status CheckNoneIsEmpty() {
  const auto is_empty = [](const GivenText& flag) { return flag.given && flag.value.empty(); };
  const auto has_empty = [](const PathList& flag) { return absl::c_linear_search(flag.paths, ""); };
  const Needed flags[] = {
      {"tls_cert", is_empty(absl::GetFlag(FLAGS_tls_cert)), "serve without TLS"},
      {"tls_key", is_empty(absl::GetFlag(FLAGS_tls_key)), "serve without TLS"},
      {"tls_client_ca", is_empty(absl::GetFlag(FLAGS_tls_client_ca)),
       "serve clients without a certificate too"},
      {"tls_allowed_clients", is_empty(absl::GetFlag(FLAGS_tls_allowed_clients)),
       "serve every client that --tls_client_ca admits"},
      {"iana_file", is_empty(absl::GetFlag(FLAGS_iana_file)), "serve the embedded snapshot"},
      {"local_file", has_empty(absl::GetFlag(FLAGS_local_file)),
       "serve without assignments of your own"},
      {"common_file", has_empty(absl::GetFlag(FLAGS_common_file)),
       "serve the embedded common ports only"},
      {"ranges_file", is_empty(absl::GetFlag(FLAGS_ranges_file)), "use the embedded range rules"},
  };
  for (const Needed& each : flags) {
    if (!each.is_empty) continue;
    const bool is_list = each.flag == "local_file" || each.flag == "common_file";
    return absl::InvalidArgumentError(absl::StrCat("--", each.flag,
                                                   is_list ? " has an empty path" : " is empty",
                                                   "; to ", each.without, ", leave it out"));
  }
  return absl::OkStatus();
}

ServerLimits ReadLimits() {
  ServerLimits limits;
  limits.connections = {.total = absl::GetFlag(FLAGS_max_connections).value,
                        .per_peer = absl::GetFlag(FLAGS_max_connections_per_peer).value};
  limits.max_concurrent_streams = absl::GetFlag(FLAGS_max_concurrent_streams).value;
  limits.max_request_bytes = absl::GetFlag(FLAGS_max_request_bytes).value;
  limits.max_metadata_bytes = absl::GetFlag(FLAGS_max_metadata_bytes).value;
  limits.memory_quota_bytes = absl::GetFlag(FLAGS_memory_quota_bytes).value;
  limits.handshake_timeout = absl::GetFlag(FLAGS_handshake_timeout).value;
  limits.max_connection_idle = absl::GetFlag(FLAGS_max_connection_idle).value;
  limits.max_connection_age = absl::GetFlag(FLAGS_max_connection_age).value;
  limits.max_connection_age_grace = absl::GetFlag(FLAGS_max_connection_age_grace).value;
  limits.keepalive_time = absl::GetFlag(FLAGS_keepalive_time).value;
  limits.keepalive_timeout = absl::GetFlag(FLAGS_keepalive_timeout).value;
  limits.min_ping_interval = absl::GetFlag(FLAGS_min_ping_interval).value;
  return limits;
}

PortregdOptions ReadOptions() {
  PortregdOptions options;
  options.server.listen = absl::GetFlag(FLAGS_listen);
  options.server.reflection = absl::GetFlag(FLAGS_reflection);
  options.server.limits = ReadLimits();
  options.server.service.max_calls = absl::GetFlag(FLAGS_max_calls).value;
  options.server.service.max_queued_calls = absl::GetFlag(FLAGS_max_queued_calls).value;
  options.server.service.max_unread_bytes = absl::GetFlag(FLAGS_max_unread_bytes).value;
  options.server.service.max_metadata_bytes = options.server.limits.max_metadata_bytes;
  options.server.service.max_watch = absl::GetFlag(FLAGS_max_watch).value;
  options.data = {.iana_file = absl::GetFlag(FLAGS_iana_file).value,
                  .local_files = absl::GetFlag(FLAGS_local_file).paths,
                  .common_files = absl::GetFlag(FLAGS_common_file).paths,
                  .ranges_file = absl::GetFlag(FLAGS_ranges_file).value,
                  .allow_fewer_rows = absl::GetFlag(FLAGS_allow_fewer_rows),
                  .max_bytes = static_cast<size_t>(absl::GetFlag(FLAGS_max_registry_bytes).value)};
  if (absl::GetFlag(FLAGS_check)) options.data.max_rows_listed = kMaxRowsListedByCheck;
  options.tls = {.cert = absl::GetFlag(FLAGS_tls_cert).value,
                 .key = absl::GetFlag(FLAGS_tls_key).value,
                 .client_ca = absl::GetFlag(FLAGS_tls_client_ca).value,
                 .allowed_clients = {}};
  const std::string allowed_clients = absl::GetFlag(FLAGS_tls_allowed_clients).value;
  if (!allowed_clients.empty()) options.tls.allowed_clients = absl::StrSplit(allowed_clients, ',');
  options.admin_listen = absl::GetFlag(FLAGS_admin_listen);
  options.metrics_listen = absl::GetFlag(FLAGS_metrics_listen);
  options.web_listen = absl::GetFlag(FLAGS_web_listen);
  options.web_allow_origins = absl::GetFlag(FLAGS_web_allow_origins);
  options.insecure = absl::GetFlag(FLAGS_insecure);
  options.admin_insecure = absl::GetFlag(FLAGS_admin_insecure);
  options.reload_interval = absl::GetFlag(FLAGS_reload_interval).value;
  options.access_log = absl::GetFlag(FLAGS_access_log).value;
  return options;
}

}  // namespace

absl::StatusOr<Command> ReadCommand(int argc, char** argv) {
  Command command;
  const absl::Span<char* const> arguments(argv + 1, static_cast<size_t>(argc - 1));
  command.help = HasSwitch(arguments, "help") || HasFlag(arguments, {"-h"});
  command.version = !command.help && HasSwitch(arguments, "version");
  if (command.help || command.version) return command;
  absl::SetProgramUsageMessage("the port-number registry as a gRPC service");

  if (absl::Status status = ReadEnvironment(); !status.ok()) return status;
  command.unknown_variables = UnknownVariables();
  if (absl::Status status = CheckUnknown(command.unknown_variables); !status.ok()) return status;
  HyphensToUnderscores(arguments);
  if (absl::Status status = CheckSwitches(arguments); !status.ok()) return status;
  std::deque<std::string> joined;
  std::vector<char*> merged = MergeRepeated(arguments, kRepeatable, joined);
  merged.insert(merged.begin(), argv[0]);
  const auto count = static_cast<int>(merged.size());
  merged.push_back(nullptr);
  const std::vector<char*> rest = absl::ParseCommandLine(count, merged.data());
  if (rest.size() > 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("unexpected argument ", Quoted(rest[1]), ", see --help"));
  }
  if (absl::Status status = CheckNoneIsEmpty(); !status.ok()) return status;
  command.check = absl::GetFlag(FLAGS_check);
  command.log_format = absl::GetFlag(FLAGS_log_format);
  command.drain_delay = absl::GetFlag(FLAGS_drain_delay).value;
  command.drain_grace = absl::GetFlag(FLAGS_drain_grace).value;
  command.portregd = ReadOptions();
  return command;
}

std::string VersionText() { return absl::StrCat("portregd ", Version(), "\n"); }

std::string HelpText() {
  std::string text = absl::StrCat(
      "portregd ", Version(),
      ", the port-number registry as a gRPC service\n\n"
      "Usage: portregd [--flag=value ...]\n\n"
      "Without flags it serves the embedded registry on ",
      kDefaultAddress,
      ".\nIt prints \"READY <address>\" for each listener, reloads its files when they change "
      "and\non SIGHUP, and ends on SIGTERM or SIGINT.\n"
      "Each flag can also be set by the variable ",
      kEnvironmentPrefix, "<FLAG>, such as ", EnvironmentName("listen"), ".\n");
  for (const FlagGroup& group : FlagGroups()) {
    absl::StrAppend(&text, "\n", group.title, ":\n");
    for (const absl::string_view name : group.flags) {
      const absl::CommandLineFlag& flag = *absl::FindCommandLineFlag(name);
      const std::string value = flag.DefaultValue();
      absl::StrAppend(&text, "  --", name, value.empty() ? "" : "=", value, "\n      ", flag.Help(),
                      "\n");
    }
  }
  absl::StrAppend(&text, "\nOther:\n  --version\n  --help\n");
  return text;
}

}  // namespace portreg::server
