// What the command line asks for.
#ifndef PORTREG_CLIENT_CLI_INVOCATION_H_
#define PORTREG_CLIENT_CLI_INVOCATION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/cli/terminal.h"
#include "common/limits.h"
#include "common/record.h"
#include "portreg/call_options.h"
#include "portreg/client_options.h"

namespace portreg::cli {

enum class Verb : uint8_t {
  kLookup,
  kClassify,
  kList,
  kSearch,
  kInfo,
  kExport,
  kWatch,
  kHelp,
  kVersion
};

enum class Format : uint8_t { kTable, kWide, kJson, kNdjson, kCsv, kTsv, kServices, kName };

enum class ExportFormat : uint8_t { kServices, kSysctlReserved, kIanaCsv, kJson };

struct Invocation {
  Verb verb = Verb::kLookup;
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
  int max_results = kDefaultSearchResults;
  // After how many revisions a watch ends; nothing: never.
  std::optional<int> count;
  bool offline = false;
  ClientOptions client;
  // For every call.
  CallOptions call;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_INVOCATION_H_
