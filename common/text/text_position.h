// Places in texts, for errors that name them.
#ifndef PORTREG_COMMON_TEXT_TEXT_POSITION_H_
#define PORTREG_COMMON_TEXT_TEXT_POSITION_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace portreg {

// A place in a text. Both count from 1; columns count bytes.
struct TextPosition {
  uint32_t line = 1;
  uint32_t column = 1;
};

// "line 3, column 7: message", as INVALID_ARGUMENT.
absl::Status ErrorAt(TextPosition position, absl::string_view message);

}  // namespace portreg

#endif  // PORTREG_COMMON_TEXT_TEXT_POSITION_H_
