#include "client/cli/check/check_results.h"

#include <algorithm>
#include <tuple>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"

namespace portreg::cli {

bool CheckResults::Allows(const std::string& rule) const {
  return absl::c_linear_search(allowed_rules_, rule);
}

void CheckResults::Add(CheckFinding finding) {
  if (Allows(finding.rule)) return;
  if (findings_.size() < kMaxListedFindings) {
    findings_.push_back(std::move(finding));
    return;
  }
  unlisted_.Add(finding.severity);
  ++unlisted_count_;
}

void CheckResults::AddMissing(size_t count, FindingSeverity gravest) {
  unlisted_count_ += count;
  missing_.Add(gravest, count);
}

size_t CheckResults::MissingCount(FindingSeverity severity) const {
  size_t count = missing_.errors;
  if (severity <= FindingSeverity::kWarning) count += missing_.warnings;
  if (severity <= FindingSeverity::kInfo) count += missing_.infos;
  return count;
}

void CheckResults::SortByPlace(const std::vector<std::string>& files) {
  absl::flat_hash_map<std::string, size_t> places;
  for (size_t i = 0; i < files.size(); ++i) places.emplace(files[i], i);
  const auto key = [&places](const CheckFinding& finding) {
    return std::make_tuple(places.at(finding.file), finding.line,
                           -static_cast<int>(finding.severity));
  };
  absl::c_stable_sort(
      findings_, [&key](const CheckFinding& a, const CheckFinding& b) { return key(a) < key(b); });
  absl::flat_hash_set<std::string> seen;
  const auto is_repeated = [&](const CheckFinding& finding) {
    return !seen.insert(absl::StrCat(finding.file, "\n", finding.line, "\n", finding.rule, "\n",
                                     finding.subject, "\n", finding.message))
                .second;
  };
  findings_.erase(std::remove_if(findings_.begin(), findings_.end(), is_repeated), findings_.end());
}

FindingCounts CheckResults::Counts() const {
  FindingCounts counts = unlisted_;
  for (const CheckFinding& finding : findings_) counts.Add(finding.severity);
  return counts;
}

}  // namespace portreg::cli
