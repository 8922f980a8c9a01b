// Names a position in a text, for error messages.
#ifndef PORTREG_COMMON_TEXT_TEXT_POSITION_H_
#define PORTREG_COMMON_TEXT_TEXT_POSITION_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace portreg {

// A position in a text. Lines and columns count from 1; columns count bytes.
struct TextPosition {
  uint32_t line = 1;
  uint32_t column = 1;
};

// Returns INVALID_ARGUMENT with a text such as "line 3, column 7: message".
absl::Status ErrorAt(TextPosition position, absl::string_view message);

// A message, and the position that it is about.
struct MessageAt {
  TextPosition position;
  std::string message;
};

// Splits the message of an error of ErrorAt(). Any other message gets line 1 and column 0.
MessageAt SplitError(const absl::Status& error);

}  // namespace portreg

#endif  // PORTREG_COMMON_TEXT_TEXT_POSITION_H_
