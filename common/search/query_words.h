// The words of texts and queries.
#ifndef PORTREG_COMMON_SEARCH_QUERY_WORDS_H_
#define PORTREG_COMMON_SEARCH_QUERY_WORDS_H_

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/string_view.h"

namespace portreg {

// The words of `query`: what lies between ASCII white space. NUL counts as
// white space, because no text of a registry holds one.
std::vector<absl::string_view> QueryWords(absl::string_view query);

// Returns whether `byte` belongs to a word of prose: an ASCII letter or digit, or any
// byte that is not ASCII.
inline bool IsWordByte(char byte) {
  const auto value = static_cast<unsigned char>(byte);
  return value >= 0x80 || absl::ascii_isalnum(value);
}

}  // namespace portreg

#endif  // PORTREG_COMMON_SEARCH_QUERY_WORDS_H_
