// What the command line asks for.
#ifndef PORTREG_CLIENT_CLI_BASE_INVOCATION_H_
#define PORTREG_CLIENT_CLI_BASE_INVOCATION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/cli/base/verbs.h"
#include "client/cli/display/terminal.h"
#include "common/model/limits.h"
#include "common/model/record.h"
#include "portreg/call_options.h"
#include "portreg/client_options.h"

namespace portreg::cli {

enum class Format : uint8_t { kTable, kWide, kJson, kNdjson, kCsv, kTsv, kServices, kName };

enum class ExportFormat : uint8_t { kServices, kSysctlReserved, kIanaCsv, kJson };

struct Invocation {
  Verb verb = Verb::kLookup;
  // Whether the verb is kLookup because the first key is the name of no command:
  // it may be a slip of one.
  bool verb_is_implied = false;
  // Of kHelp: the command that help is wanted for; nothing: all of them.
  std::optional<Verb> help_topic;
  // Keys as they were written; the words of a search.
  std::vector<std::string> keys;
  Format format = Format::kTable;
  ExportFormat export_format = ExportFormat::kServices;
  bool brief = false;
  bool no_headers = false;
  // Whether records are wanted with their RecordDetails.
  bool details = false;
  ColorMode color = ColorMode::kAuto;
  std::vector<Layer> layers;
  bool portless = false;
  // Whether an export may reserve more than half of the ephemeral range.
  bool reserve_over_half = false;
  int max_results = kDefaultSearchResults;
  // After how many revisions a watch ends; nothing: never.
  std::optional<int> count;
  bool offline = false;
  ClientOptions client;
  // For every call.
  CallOptions call;
  // What stands for the fields of `client` that were set, by what the library calls
  // them: ("ClientOptions.target", "--target").
  std::vector<std::pair<std::string, std::string>> origins;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_BASE_INVOCATION_H_
