#include "client/cli/flags/command_line.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace portreg::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

CommandLine Parsed(std::vector<std::string> arguments) {
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  return CommandLine(pointers);
}

TEST(CommandLineTest, ValuesStandBehindAnEqualsSignOrNext) {
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"a", "--output=json", "b"},
                                             {"a", "--output", "json", "b"},
                                             {"-output", "json", "a", "b"},
                                             {"-o", "json", "a", "b"},
                                             {"a", "b", "-o=json"},
                                             {"a", "-ojson", "b"},
                                             {"a", "b", "--o=json"}}) {
    const CommandLine line = Parsed(arguments);
    EXPECT_TRUE(line.status().ok()) << line.status();
    EXPECT_THAT(line.Values(Flag::kOutput), ElementsAre("json")) << arguments.front();
    EXPECT_THAT(line.words(), ElementsAre("a", "b"));
  }
}

TEST(CommandLineTest, ValuesMayBeAnything) {
  const CommandLine line = Parsed({"--target", "--offline", "--header=a:b=c",
                                   "--cacert=", "--server-name", "", "--timeout", "--"});
  EXPECT_TRUE(line.status().ok()) << line.status();
  EXPECT_THAT(line.Values(Flag::kTarget), ElementsAre("--offline"));
  EXPECT_THAT(line.Values(Flag::kHeader), ElementsAre("a:b=c"));
  EXPECT_THAT(line.Values(Flag::kCacert), ElementsAre(""));
  EXPECT_THAT(line.Values(Flag::kServerName), ElementsAre(""));
  EXPECT_THAT(line.Values(Flag::kTimeout), ElementsAre("--"));
  EXPECT_EQ(line.Switch(Flag::kOffline), std::nullopt);
}

TEST(CommandLineTest, SwitchesAreTurnedOnAndOff) {
  for (const std::string on : {"--no-headers", "--no_headers", "-no-headers", "--no-headers=true",
                               "--no-headers=1", "--no_headers=YES"}) {
    EXPECT_EQ(Parsed({on}).Switch(Flag::kNoHeaders), true) << on;
  }
  for (const std::string off :
       {"--no-headers=false", "--no-headers=0", "--no-no-headers", "--nono_headers"}) {
    EXPECT_EQ(Parsed({off}).Switch(Flag::kNoHeaders), false) << off;
  }
  EXPECT_EQ(Parsed({"--no-offline"}).Switch(Flag::kOffline), false);
  EXPECT_EQ(Parsed({"--nooffline"}).Switch(Flag::kOffline), false);
  EXPECT_EQ(Parsed({"--offline", "--no-offline"}).Switch(Flag::kOffline), false);
  EXPECT_EQ(Parsed({"--no-offline", "--offline"}).Switch(Flag::kOffline), true);
  EXPECT_EQ(Parsed({"offline"}).Switch(Flag::kOffline), std::nullopt);
}

TEST(CommandLineTest, EachValueIsKept) {
  EXPECT_THAT(Parsed({"--header=a:1", "--header", "b:2"}).Values(Flag::kHeader),
              ElementsAre("a:1", "b:2"));
}

TEST(CommandLineTest, TwoHyphensEndTheFlags) {
  const CommandLine line = Parsed({"--", "--offline", "-h", "--", "-1"});
  EXPECT_TRUE(line.status().ok()) << line.status();
  EXPECT_THAT(line.words(), ElementsAre("--offline", "-h", "--", "-1"));
  EXPECT_FALSE(line.may_have_verb());
  EXPECT_TRUE(Parsed({"list", "--", "80"}).may_have_verb());
  EXPECT_THAT(Parsed({"-", "a"}).words(), ElementsAre("-", "a"));
}

TEST(CommandLineTest, UnusableArgumentsAreNamedAndTheRestIsRead) {
  struct Row {
    std::string argument;
    std::string complaint;
  };
  for (const Row& row :
       std::vector<Row>{{"--colour", "flag \"--colour\" is unknown; did you mean --color?"},
                        {"--colour=always", "flag \"--colour\" is unknown; did you mean --color?"},
                        {"--ofline", "did you mean --offline?"},
                        {"--max-result", "did you mean --max-results?"},
                        {"--max_result", "did you mean --max-results?"},
                        {"--no-such-flag", "flag \"--no-such-flag\" is unknown; see --help"},
                        {"--no-target", "is unknown"},
                        {"--no-offline=1", "is unknown"},
                        {"--no-help", "is unknown"},
                        {"-x", "flag \"-x\" is unknown; see --help"},
                        {"--=", "is unknown"},
                        {"--\x1b[2J", "flag \"--\\x1b[2J\" is unknown"},
                        {"--flagfile=/etc/passwd", "is unknown"},
                        {"--offline=maybe", "\"--offline=maybe\" is not true or false"},
                        {"--offline=", "\"--offline=\" is not true or false"},
                        {"-1", "port -1 is out of range [0, 65535]"}}) {
    const CommandLine line = Parsed({row.argument, "--short", "443"});
    EXPECT_EQ(line.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(line.status().message()), HasSubstr(row.complaint));
    EXPECT_EQ(line.Switch(Flag::kShort), true);
    EXPECT_THAT(line.words(), ElementsAre("443"));
  }
  EXPECT_THAT(std::string(Parsed({"443", "--target"}).status().message()),
              HasSubstr("flag --target lacks its value, HOST:PORT"));
  EXPECT_THAT(std::string(Parsed({"--ofline", "--colour"}).status().message()),
              HasSubstr("--ofline"));
}

TEST(CommandLineTest, NothingIsNothing) {
  EXPECT_TRUE(Parsed({}).status().ok());
  EXPECT_THAT(Parsed({}).words(), IsEmpty());
}

}  // namespace
}  // namespace portreg::cli
