#include "common/page/page_json.h"

#include <string>
#include <utility>

#include "gtest/gtest.h"

namespace portreg {
namespace {

TEST(PageJsonTest, TextsCountEmptyRowsAndRepetitions) {
  Texts texts;
  for (const char* text : {"", "", "a", "a", "", "a", "b"}) texts.Add(text);
  texts.Add("same", "same");
  texts.Add("b", "other");
  texts.Add("");
  EXPECT_EQ(std::move(texts).Take().dump(), R"([2,"a",-1,1,"a","b",-2,"b",1])");
}

TEST(PageJsonTest, TextsEscapeControlsAndDirections) {
  Texts texts;
  texts.Add("a\x1b[31m\xe2\x80\xae");
  texts.Add("bad \xff");
  const std::string json = std::move(texts).Take().dump();
  EXPECT_EQ(json.find('\x1b'), std::string::npos);
  EXPECT_EQ(json.find("\xe2\x80\xae"), std::string::npos);
  EXPECT_NE(json.find("\\\\x1b"), std::string::npos) << json;
}

TEST(PageJsonTest, RunsOfEqualNumbers) {
  Runs runs;
  for (const int value : {5, 5, 5, 0, 0, 5}) runs.Add(value);
  EXPECT_EQ(std::move(runs).Take().dump(), "[3,5,2,0,1,5]");
  EXPECT_EQ(Runs().Take().dump(), "[]");
}

TEST(PageJsonTest, ScriptTextEndsNoElementAndNoLine) {
  const nlohmann::ordered_json json = {{"</script><!--", "<img>\xe2\x80\xa8\xe2\x80\xa9"}};
  const std::string text = ToScriptText(json);
  EXPECT_EQ(text.find('<'), std::string::npos);
  EXPECT_EQ(text.find("\xe2\x80\xa8"), std::string::npos);
  EXPECT_EQ(text.find("\xe2\x80\xa9"), std::string::npos);
  EXPECT_EQ(nlohmann::ordered_json::parse(text), json);
}

}  // namespace
}  // namespace portreg
