// Defines a finding of a check, and the rules that findings name.
#ifndef PORTREG_CLIENT_CLI_CHECK_CHECK_FINDING_H_
#define PORTREG_CLIENT_CLI_CHECK_CHECK_FINDING_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "common/model/advisory_kind.h"

namespace portreg::cli {

// Something that speaks against a row of a table, or against a claim of the command line.
struct CheckFinding {
  FindingSeverity severity = FindingSeverity::kError;
  // One of AcceptableRules(), kUnusableRowRule, or "kind-N" for a kind that only the server knows.
  std::string rule;
  // One sentence; printable.
  std::string message;
  // The path as it was given. Empty: a claim of the command line.
  std::string file;
  // The place in the file, from 1; columns are counted in bytes. 0: not known.
  uint32_t line = 0;
  uint32_t column = 0;
  // The subject of the finding, such as "7100/tcp", or a claim as the command line has it.
  // Empty: the row as a whole.
  std::string subject;
  // The service, the owner and the scope of the row or the claim, with any control characters.
  std::string service;
  std::string owner;
  std::string scope;
};

// The rule of a row because of which portregd refuses a table.
inline constexpr absl::string_view kUnusableRowRule = "unusable-row";

// Returns the rule of a kind of advice, given as its number in the protocol.
std::string RuleOfKind(int kind);

// Returns one line that says what findings of a rule report.
absl::string_view SummaryOf(absl::string_view rule);

// The numbers of findings by severity.
struct FindingCounts {
  size_t errors = 0;
  size_t warnings = 0;
  size_t infos = 0;

  void Add(FindingSeverity severity, size_t count = 1);
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_CHECK_CHECK_FINDING_H_
