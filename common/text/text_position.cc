#include "common/text/text_position.h"

#include "absl/strings/str_cat.h"

namespace portreg {

absl::Status ErrorAt(TextPosition position, absl::string_view message) {
  return absl::InvalidArgumentError(
      absl::StrCat("line ", position.line, ", column ", position.column, ": ", message));
}

}  // namespace portreg
