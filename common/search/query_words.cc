#include "common/search/query_words.h"

#include <algorithm>

namespace portreg {
namespace {

bool IsWhiteSpace(char byte) {
  return byte == '\0' || absl::ascii_isspace(static_cast<unsigned char>(byte));
}

}  // namespace

absl::string_view TakeWord(absl::string_view* text) {
  const auto begin = std::find_if_not(text->begin(), text->end(), IsWhiteSpace);
  const auto end = std::find_if(begin, text->end(), IsWhiteSpace);
  const absl::string_view word(begin, static_cast<size_t>(end - begin));
  text->remove_prefix(static_cast<size_t>(end - text->begin()));
  return word;
}

std::vector<absl::string_view> QueryWords(absl::string_view query) {
  std::vector<absl::string_view> words;
  for (absl::string_view word = TakeWord(&query); !word.empty(); word = TakeWord(&query)) {
    words.push_back(word);
  }
  return words;
}

}  // namespace portreg
