#include "client/cli/check/folded_findings.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/model/advisory_kind.h"

namespace portreg::cli {
namespace {

bool IsOf(const CheckFinding& finding, AdvisoryKind kind) {
  return finding.rule == portreg::ToString(kind);
}

void DropWhatIsImplied(std::vector<CheckFinding>& findings) {
  const bool is_grave = absl::c_any_of(findings, [](const CheckFinding& finding) {
    return finding.severity != FindingSeverity::kInfo;
  });
  const bool is_dynamic = absl::c_any_of(
      findings, [](const CheckFinding& finding) { return IsOf(finding, AdvisoryKind::kDynamic); });
  const auto is_implied = [&](const CheckFinding& finding) {
    return (is_grave && IsOf(finding, AdvisoryKind::kIanaUnassigned)) ||
           (is_dynamic && IsOf(finding, AdvisoryKind::kWindowsDynamic));
  };
  findings.erase(std::remove_if(findings.begin(), findings.end(), is_implied), findings.end());
}

}  // namespace

std::vector<CheckFinding> Folded(std::vector<CheckFinding> findings) {
  DropWhatIsImplied(findings);
  const auto key = [](const CheckFinding& finding) {
    return std::pair(finding.rule, finding.severity);
  };
  absl::flat_hash_map<std::pair<std::string, FindingSeverity>, size_t> counts;
  for (const CheckFinding& finding : findings) ++counts[key(finding)];
  std::vector<CheckFinding> folded;
  for (CheckFinding& finding : findings) {
    size_t& count = counts[key(finding)];
    // 0: the first finding of the rule has replaced this one.
    if (count == 0) continue;
    if (count > kMaxSingleFindings && finding.severity != FindingSeverity::kError) {
      absl::StrAppend(&finding.message, "; and ", count - 1, " more such findings of the row");
      count = 0;
    }
    folded.push_back(std::move(finding));
  }
  return folded;
}

}  // namespace portreg::cli
