// Holds what the command line asks for.
#ifndef PORTREG_CLIENT_CLI_BASE_INVOCATION_H_
#define PORTREG_CLIENT_CLI_BASE_INVOCATION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "client/cli/base/verbs.h"
#include "client/cli/display/terminal.h"
#include "common/import/import_table.h"
#include "common/import/transport_words.h"
#include "common/model/advisory_kind.h"
#include "common/model/limits.h"
#include "common/model/record.h"
#include "portreg/call_options.h"
#include "portreg/client_options.h"

namespace portreg::cli {

enum class Format : uint8_t {
  kTable,
  kWide,
  kJson,
  kNdjson,
  kCsv,
  kTsv,
  kServices,
  kName,
  kMarkdown,
  kGithub,
  kSarif
};

enum class ExportFormat : uint8_t { kServices, kSysctlReserved, kIanaCsv, kCsv, kJson, kHtml };

// The operands of diff that are not files: the registry of the server and the embedded one.
inline constexpr absl::string_view kServerTable = "server";
inline constexpr absl::string_view kEmbeddedTable = "embedded";
// The options of check and suggest.
struct ClaimOptions {
  // The paths of the tables that check judges, and that the page of export shows.
  std::vector<std::string> files;
  std::string service;
  std::string owner;
  // The rules whose findings check leaves out.
  std::vector<std::string> allowed_rules;
  // True if warnings make a check fail.
  bool strict = false;
  // The transports that suggested ports are for. Empty: not given.
  Transports transports;
  bool adjacent = false;
  bool within_blocks = false;
  // Orders the suggestions. Empty: the lowest port comes first.
  std::string key;
  AdvisoryKinds accepted;
  // True if ports that listen on this machine are not suggested.
  bool this_host = false;
};

struct Invocation {
  Verb verb = Verb::kLookup;
  // True if the verb is kLookup because the first key is not the name of a command. The
  // key may be a misspelt command.
  bool verb_is_implied = false;
  // For kHelp: the command to explain. Absent: all commands.
  std::optional<Verb> help_topic;
  // The keys as they were written, or the words of a search.
  std::vector<std::string> keys;
  Format format = Format::kTable;
  ExportFormat export_format = ExportFormat::kServices;
  bool brief = false;
  bool no_headers = false;
  // True if records are shown with their RecordDetails.
  bool details = false;
  ColorMode color = ColorMode::kAuto;
  std::vector<Layer> layers;
  // The scope that records of layer local must hold in. Empty: any.
  std::string scope;
  bool portless = false;
  // True if a listing is drawn as a map.
  bool map = false;
  // True if an export may reserve more than half of the ephemeral range.
  bool reserve_over_half = false;
  int max_results = kDefaultSearchResults;
  // True if an audit reports local services that do not listen.
  bool expect = false;
  // The options of import.
  ImportOptions import;
  ClaimOptions claims;
  // The revisions after which a watch ends; absent: it never ends. The ports that are
  // suggested; absent: one.
  std::optional<int> count;
  // True if a watch also prints what each revision changes.
  bool diff = false;
  bool offline = false;
  ClientOptions client;
  // Options of every call.
  CallOptions call;
  // Pairs of an option that was set in `client`, as the client library names it, and the
  // flag or variable that set it: ("ClientOptions.target", "--target").
  std::vector<std::pair<std::string, std::string>> origins;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_BASE_INVOCATION_H_
