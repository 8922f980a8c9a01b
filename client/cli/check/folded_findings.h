// Shortens the findings about one row.
#ifndef PORTREG_CLIENT_CLI_CHECK_FOLDED_FINDINGS_H_
#define PORTREG_CLIENT_CLI_CHECK_FOLDED_FINDINGS_H_

#include <cstddef>
#include <vector>

#include "client/cli/check/check_finding.h"

namespace portreg::cli {

// The most warnings or infos of one rule that stay single.
inline constexpr size_t kMaxSingleFindings = 3;

// Returns the findings about one row without those that say nothing new:
// - that IANA has not assigned ports, beside any warning or error;
// - that Windows gives ports to connections, beside the error that they are dynamic.
// If there are more than kMaxSingleFindings of one rule that are no errors, which a row of
// many ports has, one finding takes their place: it has the subject and the message of the
// first, and the number of the others. Keeps the order.
std::vector<CheckFinding> Folded(std::vector<CheckFinding> findings);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_CHECK_FOLDED_FINDINGS_H_
