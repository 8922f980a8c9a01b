// Finds the known word that a misspelt word stands for.
#ifndef PORTREG_CLIENT_CLI_BASE_NEAREST_H_
#define PORTREG_CLIENT_CLI_BASE_NEAREST_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace portreg::cli {

// Returns the known word with the least EditDistance() from `word`, ignoring case; the
// first of several. The distance is at most 1, or 2 if `word` has more than four letters.
// Returns an empty text if there is none.
std::string Nearest(absl::string_view word, absl::Span<const absl::string_view> known);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_BASE_NEAREST_H_
