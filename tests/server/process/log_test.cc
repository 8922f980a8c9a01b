#include "server/process/log.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace portreg::server {
namespace {

using ::testing::HasSubstr;

const absl::Time kTime = absl::FromUnixMillis(1'795'437'296'789);

std::string Text(const std::string& value) {
  return LogLine(LogFormat::kText, kTime, Severity::kWarning, "reload failed", {{"error", value}});
}

nlohmann::json Json(const std::string& value) {
  return nlohmann::json::parse(
      LogLine(LogFormat::kJson, kTime, Severity::kError, "call", {{"error", value}}));
}

TEST(LogTest, ALineOfTextHasTimeSeverityMessageAndFields) {
  EXPECT_EQ(
      LogLine(LogFormat::kText, kTime, Severity::kInfo, "registry reloaded",
              {{"revision", "9f86"}, {"records", int64_t{14322}}, {"share", 0.5}}),
      "2026-11-23T12:34:56.789Z INFO registry reloaded revision=9f86 records=14322 share=0.5");
}

TEST(LogTest, ALineOfJsonHasTheSameInOneObject) {
  EXPECT_EQ(LogLine(LogFormat::kJson, kTime, Severity::kInfo, "registry reloaded",
                    {{"revision", "9f86"}, {"records", int64_t{14322}}, {"share", 0.5}}),
            R"({"time":"2026-11-23T12:34:56.789Z","severity":"INFO",)"
            R"("message":"registry reloaded","revision":"9f86","records":14322,"share":0.5})");
}

TEST(LogTest, ValuesThatCouldPassForMoreAreQuoted) {
  const struct {
    std::string value;
    const char* shown;
  } cases[] = {
      {"plain-1.2/3:4", "error=plain-1.2/3:4"},
      {"", R"(error="")"},
      {"two words", R"(error="two words")"},
      {"x severity=INFO", R"(error="x severity=INFO")"},
      {R"(x" forged="1)", R"(error="x\" forged=\"1")"},
      {R"(x\)", R"(error="x\\")"},
      {"x\n2026-11-23T00:00:00.000Z INFO forged", R"(error="x\n2026-11-23T00:00:00.000Z INFO)"},
      {"x\r\x1b[31m", R"(error="x\r\x1b[31m")"},
      {"\xe2\x80\xae", R"(error="\xe2\x80\xae")"},
      {std::string("\0", 1), R"(error="\x00")"},
  };
  for (const auto& c : cases) EXPECT_THAT(Text(c.value), HasSubstr(c.shown));
}

TEST(LogTest, JsonKeepsWhatAStrangerSentWithinItsString) {
  for (const std::string& value :
       {std::string("a\nb\"},{\"forged\":\""), std::string("\xff\xfe"), std::string("\0x", 2)}) {
    const std::string line =
        LogLine(LogFormat::kJson, kTime, Severity::kError, "call", {{"error", value}});
    EXPECT_FALSE(absl::StrContains(line, "\n"));
    const nlohmann::json object = nlohmann::json::parse(line);
    EXPECT_EQ(object.size(), 4);
    EXPECT_FALSE(object.contains("forged"));
  }
  EXPECT_EQ(Json("a\nb\"}")["error"], "a\nb\"}");
}

TEST(LogTest, LongValuesAreCut) {
  EXPECT_LT(Text(std::string(100'000, 'x')).size(), 1'200);
  EXPECT_LT(Json(std::string(100'000, 'x'))["error"].get<std::string>().size(), 1'200);
}

}  // namespace
}  // namespace portreg::server
