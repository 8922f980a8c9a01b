// Reads tables of range rules.
#ifndef PORTREG_COMMON_DATA_RANGE_TABLE_H_
#define PORTREG_COMMON_DATA_RANGE_TABLE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/model/range_rules.h"

namespace portreg {

// Parses a CSV file with the columns Ports, Transport Protocol, Kind, Severity, Message
// and Reference. Skips blank rows. A row without ports only names its kind, and its
// other cells must be empty. Returns INVALID_ARGUMENT for everything else that is not
// usable, with line, column and what is allowed.
//
//   Ports,Transport Protocol,Kind,Severity,Message,Reference
//   15000-64999,,linux-ephemeral,warning,"in our hosts' range, 15000-64999",wiki/hosts
//
// A kind is one of kRangeRuleKinds, or a name of the table's own in the same form:
// 1-32 lower-case letters and digits with single hyphens between them.
absl::StatusOr<RangeRules> ParseRangeTable(absl::string_view text);

// Parses the file at `path`. Returns the errors of ParseRangeTable and of ReadFileBytes.
// Messages begin with the path.
absl::StatusOr<RangeRules> ReadRangeFile(const std::string& path);

}  // namespace portreg

#endif  // PORTREG_COMMON_DATA_RANGE_TABLE_H_
