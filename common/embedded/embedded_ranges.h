// Provides the range rules that are embedded in the programs.
#ifndef PORTREG_COMMON_EMBEDDED_EMBEDDED_RANGES_H_
#define PORTREG_COMMON_EMBEDDED_EMBEDDED_RANGES_H_

#include "absl/strings/string_view.h"
#include "common/model/range_rules.h"

namespace portreg {

// Returns the contents of ranges.csv at the time of the build.
absl::string_view EmbeddedRangesCsv();

// Returns the rules of ranges.csv. Never fails, because the tests of each build parse the data.
const RangeRules& EmbeddedRangeRules();

}  // namespace portreg

#endif  // PORTREG_COMMON_EMBEDDED_EMBEDDED_RANGES_H_
