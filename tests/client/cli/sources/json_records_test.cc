#include "client/cli/sources/json_records.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_status.h"

namespace portreg::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

// Returns the records found, as "line:column text".
std::vector<std::string> Found(const std::string& json) {
  const absl::StatusOr<std::vector<JsonRecord>> found = FindJsonRecords(json);
  if (!found.ok()) return {std::string(found.status().message())};
  std::vector<std::string> texts;
  for (const JsonRecord& each : *found) {
    texts.push_back(absl::StrCat(each.position.line, ":", each.position.column, " ", each.text));
  }
  return texts;
}

// Returns the services of the records, or the error.
std::vector<std::string> ServicesIn(const std::string& json) {
  std::vector<std::string> services;
  const absl::Status status = ReadJsonRecords(json, [&](v1::PortRecord record) {
    services.push_back(record.service());
    return record.service() == "refused" ? absl::InvalidArgumentError("why") : absl::OkStatus();
  });
  if (!status.ok()) services.push_back(std::string(status.message()));
  return services;
}

TEST(FindJsonRecordsTest, EachTopLevelObjectIsARecord) {
  EXPECT_THAT(Found(" \n"), IsEmpty());
  EXPECT_THAT(Found("{\"a\":1}\n\n  {\"b\":\"}\\\"{\"} {}"),
              ElementsAre("1:1 {\"a\":1}", "3:3 {\"b\":\"}\\\"{\"}", "3:16 {}"));
}

TEST(FindJsonRecordsTest, ElementsOfRecordsAreRecords) {
  EXPECT_THAT(Found("{\"records\":[\n{\"a\":[{}]},\n {\"records\":[1]}\n],\"revision\":\"r\"}"),
              ElementsAre("2:1 {\"a\":[{}]}", "3:2 {\"records\":[1]}"));
  EXPECT_THAT(Found("{\"records\":[]}"), IsEmpty());
  EXPECT_THAT(Found("{\"service\":\"records\"}"), ElementsAre("1:1 {\"service\":\"records\"}"));
}

TEST(FindJsonRecordsTest, ErrorsHaveLineAndColumn) {
  for (const auto& [json, error] : std::vector<std::pair<std::string, std::string>>{
           {"[1]", "line 1, column 1: \"[\" where { is expected"},
           {"{\"a\":1}\nx", "line 2, column 1: \"x\" where { is expected"},
           {"{\"records\":[\n1]}", "line 2, column 1: \"1\" where { is expected"},
           {"{\"records\":[{}\n{}]}", "line 2, column 1: \"{\" where a comma or ] is expected"},
           {"{\"a\" 1}", "line 1, column 6: \"1\" where a colon is expected"},
           {"{\"a\":}", "line 1, column 6: \"}\" where a value is expected"},
           {"{a:1}", "line 1, column 2: \"a\" where the name of a member is expected"},
           {"{\"a\":1 2}", "line 1, column 8: \"2\" where a comma or } is expected"},
           {"{\"a\":\"b\n\"}",
            "line 1, column 8: \"\\n\" where the closing quote of a string is expected"},
           {"{\"a\":\n{", "line 2, column 2: the JSON ends where the name of a member is expected"},
           {"{\"a\":\"b\\",
            "line 1, column 9: the JSON ends where the closing quote of a string "
            "is expected"}}) {
    EXPECT_THAT(Found(json), ElementsAre(error)) << json;
  }
  EXPECT_THAT(Found("{\"a\":" + std::string(100'000, '[')),
              ElementsAre(HasSubstr("nested too deeply")));
}

TEST(ReadJsonRecordsTest, RecordsAreRead) {
  EXPECT_THAT(ServicesIn("\xEF\xBB\xBF{\"records\":[{\"layer\":\"LAYER_LOCAL\",\"service\":\"a\"},"
                         "{\"layer\":3,\"service\":\"b\",\"key\":\"unknown\"}]}"),
              ElementsAre("a", "b"));
}

TEST(ReadJsonRecordsTest, ErrorsHaveThePositionOfTheRecord) {
  EXPECT_THAT(ServicesIn("{\"layer\":1,\"service\":\"a\"}\n{\"layer\":\"x\"}"),
              ElementsAre("a", StartsWith("line 2, column 1: not a record: ")));
  EXPECT_THAT(ServicesIn("\n {}"),
              ElementsAre(StartsWith("line 2, column 2: not a record: a record has a layer")));
  EXPECT_THAT(ServicesIn("\n{\"layer\":1,\"service\":\"refused\"}"),
              ElementsAre("refused", "line 2, column 1: why"));
}

}  // namespace
}  // namespace portreg::cli
