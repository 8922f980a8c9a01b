#include "server/flags.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/reflection.h"
#include "absl/flags/usage.h"
#include "absl/flags/usage_config.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/command_line.h"
#include "common/port.h"
#include "common/quote.h"
#include "common/version.h"

ABSL_FLAG(std::vector<std::string>, listen, {std::string(portreg::kDefaultAddress)},
          "where to listen: host:port, [ipv6]:port or unix:path, several with commas between "
          "them; port 0 lets the system choose");
ABSL_FLAG(std::vector<std::string>, admin_listen, {},
          "where to offer health, reflection and channelz by gRPC in plaintext, as --listen");
ABSL_FLAG(std::string, metrics_listen, "",
          "where Prometheus may fetch /metrics by HTTP: host:port, IPv4 only");
ABSL_FLAG(bool, insecure, false, "allow plaintext on addresses that other machines reach");
ABSL_FLAG(bool, reflection, false, "offer gRPC server reflection on the service's own address");

ABSL_FLAG(std::string, tls_cert, "", "PEM file of the server's certificate and its chain");
ABSL_FLAG(std::string, tls_key, "", "PEM file of its private key");
ABSL_FLAG(std::string, tls_client_ca, "",
          "PEM file of the certificates that vouch for clients; clients must then have one");
ABSL_FLAG(std::vector<std::string>, tls_allowed_clients, {},
          "names in clients' certificates (URI, DNS, e-mail, IP) that may call, with * for any "
          "text without /; none: all that --tls_client_ca vouches for");

ABSL_FLAG(int32_t, max_connections, 10'000, "connections open at once");
ABSL_FLAG(int32_t, max_connections_per_peer, 0,
          "of these, from one IPv4 address or IPv6 /64 network; 0: no limit");
ABSL_FLAG(int32_t, max_concurrent_streams, 100, "calls under way on one connection");
ABSL_FLAG(int64_t, max_calls, 10'000, "calls under way in all");
ABSL_FLAG(int64_t, max_unread_bytes, int64_t{256} << 20,
          "bytes of replies made for one call each that clients have not read");
ABSL_FLAG(int32_t, max_request_bytes, portreg::kMaxRequestBytes, "the longest request");
ABSL_FLAG(int32_t, max_metadata_bytes, 8 << 10, "the most metadata of a call");
ABSL_FLAG(int64_t, memory_quota_bytes, int64_t{256} << 20,
          "what gRPC may hold for all connections");
ABSL_FLAG(absl::Duration, handshake_timeout, absl::Seconds(10),
          "how long a connection may take to shake hands");
ABSL_FLAG(absl::Duration, max_connection_idle, absl::Minutes(5),
          "how long a connection may be without a call");
ABSL_FLAG(absl::Duration, max_connection_age, absl::Minutes(30),
          "how long a connection may live, give or take a tenth");
ABSL_FLAG(absl::Duration, max_connection_age_grace, absl::Seconds(30),
          "how long its calls then have to end");
ABSL_FLAG(absl::Duration, keepalive_time, absl::Seconds(60),
          "silence after which a client is asked whether it is there");
ABSL_FLAG(absl::Duration, keepalive_timeout, absl::Seconds(20), "how long it has to answer");
ABSL_FLAG(absl::Duration, min_ping_interval, absl::Seconds(10),
          "clients that ping more often without a call are sent away");
ABSL_FLAG(absl::Duration, max_watch, absl::Minutes(30), "how long a Watch lasts, at most");

ABSL_FLAG(std::string, iana_file, "",
          "IANA's service-names-port-numbers.csv, in place of the embedded snapshot");
ABSL_FLAG(std::string, local_file, "",
          "CSV file of your own assignments, with IANA's columns and perhaps Owner");
ABSL_FLAG(bool, allow_fewer_rows, false,
          "take an IANA file with over 5 % fewer rows than the data before it");
ABSL_FLAG(bool, check, false,
          "load the data, report counts, unusable rows and collisions, and exit: 0 if all is well, "
          "1 if not");
ABSL_FLAG(absl::Duration, reload_interval, absl::Seconds(1),
          "how often the files of data and TLS are looked at for a change; 0: only upon SIGHUP");

ABSL_FLAG(std::string, log_format, "text", "format of the log on standard error: text or json");
ABSL_FLAG(double, access_log, 0, "share of the calls that are logged, 0 to 1");

ABSL_FLAG(absl::Duration, drain_delay, absl::Seconds(5),
          "upon SIGTERM, how long to go on serving while health says NOT_SERVING; ends early once "
          "nobody is connected");
ABSL_FLAG(absl::Duration, drain_grace, absl::Seconds(5),
          "how long calls under way then have to end");

namespace portreg {
namespace {

constexpr absl::string_view kEnvironmentPrefix = "PORTREGD_";

struct FlagGroup {
  absl::string_view title;
  std::vector<absl::string_view> flags;
};

const std::vector<FlagGroup>& FlagGroups() {
  static const auto* const groups = new std::vector<FlagGroup>{
      {"Listening", {"listen", "admin_listen", "metrics_listen", "insecure", "reflection"}},
      {"TLS", {"tls_cert", "tls_key", "tls_client_ca", "tls_allowed_clients"}},
      {"Limits",
       {"max_connections", "max_connections_per_peer", "max_concurrent_streams", "max_calls",
        "max_unread_bytes", "max_request_bytes", "max_metadata_bytes", "memory_quota_bytes",
        "handshake_timeout", "max_connection_idle", "max_connection_age",
        "max_connection_age_grace", "keepalive_time", "keepalive_timeout", "min_ping_interval",
        "max_watch"}},
      {"Data", {"iana_file", "local_file", "allow_fewer_rows", "reload_interval", "check"}},
      {"Log", {"log_format", "access_log"}},
      {"Stopping", {"drain_delay", "drain_grace"}},
  };
  return *groups;
}

std::string EnvironmentName(absl::string_view flag) {
  return absl::StrCat(kEnvironmentPrefix, absl::AsciiStrToUpper(flag));
}

absl::Status ReadEnvironment() {
  for (const FlagGroup& group : FlagGroups()) {
    for (const absl::string_view name : group.flags) {
      const std::string variable = EnvironmentName(name);
      const char* value = std::getenv(variable.c_str());
      // Compose files and unit files set variables to nothing.
      if (value == nullptr || *value == '\0') continue;
      std::string error;
      if (!absl::FindCommandLineFlag(name)->ParseFrom(value, &error)) {
        return absl::InvalidArgumentError(absl::StrCat(variable, "=", Quoted(value), ": ", error));
      }
    }
  }
  return absl::OkStatus();
}

absl::Status OutOfRange(absl::string_view flag, absl::string_view expected) {
  const std::string value = absl::FindCommandLineFlag(flag)->CurrentValue();
  return absl::InvalidArgumentError(
      absl::StrCat("--", flag, "=", value, " is out of range, expected ", expected));
}

// Whether each flag has a value that makes sense.
absl::Status CheckRanges() {
  for (const auto* const flag : {&FLAGS_max_connections, &FLAGS_max_concurrent_streams,
                                 &FLAGS_max_request_bytes, &FLAGS_max_metadata_bytes}) {
    if (absl::GetFlag(*flag) < 1) return OutOfRange(flag->Name(), "1 or more");
  }
  for (const auto* const flag :
       {&FLAGS_max_calls, &FLAGS_max_unread_bytes, &FLAGS_memory_quota_bytes}) {
    if (absl::GetFlag(*flag) < 1) return OutOfRange(flag->Name(), "1 or more");
  }
  for (const auto* const flag :
       {&FLAGS_handshake_timeout, &FLAGS_max_connection_idle, &FLAGS_max_connection_age,
        &FLAGS_max_connection_age_grace, &FLAGS_keepalive_time, &FLAGS_keepalive_timeout,
        &FLAGS_min_ping_interval, &FLAGS_max_watch}) {
    if (absl::GetFlag(*flag) < absl::Milliseconds(1))
      return OutOfRange(flag->Name(), "1ms or more");
  }
  const absl::Duration interval = absl::GetFlag(FLAGS_reload_interval);
  if (interval != absl::ZeroDuration() && interval < absl::Milliseconds(10)) {
    return OutOfRange("reload_interval", "0, or 10ms or more");
  }
  for (const auto* const flag : {&FLAGS_drain_delay, &FLAGS_drain_grace}) {
    if (absl::GetFlag(*flag) < absl::ZeroDuration()) return OutOfRange(flag->Name(), "0 or more");
  }
  if (absl::GetFlag(FLAGS_max_connections_per_peer) < 0) {
    return OutOfRange("max_connections_per_peer", "0 or more");
  }
  const double share = absl::GetFlag(FLAGS_access_log);
  if (!(share >= 0 && share <= 1)) return OutOfRange("access_log", "0 to 1");
  const std::string format = absl::GetFlag(FLAGS_log_format);
  if (format != "text" && format != "json") return OutOfRange("log_format", "text or json");
  return absl::OkStatus();
}

ServerLimits ReadLimits() {
  ServerLimits limits;
  limits.connections = {.total = absl::GetFlag(FLAGS_max_connections),
                        .per_peer = absl::GetFlag(FLAGS_max_connections_per_peer)};
  limits.max_concurrent_streams = absl::GetFlag(FLAGS_max_concurrent_streams);
  limits.max_request_bytes = absl::GetFlag(FLAGS_max_request_bytes);
  limits.max_metadata_bytes = absl::GetFlag(FLAGS_max_metadata_bytes);
  limits.memory_quota_bytes = absl::GetFlag(FLAGS_memory_quota_bytes);
  limits.handshake_timeout = absl::GetFlag(FLAGS_handshake_timeout);
  limits.max_connection_idle = absl::GetFlag(FLAGS_max_connection_idle);
  limits.max_connection_age = absl::GetFlag(FLAGS_max_connection_age);
  limits.max_connection_age_grace = absl::GetFlag(FLAGS_max_connection_age_grace);
  limits.keepalive_time = absl::GetFlag(FLAGS_keepalive_time);
  limits.keepalive_timeout = absl::GetFlag(FLAGS_keepalive_timeout);
  limits.min_ping_interval = absl::GetFlag(FLAGS_min_ping_interval);
  return limits;
}

PortregdOptions ReadOptions() {
  PortregdOptions options;
  options.server.listen = absl::GetFlag(FLAGS_listen);
  options.server.reflection = absl::GetFlag(FLAGS_reflection);
  options.server.limits = ReadLimits();
  options.server.service.max_calls = absl::GetFlag(FLAGS_max_calls);
  options.server.service.max_unread_bytes = absl::GetFlag(FLAGS_max_unread_bytes);
  options.server.service.max_watch = absl::GetFlag(FLAGS_max_watch);
  options.data = {.iana_file = absl::GetFlag(FLAGS_iana_file),
                  .local_file = absl::GetFlag(FLAGS_local_file),
                  .allow_fewer_rows = absl::GetFlag(FLAGS_allow_fewer_rows),
                  .list_every_row = absl::GetFlag(FLAGS_check)};
  options.tls = {.cert = absl::GetFlag(FLAGS_tls_cert),
                 .key = absl::GetFlag(FLAGS_tls_key),
                 .client_ca = absl::GetFlag(FLAGS_tls_client_ca),
                 .allowed_clients = absl::GetFlag(FLAGS_tls_allowed_clients)};
  options.admin_listen = absl::GetFlag(FLAGS_admin_listen);
  options.metrics_listen = absl::GetFlag(FLAGS_metrics_listen);
  options.insecure = absl::GetFlag(FLAGS_insecure);
  options.reload_interval = absl::GetFlag(FLAGS_reload_interval);
  options.access_log = absl::GetFlag(FLAGS_access_log);
  return options;
}

}  // namespace

absl::StatusOr<Command> ReadCommand(int argc, char** argv) {
  Command command;
  const absl::Span<char* const> arguments(argv + 1, static_cast<size_t>(argc - 1));
  if (HasFlag(arguments, {"--help", "-help", "-h"})) {
    command.help = true;
    return command;
  }
  absl::SetProgramUsageMessage("the port-number registry as a gRPC service");
  absl::FlagsUsageConfig config;
  config.version_string = [] { return absl::StrCat("portregd ", Version(), "\n"); };
  absl::SetFlagsUsageConfig(config);

  if (absl::Status status = ReadEnvironment(); !status.ok()) return status;
  HyphensToUnderscores(arguments);
  const std::vector<char*> rest = absl::ParseCommandLine(argc, argv);
  if (rest.size() > 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("unexpected argument ", Quoted(rest[1]), ", see --help"));
  }
  if (absl::Status status = CheckRanges(); !status.ok()) return status;
  command.check = absl::GetFlag(FLAGS_check);
  command.log_format =
      absl::GetFlag(FLAGS_log_format) == "json" ? LogFormat::kJson : LogFormat::kText;
  command.drain_delay = absl::GetFlag(FLAGS_drain_delay);
  command.drain_grace = absl::GetFlag(FLAGS_drain_grace);
  command.portregd = ReadOptions();
  return command;
}

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

}  // namespace portreg
