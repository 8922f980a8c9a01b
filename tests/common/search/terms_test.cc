#include "common/search/terms.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace portreg {
namespace {

TEST(TermsTest, ATermHasOneNumber) {
  Terms::Builder builder;
  EXPECT_EQ(builder.Add("web"), 0);
  EXPECT_EQ(builder.Add("server"), 1);
  EXPECT_EQ(builder.Add("web"), 0);
  EXPECT_EQ(builder.Add("we"), 2);
  const Terms terms = std::move(builder).Build();
  EXPECT_EQ(terms.count(), 3);
  EXPECT_EQ(terms.text(), std::string("\0web\0server\0we\0", 15));
}

TEST(TermsTest, ATermIsFoundByAnyOfItsBytes) {
  Terms::Builder builder;
  std::vector<std::string> added;
  for (int i = 0; i < 300; ++i) {
    // Some terms have one byte, others the length of several blocks.
    added.push_back(absl::StrCat(i, std::string(i % 7 == 0 ? i : 0, 'x')));
    builder.Add(added.back());
  }
  const Terms terms = std::move(builder).Build();
  size_t position = 1;
  for (Terms::Number term = 0; term < added.size(); ++term) {
    for (size_t i = 0; i < added[term].size(); ++i) {
      EXPECT_EQ(terms.At(position + i), term) << position << " " << i;
    }
    position += added[term].size() + 1;
  }
  EXPECT_EQ(position, terms.text().size());
}

}  // namespace
}  // namespace portreg
