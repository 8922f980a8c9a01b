#include "client/cli/formats/json.h"

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::cli {
namespace {

using ::google::protobuf::util::JsonStringToMessage;
using ::google::protobuf::util::MessageDifferencer;

TEST(JsonTest, OneLineIsCanonicalProto3) {
  v1::PortRecord record;
  record.set_first_port(443);
  record.set_last_port(443);
  record.set_transport(v1::TRANSPORT_TCP);
  record.set_service("https");
  record.set_layer(v1::LAYER_IANA);
  EXPECT_EQ(ToJson(record, JsonStyle::kOneLine).value(),
            R"({"firstPort":443,"lastPort":443,"transport":"TRANSPORT_TCP","service":"https",)"
            R"("layer":"LAYER_IANA"})");
}

TEST(JsonTest, IndentedHasALineForEachField) {
  v1::ListRangeResponse message;
  message.add_records()->set_service("https");
  message.set_revision("abc");
  EXPECT_EQ(ToJson(message, JsonStyle::kIndented).value(), R"({
 "records": [
  {
   "service": "https"
  }
 ],
 "revision": "abc"
})");
}

TEST(JsonTest, PortZeroIsKeptAndAnAbsentPortIsNot) {
  v1::PortRecord record;
  EXPECT_EQ(ToJson(record, JsonStyle::kOneLine).value(), "{}");
  record.set_first_port(0);
  EXPECT_EQ(ToJson(record, JsonStyle::kOneLine).value(), R"({"firstPort":0})");
}

TEST(JsonTest, UnknownEnumValueIsANumber) {
  v1::PortRecord record;
  record.set_transport(static_cast<v1::Transport>(99));
  EXPECT_EQ(ToJson(record, JsonStyle::kOneLine).value(), R"({"transport":99})");
}

TEST(JsonTest, AnyTextSurvives) {
  v1::PortRecord record;
  record.set_description("quote \" backslash \\ line\nescape \x1b nul " + std::string(1, '\0') +
                         " umlaut \u00e4 \u202e");
  const std::string json = ToJson(record, JsonStyle::kOneLine).value();
  EXPECT_EQ(json.find('\n'), std::string::npos);
  EXPECT_EQ(json.find('\x1b'), std::string::npos);
  v1::PortRecord back;
  ASSERT_TRUE(JsonStringToMessage(json, &back).ok()) << json;
  EXPECT_TRUE(MessageDifferencer::Equals(record, back)) << json;
}

TEST(JsonTest, WhatCouldCommandATerminalIsEscaped) {
  const std::string texts =
      "\u007f\u0085\u009b\u061c\u200e\u200f\u2028\u202a\u202e\u2066\u2069 \u00e4 \u20ac \U0001f600";
  v1::PortRecord record;
  record.set_description(texts);
  const std::string json = ToJson(record, JsonStyle::kOneLine).value();
  EXPECT_EQ(json,
            "{\"description\":\"\\u007f\\u0085\\u009b\\u061c\\u200e\\u200f\\u2028\\u202a\\u202e"
            "\\u2066\\u2069 \u00e4 \u20ac \U0001f600\"}");
  v1::PortRecord back;
  ASSERT_TRUE(JsonStringToMessage(json, &back).ok());
  EXPECT_EQ(back.description(), texts);
}

TEST(JsonTest, TimeThatJsonCannotHoldIsAnError) {
  for (const int64_t seconds : {int64_t{-62135596801}, int64_t{253402300800}}) {
    v1::LayerInfo layer;
    layer.set_source("a");
    layer.mutable_modify_time()->set_seconds(seconds);
    const absl::StatusOr<std::string> json = ToJson(layer, JsonStyle::kOneLine);
    EXPECT_EQ(json.status().code(), absl::StatusCode::kInternal);
    EXPECT_EQ(std::string(json.status().message()).rfind("the answer cannot be written as JSON", 0),
              0)
        << json.status();
  }
}

TEST(JsonTest, LargeMessagesAreWrittenAndTooLargeOnesRefused) {
  v1::ListRangeResponse message;
  // Each character takes six in JSON.
  message.add_records()->set_description(std::string(2 << 20, '\x1b'));
  EXPECT_GT(ToJson(message, JsonStyle::kIndented).value().size(), size_t{12} << 20);
  message.mutable_records(0)->mutable_description()->append(size_t{15} << 20, '\x1b');
  EXPECT_EQ(ToJson(message, JsonStyle::kIndented).status().code(),
            absl::StatusCode::kResourceExhausted);
}

TEST(JsonTest, StringsAreQuotedAndEscaped) {
  EXPECT_EQ(JsonString("443/tcp"), "\"443/tcp\"");
  EXPECT_EQ(JsonString(""), "\"\"");
  EXPECT_EQ(JsonString("a\"b\\\n\x1b"), R"("a\"b\\\n\u001b")");
  EXPECT_EQ(JsonString("\u00fc\u202e"), "\"\u00fc\\u202e\"");
}

TEST(JsonTest, KeyIsTheFirstMember) {
  EXPECT_EQ(WithKey("k", R"({"a":1})", JsonStyle::kOneLine), R"({"key":"k","a":1})");
  EXPECT_EQ(WithKey("k", "{}", JsonStyle::kOneLine), R"({"key":"k"})");
  EXPECT_EQ(WithKey("k", "{\n \"a\": 1\n}", JsonStyle::kIndented),
            "{\n \"key\": \"k\",\n \"a\": 1\n}");
  EXPECT_EQ(WithKey("k", "{}", JsonStyle::kIndented), "{\n \"key\": \"k\"\n}");
}

}  // namespace
}  // namespace portreg::cli
