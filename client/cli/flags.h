// The tool's flags, and the environment variables that stand for them.
#ifndef PORTREG_CLIENT_CLI_FLAGS_H_
#define PORTREG_CLIENT_CLI_FLAGS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/record.h"
#include "portreg/client_options.h"

namespace portreg::cli {

enum class Verb { kLookup, kClassify, kList, kInfo, kHelp, kVersion };

enum class Format { kTable, kJson, kNdjson, kCsv };

// What the command line asks for.
struct Invocation {
  Verb verb = Verb::kLookup;
  // Keys as they were written.
  std::vector<std::string> keys;
  Format format = Format::kTable;
  bool brief = false;
  bool no_headers = false;
  std::vector<Layer> layers;
  bool portless = false;
  bool offline = false;
  ClientOptions client;
};

// Reads the command line. INVALID_ARGUMENT, naming it, for an unusable
// argument; an unknown flag ends the process with exit code 1, as Abseil does.
absl::StatusOr<Invocation> ReadInvocation(int argc, char** argv);

// What --help and --version print.
std::string HelpText();
std::string VersionText();

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FLAGS_H_
