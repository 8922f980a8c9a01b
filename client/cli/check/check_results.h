// Collects the findings of a check.
#ifndef PORTREG_CLIENT_CLI_CHECK_CHECK_RESULTS_H_
#define PORTREG_CLIENT_CLI_CHECK_CHECK_RESULTS_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "client/cli/check/check_finding.h"

namespace portreg::cli {

// The most findings that are listed. Further ones are only counted, so that a hostile table
// cannot fill the memory.
inline constexpr size_t kMaxListedFindings = 100'000;

// The findings of a check, without those that the user accepts. Not thread-safe.
class CheckResults {
 public:
  explicit CheckResults(std::vector<std::string> allowed_rules)
      : allowed_rules_(std::move(allowed_rules)) {}

  // Returns true if the user accepts findings of the rule.
  [[nodiscard]] bool Allows(const std::string& rule) const;

  void Add(CheckFinding finding);
  // Notes findings that are counted but not known, none of which is graver than `gravest`.
  void AddMissing(size_t count, FindingSeverity gravest);

  // Sorts the findings in the order of `files` and of lines, the gravest of a line first. Drops
  // repeated findings, which rows of several ranges or transports have.
  void SortByPlace(const std::vector<std::string>& files);

  [[nodiscard]] absl::Span<const CheckFinding> findings() const { return findings_; }
  // Returns the numbers of all findings, including those that are not listed.
  [[nodiscard]] FindingCounts Counts() const;
  [[nodiscard]] size_t unlisted_count() const { return unlisted_count_; }
  // Returns the number of findings that are not known and may be of the severity.
  [[nodiscard]] size_t MissingCount(FindingSeverity severity) const;

  // The number of rows or claims that were checked.
  size_t subject_count = 0;
  // True if there are more collisions or repetitions than are listed.
  bool more_pairs = false;
  // The revision of the answers. Empty if they have several.
  std::string revision;

 private:
  std::vector<std::string> allowed_rules_;
  std::vector<CheckFinding> findings_;
  FindingCounts unlisted_;
  size_t unlisted_count_ = 0;
  // The numbers of findings that are not known, by the gravest severity they may have.
  FindingCounts missing_;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_CHECK_CHECK_RESULTS_H_
