// Shortens the findings about one row.
#ifndef PORTREG_CLIENT_CLI_CHECK_FOLDED_FINDINGS_H_
#define PORTREG_CLIENT_CLI_CHECK_FOLDED_FINDINGS_H_

#include <cstddef>
#include <vector>

#include "client/cli/check/check_finding.h"

namespace portreg::cli {

// The most warnings or infos of one rule that are not replaced by one.
inline constexpr size_t kMaxSingleFindings = 3;

// Returns the findings about one row without those that add nothing:
// - that IANA has not assigned ports, if there is a warning or an error;
// - that Windows gives ports to connections, if there is the error that they are dynamic.
// A row of many ports may have more than kMaxSingleFindings warnings or infos of one rule. One
// finding then replaces them. It has the subject and the message of the first one, and the number
// of the others. Keeps the order.
std::vector<CheckFinding> Folded(std::vector<CheckFinding> findings);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_CHECK_FOLDED_FINDINGS_H_
