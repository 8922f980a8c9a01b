// Makes questions for tests of the search.
#ifndef PORTREG_TESTS_COMMON_SEARCH_QUESTIONS_H_
#define PORTREG_TESTS_COMMON_SEARCH_QUESTIONS_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/search/search.h"

namespace portreg {

inline SearchQuestion QuestionOf(absl::string_view query,
                                 size_t max_results = kDefaultSearchResults) {
  SearchQuestion question;
  question.query = std::string(query);
  question.max_results = max_results;
  return question;
}

inline SearchQuestion QuestionOf(absl::string_view query, Transport transport,
                                 std::vector<Layer> layers) {
  SearchQuestion question = QuestionOf(query);
  question.transport = transport;
  question.layers = std::move(layers);
  return question;
}

}  // namespace portreg

#endif  // PORTREG_TESTS_COMMON_SEARCH_QUESTIONS_H_
