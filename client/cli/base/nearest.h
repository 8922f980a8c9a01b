// Finds which known word a misspelt one stands for.
#ifndef PORTREG_CLIENT_CLI_BASE_NEAREST_H_
#define PORTREG_CLIENT_CLI_BASE_NEAREST_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace portreg::cli {

// The known word that differs least from `word`, case ignored: by one slip, or
// by two where `word` has more than four letters (EditDistance()). The first of
// several. Empty if there is none.
std::string Nearest(absl::string_view word, absl::Span<const absl::string_view> known);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_BASE_NEAREST_H_
