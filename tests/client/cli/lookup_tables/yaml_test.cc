#include "client/cli/lookup_tables/yaml.h"

#include <string>

#include "gtest/gtest.h"

namespace portreg::cli {
namespace {

TEST(YamlTest, NamesOfServicesNeedNoQuotes) {
  for (const std::string text : {"https", "h323gatestat", "well-known", "a_b.c/d+e", "notes"}) {
    EXPECT_EQ(YamlText(text), text);
  }
}

TEST(YamlTest, TextsThatMeanSomethingElseAreQuoted) {
  for (const std::string text :
       {"",     "443", "9p",        "1e3", "0x1f", "~",          "-",         "null", "Null", "yes",
        "NO",   "On",  "off",       "y",   "N",    "true",       "FALSE",     ".inf", "=",    "<<",
        "a: b", "a#b", "two words", "a,b", "[a",   "{a",         "*a",        "&a",   "!a",   "|",
        ">",    "%a",  "@a",        "`a",  "'a'",  "2001-01-01", "190:20:30", "---"}) {
    EXPECT_EQ(YamlText(text), "\"" + text + "\"");
  }
}

TEST(YamlTest, QuotesAndControlCharactersAreEscaped) {
  EXPECT_EQ(YamlText("say \"x\" \\ y"), R"("say \"x\" \\ y")");
  EXPECT_EQ(YamlText("a\tb\nc\x7f"), R"("a\u0009b\u000ac\u007f")");
  EXPECT_EQ(YamlText("\u0085 \u2028 \ufeff \uffff \u202e"),
            R"("\u0085 \u2028 \ufeff \uffff \u202e")");
  EXPECT_EQ(YamlText("\u6771\u4eac \U0001f600"), "\"\u6771\u4eac \U0001f600\"");
  EXPECT_EQ(YamlQuoted("443/tcp"), "\"443/tcp\"");
}

}  // namespace
}  // namespace portreg::cli
