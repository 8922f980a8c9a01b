#include "client/cli/base/metadata.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_status.h"

namespace portreg::cli {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr char kTraceparent[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST(ReadHeadersTest, NamesAndValuesAreSetApartByAColon) {
  EXPECT_THAT(ReadHeaders({"x-request-id:7f3a", "Authorization: Bearer a:b==", "empty:", "a.b_c: "})
                  .value(),
              ElementsAre(Pair("x-request-id", "7f3a"), Pair("authorization", "Bearer a:b=="),
                          Pair("empty", ""), Pair("a.b_c", "")));
  EXPECT_THAT(ReadHeaders({}).value(), IsEmpty());
}

TEST(ReadHeadersTest, BinaryValuesAreWrittenInBase64) {
  EXPECT_THAT(ReadHeaders({"trace-bin:AP8K", "x-bin:"}).value(),
              ElementsAre(Pair("trace-bin", std::string("\0\xff\n", 3)), Pair("x-bin", "")));
}

TEST(ReadHeadersTest, UnusableOnesAreRefusedByName) {
  struct Row {
    std::string header;
    std::string reason;
  };
  for (const Row& row : std::vector<Row>{{"", "is not NAME:VALUE"},
                                         {"x-request-id", "is not NAME:VALUE"},
                                         {":value", "has a name"},
                                         {"a b:c", "has a name"},
                                         {"a\u00e4:c", "has a name"},
                                         {":path:/", "has a name"},
                                         {"grpc-timeout:1S", "is reserved for gRPC"},
                                         {"GRPC-x:1", "is reserved for gRPC"},
                                         {"grpclb_client_stats:x", "is reserved for gRPC"},
                                         {"User-Agent:x", "is reserved for gRPC"},
                                         {"a:two\nlines", "not printable ASCII"},
                                         {"a:\u00e4", "not printable ASCII"},
                                         {"a-bin:***", "not base64"}}) {
    const absl::Status status = ReadHeaders({"fine:1", row.header}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << row.header;
    EXPECT_THAT(Message(status), HasSubstr(row.reason)) << row.header;
    if (row.header.find('\n') == std::string::npos) {
      EXPECT_THAT(Message(status), HasSubstr("\"" + row.header + "\""));
    }
  }
}

TEST(ReadHeadersTest, TheyTakeUpTo8KiBTogether) {
  // Each header counts 32 bytes more than its texts have.
  const std::string most(4'096 - 33, 'x');
  Metadata metadata = ReadHeaders({"a:" + most, "b:" + most}).value();
  AddTraceparent(kTraceparent, metadata);
  EXPECT_EQ(metadata.size(), 2U);
  const absl::Status status = ReadHeaders({"a:" + most, "b:x" + most}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(std::string(status.message()),
            "--header takes 8193 bytes in all, with 32 for each header, at most 8192 are allowed");
}

TEST(AddTraceparentTest, AWellFormedOneIsAdded) {
  Metadata metadata = {{"a", "b"}};
  AddTraceparent(kTraceparent, metadata);
  EXPECT_THAT(metadata, ElementsAre(Pair("a", "b"), Pair("traceparent", kTraceparent)));
}

TEST(AddTraceparentTest, AHeaderOfTheCommandLineWins) {
  Metadata metadata = ReadHeaders({"Traceparent:mine"}).value();
  AddTraceparent(kTraceparent, metadata);
  EXPECT_THAT(metadata, ElementsAre(Pair("traceparent", "mine")));
}

TEST(AddTraceparentTest, OthersAreNotSent) {
  for (const std::string text : {"", "00", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
                                 "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                                 "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                                 "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                                 "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                                 "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
                                 "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b-01",
                                 "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0x",
                                 "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-02",
                                 " 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}) {
    Metadata metadata;
    AddTraceparent(text, metadata);
    EXPECT_THAT(metadata, IsEmpty()) << text;
  }
}

}  // namespace
}  // namespace portreg::cli
