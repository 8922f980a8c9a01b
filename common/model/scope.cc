#include "common/model/scope.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/text/quote.h"

namespace portreg {
namespace {

bool IsScopeLabel(absl::string_view label) {
  return !label.empty() && std::all_of(label.begin(), label.end(), [](char byte) {
    return absl::ascii_isgraph(static_cast<unsigned char>(byte));
  });
}

}  // namespace

absl::Status CheckScope(absl::string_view scope) {
  if (scope.empty()) return absl::OkStatus();
  if (scope.size() <= kMaxScopeBytes) {
    const std::vector<absl::string_view> labels = absl::StrSplit(scope, '/');
    if (std::all_of(labels.begin(), labels.end(), IsScopeLabel)) return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat("scope ", Quoted(scope),
                                                 " is not labels with \"/\" between them, such as "
                                                 "eu/prod, of at most ",
                                                 kMaxScopeBytes, " bytes without blanks"));
}

bool ScopesOverlap(absl::string_view one, absl::string_view other) {
  if (one.size() > other.size()) std::swap(one, other);
  if (!absl::StartsWith(other, one)) return false;
  return one.empty() || one.size() == other.size() || other[one.size()] == '/';
}

bool HoldsIn(const ServiceRecord& record, absl::string_view scope) {
  return record.layer != Layer::kLocal || ScopesOverlap(record.scope, scope);
}

}  // namespace portreg
