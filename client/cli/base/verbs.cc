#include "client/cli/base/verbs.h"

#include <iterator>
#include <vector>

#include "client/cli/base/nearest.h"

namespace portreg::cli {
namespace {

constexpr VerbInfo kVerbs[] = {
    {Verb::kLookup, "lookup", "KEY...", "what is on a port, what a service uses"},
    {Verb::kSearch, "search", "WORD...", "records whose names, texts or owners hold the words"},
    {Verb::kClassify, "classify", "PORT...", "is it a good choice?"},
    {Verb::kList, "list", "[RANGE]...", "the records of a range, or of all ports"},
    {Verb::kInfo, "info", "", "which registry answers"},
    {Verb::kExport, "export", "--format=FORMAT [RANGE]...", "the registry as a file for programs"},
    {Verb::kImport, "import", "FILE", "a table of yours, in the format that portregd reads"},
    {Verb::kWatch, "watch", "", "tell when the registry changes, until Ctrl-C"},
    {Verb::kAudit, "audit", "[FILE]...", "what listens here, or in output of ss, and may it?"},
    {Verb::kDiff, "diff", "OLD NEW", "what differs between two tables, or a server's"},
    {Verb::kCheck, "check", "CLAIM...", "what speaks against ports, or rows of --file"},
    {Verb::kSuggest, "suggest", "[RANGE]", "free ports; a suggestion is no reservation"},
    {Verb::kAnnotate, "annotate", "[FILE]...", "flow logs, with the service of each flow"},
    {Verb::kHelp, "help", "[COMMAND]", "this text, or what a command takes"},
};

}  // namespace

absl::Span<const VerbInfo> Verbs() { return kVerbs; }

std::optional<Verb> FindVerb(absl::string_view name) {
  for (const VerbInfo& each : kVerbs) {
    if (each.name == name) return each.verb;
  }
  return std::nullopt;
}

std::string NearestVerb(absl::string_view word) {
  std::vector<absl::string_view> names;
  names.reserve(std::size(kVerbs));
  for (const VerbInfo& each : kVerbs) names.push_back(each.name);
  return Nearest(word, names);
}

}  // namespace portreg::cli
