#include "client/cli/json.h"

#include <string>

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
  EXPECT_EQ(ToJson(record, JsonStyle::kOneLine),
            R"({"firstPort":443,"lastPort":443,"transport":"TRANSPORT_TCP","service":"https",)"
            R"("layer":"LAYER_IANA"})");
}

TEST(JsonTest, IndentedHasALineForEachField) {
  v1::ListRangeResponse message;
  message.add_records()->set_service("https");
  message.set_revision("abc");
  EXPECT_EQ(ToJson(message, JsonStyle::kIndented), R"({
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
  EXPECT_EQ(ToJson(record, JsonStyle::kOneLine), "{}");
  record.set_first_port(0);
  EXPECT_EQ(ToJson(record, JsonStyle::kOneLine), R"({"firstPort":0})");
}

TEST(JsonTest, UnknownEnumValueIsANumber) {
  v1::PortRecord record;
  record.set_transport(static_cast<v1::Transport>(99));
  EXPECT_EQ(ToJson(record, JsonStyle::kOneLine), R"({"transport":99})");
}

TEST(JsonTest, AnyTextSurvives) {
  v1::PortRecord record;
  record.set_description("quote \" backslash \\ line\nescape \x1b nul " + std::string(1, '\0') +
                         " umlaut \u00e4 \u202e");
  const std::string json = ToJson(record, JsonStyle::kOneLine);
  EXPECT_EQ(json.find('\n'), std::string::npos);
  EXPECT_EQ(json.find('\x1b'), std::string::npos);
  v1::PortRecord back;
  ASSERT_TRUE(JsonStringToMessage(json, &back).ok()) << json;
  EXPECT_TRUE(MessageDifferencer::Equals(record, back)) << json;
}

}  // namespace
}  // namespace portreg::cli
