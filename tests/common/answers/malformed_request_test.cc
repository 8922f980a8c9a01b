#include "common/answers/malformed_request.h"

#include <string>

#include "common/text/utf8.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_messages.h"
#include "tests/common/test_status.h"

namespace portreg {
namespace {

using ::testing::HasSubstr;

// Returns a field of wire type 2 with fewer than 128 bytes.
std::string Field(int number, const std::string& bytes) {
  return std::string{static_cast<char>(number << 3 | 2), static_cast<char>(bytes.size())} + bytes;
}

TEST(MalformedTest, ATextThatIsNotUtf8IsNamedByItsPath) {
  const std::string good = Field(2, "http");
  const std::string bad = Field(2, "caf\xE9");
  const struct {
    const char* what;
    std::string bytes;
    const google::protobuf::Descriptor& descriptor;
    const char* path;
  } cases[] = {
      {"a field", bad, *v1::LookupRequest::descriptor(), "service"},
      {"after other fields", std::string("\x18\x01\x20\x02", 4) + bad,
       *v1::LookupRequest::descriptor(), "service"},
      {"before other fields", bad + std::string("\x18\x01", 2), *v1::LookupRequest::descriptor(),
       "service"},
      {"an unknown field before", Field(15, "\xFF") + bad, *v1::LookupRequest::descriptor(),
       "service"},
      {"the first of two", Field(2, "\xFF") + good, *v1::LookupRequest::descriptor(), "service"},
      {"another message", Field(7, "\xFF"), *v1::ListRangeRequest::descriptor(), "resume_token"},
      {"first of a batch", Field(1, bad), *v1::BatchLookupRequest::descriptor(),
       "requests[0].service"},
      {"third of a batch", Field(1, good) + Field(1, good) + Field(1, bad) + Field(1, bad),
       *v1::BatchLookupRequest::descriptor(), "requests[2].service"},
  };
  for (const auto& c : cases) {
    const absl::Status status = ExplainMalformed(c.bytes, c.descriptor);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.what;
    EXPECT_EQ(ReasonOf(status), "INVALID_UTF8") << c.what;
    EXPECT_EQ(FieldOf(status), c.path) << c.what;
    EXPECT_THAT(Message(status), HasSubstr(c.path)) << c.what;
    EXPECT_TRUE(IsValidUtf8(status.message())) << c.what;
  }
  EXPECT_EQ(Message(ExplainMalformed(bad, *v1::LookupRequest::descriptor())),
            "service \"caf\\xe9\" is not valid UTF-8");
}

TEST(MalformedTest, OnlyTheBeginningOfALongTextIsShown) {
  const std::string message = Message(ExplainMalformed(
      Field(2, std::string(63, 'x') + "\xFF" + "rest"), *v1::LookupRequest::descriptor()));
  EXPECT_THAT(message, HasSubstr("x\\xff...\" is not valid UTF-8"));
  EXPECT_EQ(message.find("rest"), std::string::npos);
}

TEST(MalformedTest, OtherBytesAreNoMessageAtAll) {
  const struct {
    const char* what;
    std::string bytes;
  } cases[] = {
      {"text", "GET / HTTP/1.1\r\n"},
      {"cut inside a tag", "\x80"},
      {"cut inside a number", "\x08\xFF"},
      {"a length beyond the end", "\x12\x7Fhttp"},
      {"field number 0", std::string("\x02\x00", 2)},
      {"the end of no group", "\x0C"},
      {"a group without its end", "\x0B"},
      {"wire type 7", "\x0F"},
  };
  for (const auto& c : cases) {
    const absl::Status status = ExplainMalformed(c.bytes, *v1::LookupRequest::descriptor());
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.what;
    EXPECT_EQ(ReasonOf(status), "MALFORMED_REQUEST") << c.what;
    EXPECT_EQ(FieldOf(status), "") << c.what;
    EXPECT_THAT(Message(status), HasSubstr("portreg.v1.LookupRequest")) << c.what;
  }
  EXPECT_EQ(Message(ExplainMalformed("\x08\xFF", *v1::ClassifyRequest::descriptor())),
            "request of 2 bytes is not a valid portreg.v1.ClassifyRequest message");
}

TEST(MalformedTest, DeepNestingIsBounded) {
  std::string nested;
  for (int i = 0; i < 100'000; ++i) nested += '\x0B';  // a group in a group
  EXPECT_EQ(ReasonOf(ExplainMalformed(nested, *v1::LookupRequest::descriptor())),
            "MALFORMED_REQUEST");
}

}  // namespace
}  // namespace portreg
