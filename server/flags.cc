#include "server/flags.h"

#include <array>
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
#include "absl/types/span.h"
#include "common/command_line.h"
#include "common/port.h"
#include "common/quote.h"
#include "common/version.h"

ABSL_FLAG(std::vector<std::string>, listen, {std::string(portreg::kDefaultAddress)},
          "where to listen: host:port, [ipv6]:port or unix:path, several with commas between "
          "them; port 0 lets the system choose");
ABSL_FLAG(bool, reflection, false, "offer gRPC server reflection");
ABSL_FLAG(std::string, iana_file, "",
          "IANA's service-names-port-numbers.csv, in place of the embedded snapshot");
ABSL_FLAG(std::string, local_file, "",
          "CSV file of your own assignments, with IANA's columns and perhaps Owner");
ABSL_FLAG(bool, allow_fewer_rows, false,
          "take an IANA file with over 5 % fewer rows than the embedded snapshot");
ABSL_FLAG(bool, check, false,
          "load the data, report counts, unusable rows and collisions, and exit: 0 if all is well, "
          "1 if not");

namespace portreg {
namespace {

constexpr absl::string_view kEnvironmentPrefix = "PORTREGD_";

struct FlagGroup {
  absl::string_view title;
  std::vector<absl::string_view> flags;
};

const std::vector<FlagGroup>& FlagGroups() {
  static const auto* const groups = new std::vector<FlagGroup>{
      {"Listening", {"listen", "reflection"}},
      {"Data", {"iana_file", "local_file", "allow_fewer_rows", "check"}},
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
  command.server.listen = absl::GetFlag(FLAGS_listen);
  command.server.reflection = absl::GetFlag(FLAGS_reflection);
  command.data.iana_file = absl::GetFlag(FLAGS_iana_file);
  command.data.local_file = absl::GetFlag(FLAGS_local_file);
  command.data.allow_fewer_rows = absl::GetFlag(FLAGS_allow_fewer_rows);
  command.check = absl::GetFlag(FLAGS_check);
  command.data.list_every_row = command.check;
  return command;
}

std::string HelpText() {
  std::string text = absl::StrCat(
      "portregd ", Version(),
      ", the port-number registry as a gRPC service\n\n"
      "Usage: portregd [--flag=value ...]\n\n"
      "Without flags it serves the embedded registry on ",
      kDefaultAddress,
      ".\nIt prints \"READY <address>\" for each listener and ends on SIGTERM or SIGINT.\n"
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
