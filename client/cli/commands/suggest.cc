#include "client/cli/commands/suggest.h"

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/display/terminal.h"
#include "common/model/limits.h"
#include "common/model/port.h"
#include "common/model/service_name.h"
#include "common/search/search.h"
#include "common/text/quote.h"

namespace portreg::cli {
namespace {

constexpr size_t kMaxSuggestions = 3;

}  // namespace

std::string DidYouMean(absl::Span<const std::string> names) {
  if (names.empty()) return {};
  std::vector<std::string> shown;
  for (const std::string& name : names.subspan(0, kMaxSuggestions + 1)) {
    shown.push_back(Truncated(Printable(name), kMaxServiceNameBytes));
  }
  return absl::StrCat("; did you mean ", absl::StrJoin(shown, ", "), "?");
}

std::string TransportHint(const Query& missing) {
  if (missing.ports || !ParseTransport(missing.service)) return {};
  return absl::StrCat(
      "; a transport follows the slash behind a port or a name, and each key has "
      "its own, such as 443/tcp,443/",
      FoldServiceName(missing.service));
}

std::vector<std::string> Suggester::Suggest(const Query& missing) {
  const size_t words = QueryWords(missing.service).size();
  if (missing.ports || words == 0 || words > kMaxQueryWords || questions_left_ == 0) return {};
  --questions_left_;
  v1::SearchRequest request;
  request.set_query(missing.service);
  request.set_transport(static_cast<v1::Transport>(missing.transport));
  for (const Layer layer : layers_) request.add_layers(static_cast<v1::Layer>(layer));
  request.set_scope(scope_);
  const absl::StatusOr<v1::SearchResponse> found = source_.Search(request);
  if (!found.ok()) {
    questions_left_ = 0;
    return {};
  }
  std::vector<std::string> names;
  absl::flat_hash_set<std::string> seen = {FoldServiceName(missing.service)};
  const auto add = [&](const std::string& name) {
    if (names.size() < kMaxSuggestions && seen.insert(FoldServiceName(name)).second) {
      names.push_back(name);
    }
  };
  for (const std::string& name : found->similar_services()) add(name);
  for (const v1::SearchMatch& match : found->matches()) {
    if (match.kind() == v1::MATCH_KIND_NAME_PREFIX) add(match.record().service());
  }
  return names;
}

}  // namespace portreg::cli
