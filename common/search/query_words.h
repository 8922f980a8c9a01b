// Splits texts and queries into words.
#ifndef PORTREG_COMMON_SEARCH_QUERY_WORDS_H_
#define PORTREG_COMMON_SEARCH_QUERY_WORDS_H_

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/string_view.h"

namespace portreg {

// Returns the words of `query`, which ASCII white space separates. NUL counts as white
// space, because no text of a registry contains a NUL.
std::vector<absl::string_view> QueryWords(absl::string_view query);

// Returns the first word of `*text` and removes it and the white space before it. Returns
// an empty text if there is no word left.
absl::string_view TakeWord(absl::string_view* text);

// Returns true if `byte` belongs to a word of prose: an ASCII letter or digit, or any
// byte that is not ASCII.
inline bool IsWordByte(char byte) {
  const auto value = static_cast<unsigned char>(byte);
  return value >= 0x80 || absl::ascii_isalnum(value);
}

}  // namespace portreg

#endif  // PORTREG_COMMON_SEARCH_QUERY_WORDS_H_
