#include "common/text/text_position.h"

#include <cstddef>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace portreg {

absl::Status ErrorAt(TextPosition position, absl::string_view message) {
  return absl::InvalidArgumentError(
      absl::StrCat("line ", position.line, ", column ", position.column, ": ", message));
}

MessageAt SplitError(const absl::Status& error) {
  const absl::string_view text = error.message();
  constexpr absl::string_view kEnd = ": ";
  const size_t end = text.find(kEnd);
  absl::string_view front = text.substr(0, end);
  MessageAt split;
  const bool has_position =
      end != absl::string_view::npos && absl::ConsumePrefix(&front, "line ") &&
      absl::SimpleAtoi(front.substr(0, front.find(',')), &split.position.line) &&
      absl::SimpleAtoi(front.substr(front.rfind(' ') + 1), &split.position.column);
  if (!has_position) return {{.line = 1, .column = 0}, std::string(text)};
  split.message = std::string(text.substr(end + kEnd.size()));
  return split;
}

}  // namespace portreg
