// Computes the edit distance of two names.
#ifndef PORTREG_COMMON_TEXT_EDIT_DISTANCE_H_
#define PORTREG_COMMON_TEXT_EDIT_DISTANCE_H_

#include <cstddef>

#include "absl/strings/string_view.h"

namespace portreg {

// Returns the fewest insertions, deletions and substitutions of a byte and
// transpositions of two neighbours that turn `a` into `b`. No byte is edited twice
// (optimal string alignment; Damerau, "A technique for computer detection and
// correction of spelling errors", 1964). Returns `limit` + 1 for any distance above
// `limit`.
size_t EditDistance(absl::string_view a, absl::string_view b, size_t limit);

}  // namespace portreg

#endif  // PORTREG_COMMON_TEXT_EDIT_DISTANCE_H_
