// Encodes columns of the page's data compactly.
#ifndef PORTREG_COMMON_PAGE_PAGE_JSON_H_
#define PORTREG_COMMON_PAGE_PAGE_JSON_H_

#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "nlohmann/json.hpp"

namespace portreg {

// Builds a column of texts. A string is the text of the next row. A number n stands for n
// rows without a text; -1 stands for the text of the row before, and -2 for the text of the
// same row in another column.
class Texts {
 public:
  // Appends a row. Control characters are escaped, as Printable() does. `other` is the
  // text of the same row in the other column.
  void Add(absl::string_view text, absl::string_view other = {});

  [[nodiscard]] nlohmann::ordered_json Take() &&;

 private:
  void EndEmpty();

  nlohmann::ordered_json rows_ = nlohmann::ordered_json::array();
  std::string last_;
  int64_t empty_ = 0;
};

// Builds a column of numbers as runs: [count, value, count, value, ...].
class Runs {
 public:
  void Add(int64_t value);

  [[nodiscard]] nlohmann::ordered_json Take() &&;

 private:
  nlohmann::ordered_json runs_ = nlohmann::ordered_json::array();
  int64_t value_ = 0;
  int64_t count_ = 0;
};

// Returns JSON that can be the text of a <script> element: no text in it ends the element,
// begins a comment, or ends a line. Takes ownership of the JSON, to free it as soon as it is
// written.
std::string ToScriptText(nlohmann::ordered_json json);

}  // namespace portreg

#endif  // PORTREG_COMMON_PAGE_PAGE_JSON_H_
