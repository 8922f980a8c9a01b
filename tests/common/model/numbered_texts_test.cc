#include "common/model/numbered_texts.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace portreg {
namespace {

TEST(NumberedTextsTest, ATextHasOneNumber) {
  NumberedTexts texts;
  EXPECT_EQ(texts.Add("https"), 0);
  EXPECT_EQ(texts.Add("http"), 1);
  EXPECT_EQ(texts.Add("https"), 0);
  EXPECT_EQ(texts.Add(""), 2);
  EXPECT_EQ(texts.size(), 3);
  EXPECT_EQ(texts[0], "https");
  EXPECT_EQ(texts[1], "http");
  EXPECT_EQ(texts[2], "");
}

TEST(NumberedTextsTest, OtherTextsAreNotFound) {
  NumberedTexts texts;
  EXPECT_EQ(texts.Find("https"), std::nullopt);
  texts.Add("https");
  EXPECT_EQ(texts.Find("https"), 0);
  for (const char* other : {"", "http", "httpss", "HTTPS"}) {
    EXPECT_EQ(texts.Find(other), std::nullopt) << other;
  }
}

TEST(NumberedTextsTest, StaysTheSameWhenItIsMoved) {
  NumberedTexts texts;
  for (int i = 0; i < 10'000; ++i) texts.Add(absl::StrCat("service-", i));
  const NumberedTexts moved = std::move(texts);
  EXPECT_EQ(moved.size(), 10'000);
  EXPECT_EQ(moved.Find("service-9999"), 9'999);
  EXPECT_EQ(moved[5], "service-5");
  EXPECT_GT(moved.MemoryBytes(), 10'000 * std::string("service-9999").size());
}

TEST(NumberedTextsTest, BytesAreTheTextsBetweenNuls) {
  NumberedTexts texts;
  texts.Add("web");
  texts.Add("a");
  EXPECT_EQ(std::move(texts).TakeBytes(), std::string("\0web\0a\0", 7));
}

}  // namespace
}  // namespace portreg
