// How far two names are apart.
#ifndef PORTREG_COMMON_SEARCH_EDIT_DISTANCE_H_
#define PORTREG_COMMON_SEARCH_EDIT_DISTANCE_H_

#include <cstddef>

#include "absl/strings/string_view.h"

namespace portreg {

// The fewest insertions, deletions and substitutions of a byte and
// transpositions of two neighbours that make `b` of `a`, no byte being touched
// twice (optimal string alignment; Damerau, "A technique for computer detection
// and correction of spelling errors", 1964). Any distance above `limit` is
// given as `limit` + 1.
size_t EditDistance(absl::string_view a, absl::string_view b, size_t limit);

}  // namespace portreg

#endif  // PORTREG_COMMON_SEARCH_EDIT_DISTANCE_H_
