#include "client/cli/sources/embedded_names.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "common/embedded/embedded.h"
#include "common/model/layer.h"
#include "common/model/record.h"

namespace portreg::cli {
namespace {

// Returns true if every shell takes the name as one word without quotes.
bool NeedsNoQuotes(absl::string_view name) {
  return std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return absl::ascii_isalnum(c) || absl::StrContains("-._+/", static_cast<char>(c));
  });
}

}  // namespace

std::vector<std::string> NamesBeginningWith(absl::string_view prefix) {
  if (prefix.empty()) return {};
  // The spelling of each name, by the name in lower case.
  std::map<std::string, std::string> found;
  const auto add = [&](absl::string_view name) {
    if (!absl::StartsWithIgnoreCase(name, prefix) || !NeedsNoQuotes(name)) return;
    found.emplace(absl::AsciiStrToLower(name), name);
    if (found.size() > kMaxCompletions) found.erase(std::prev(found.end()));
  };
  for (const LayerData& layer : {EmbeddedIanaLayer(), EmbeddedPracticeLayer()}) {
    for (const ServiceRecord& record : layer.records) {
      if (record.named()) add(record.service);
      for (const absl::string_view alias : Aliases(record)) add(alias);
    }
  }
  std::vector<std::string> names;
  names.reserve(found.size());
  for (auto& [folded, name] : found) names.push_back(std::move(name));
  return names;
}

}  // namespace portreg::cli
