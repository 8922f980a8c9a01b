#include "common/search/query_words.h"

#include "absl/strings/str_split.h"

namespace portreg {

std::vector<absl::string_view> QueryWords(absl::string_view query) {
  constexpr absl::string_view kWhiteSpace(" \t\n\v\f\r\0", 7);
  return absl::StrSplit(query, absl::ByAnyChar(kWhiteSpace), absl::SkipEmpty());
}

}  // namespace portreg
