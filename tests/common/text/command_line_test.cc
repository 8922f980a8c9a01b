#include "common/text/command_line.h"

#include <deque>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

ABSL_FLAG(std::string, local_file, "", "for these tests");
ABSL_FLAG(bool, all_the_same, false, "for these tests");

namespace portreg {
namespace {

using ::testing::ElementsAreArray;

std::vector<char*> Arguments(std::vector<std::string>& texts) {
  std::vector<char*> arguments;
  for (std::string& text : texts) arguments.push_back(text.data());
  return arguments;
}

struct Case {
  std::vector<std::string> arguments;
  bool found;
};

// Checks what `find` says of the arguments of each case.
template <typename Find>
void ExpectFound(const std::vector<Case>& cases, Find find) {
  for (const Case& c : cases) {
    std::vector<std::string> texts = c.arguments;
    EXPECT_EQ(find(Arguments(texts)), c.found) << ::testing::PrintToString(c.arguments);
  }
}

TEST(CommandLineTest, AFlagIsFoundBeforeTheDoubleHyphen) {
  ExpectFound({{{}, false},
               {{"--help"}, true},
               {{"-h"}, true},
               {{"443", "--help"}, true},
               {{"--helper"}, false},
               {{"--help=1"}, false},
               {{"help"}, false},
               {{"--", "--help"}, false},
               {{"--help", "--"}, true}},
              [](absl::Span<char* const> arguments) {
                return HasFlag(arguments, {"--help", "-h"});
              });
  EXPECT_FALSE(HasFlag({}, {}));
}

TEST(CommandLineTest, ASwitchMayHaveAValueThatMeansTrue) {
  ExpectFound({{{}, false},
               {{"--help"}, true},
               {{"-help"}, true},
               {{"443", "--help=1"}, true},
               {{"--help=yes"}, true},
               {{"--help=false"}, false},
               {{"--help="}, false},
               {{"--helper"}, false},
               {{"help"}, false},
               {{"--", "--help"}, false}},
              [](absl::Span<char* const> arguments) { return HasSwitch(arguments, "help"); });
}

TEST(CommandLineTest, ASwitchThatIsNeitherTrueNorFalseIsRefused) {
  for (const char* const argument : {"--all_the_same=maybe", "-all_the_same="}) {
    std::vector<std::string> texts = {argument};
    EXPECT_THAT(std::string(CheckSwitches(Arguments(texts)).message()),
                ::testing::EndsWith(" is not true or false"))
        << argument;
  }
  std::vector<std::string> texts = {"--all_the_same=no",   "--all_the_same", "--local_file=maybe",
                                    "--none=maybe",        "x=maybe",        "--",
                                    "--all_the_same=maybe"};
  EXPECT_TRUE(CheckSwitches(Arguments(texts)).ok());
}

TEST(CommandLineTest, FlagsMayBeWrittenWithHyphens) {
  std::vector<std::string> texts = {"a-name",
                                    "--local-file=my-file.csv",
                                    "--no-such-flag",
                                    "i-1.csv",
                                    "-o-o",
                                    "--all_the-same",
                                    "--",
                                    "--a-b"};
  HyphensToUnderscores(Arguments(texts));
  EXPECT_THAT(texts, ElementsAreArray({"a-name", "--local_file=my-file.csv", "--no-such-flag",
                                       "i-1.csv", "-o-o", "--all_the_same", "--", "--a-b"}));
}

TEST(CommandLineTest, ValuesOfARepeatedFlagAreJoinedAtItsFirstPlace) {
  const struct {
    std::vector<std::string> arguments;
    std::vector<std::string> merged;
  } cases[] = {
      {{}, {}},
      {{"--a=1"}, {"--a=1"}},
      {{"--a", "1", "--c", "-a=2", "--b=x", "--a", "3,4"}, {"--a=1,2,3,4", "--c", "--b=x"}},
      {{"--a=", "--a=1"}, {"--a=,1"}},
      {{"--a=1=2", "--a=3"}, {"--a=1=2,3"}},
      {{"--b=1", "--a=2", "--b=3"}, {"--b=1,3", "--a=2"}},
      {{"--a=1", "--", "--a=2"}, {"--a=1", "--", "--a=2"}},
      {{"--ab=1", "--ab=2", "a=3", "a", "-"}, {"--ab=1", "--ab=2", "a=3", "a", "-"}},
      {{"--a=1", "--a"}, {"--a=1", "--a"}},
  };
  for (const auto& c : cases) {
    std::vector<std::string> texts = c.arguments;
    std::deque<std::string> kept;
    const std::vector<char*> merged = MergeRepeated(Arguments(texts), {"a", "b"}, kept);
    EXPECT_THAT(std::vector<std::string>(merged.begin(), merged.end()), ElementsAreArray(c.merged));
  }
}

}  // namespace
}  // namespace portreg
