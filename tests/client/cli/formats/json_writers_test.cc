#include "client/cli/formats/json_writers.h"

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "tests/client/cli/written.h"

namespace portreg::cli {
namespace {

using ::google::protobuf::util::JsonStringToMessage;
using ::google::protobuf::util::MessageDifferencer;
using ::testing::ElementsAre;
using ::testing::SizeIs;

std::unique_ptr<RecordWriter> MakeNdjson(Printer out) {
  return std::make_unique<NdjsonWriter>(out);
}
std::unique_ptr<RecordWriter> MakeJson(Printer out) { return std::make_unique<JsonWriter>(out); }

TEST(NdjsonWriterTest, RecordIsALine) {
  const v1::PortRecord other = RecordOf(1, v1::TRANSPORT_UDP, "a", "two\nlines \"quoted\"");
  const std::vector<std::string> lines = LinesOf(WrittenBy(MakeNdjson, {Https(), other}).text);
  ASSERT_THAT(lines, SizeIs(2));
  EXPECT_EQ(lines[0],
            R"({"firstPort":443,"lastPort":443,"transport":"TRANSPORT_TCP","service":"https",)"
            R"("description":"http over TLS","layer":"LAYER_IANA","source":"IANA registry"})");
  v1::PortRecord back;
  ASSERT_TRUE(JsonStringToMessage(lines[1], &back).ok());
  EXPECT_TRUE(MessageDifferencer::Equals(back, other));
}

TEST(NdjsonWriterTest, NoRecordsAreNoLine) {
  EXPECT_EQ(WrittenBy(MakeNdjson, std::vector<v1::PortRecord>()).text, "");
}

TEST(NdjsonWriterTest, RecordsAndMissesHaveTheKey) {
  v1::LookupResult failed;
  failed.mutable_failure()->set_code(5);
  failed.mutable_failure()->set_message("not there");
  v1::LookupResult nameless;
  nameless.mutable_response()->set_port_class(v1::PORT_CLASS_DYNAMIC);
  v1::PortRecord own = RecordOf(1, v1::TRANSPORT_TCP, "a", "");
  own.set_layer(v1::LAYER_LOCAL);
  own.add_aliases("b");
  own.set_owner("team");
  own.set_scope("eu");
  own.set_status(v1::RECORD_STATUS_DEPRECATED);
  const Written written = WrittenBy(MakeNdjson, [&](RecordWriter& writer) {
    writer.BeginKey("a\tb");
    writer.Write(own);
    writer.BeginKey("no");
    writer.WriteMiss(failed);
    writer.BeginKey("49160");
    writer.WriteMiss(nameless);
  });
  EXPECT_THAT(LinesOf(written.text),
              ElementsAre(R"({"key":"a\tb","firstPort":1,"lastPort":1,"transport":"TRANSPORT_TCP",)"
                          R"("service":"a","layer":"LAYER_LOCAL","source":"IANA registry",)"
                          R"("aliases":["b"],"owner":"team","scope":"eu",)"
                          R"("status":"RECORD_STATUS_DEPRECATED"})",
                          R"({"key":"no","failure":{"code":5,"message":"not there"}})",
                          R"({"key":"49160"})"));
}

TEST(NdjsonWriterTest, MatchIsALine) {
  v1::SearchMatch match;
  *match.mutable_record() = Https();
  match.set_kind(v1::MATCH_KIND_WORD);
  match.add_fields(v1::MATCH_FIELD_DESCRIPTION);
  const Written written = WrittenBy(MakeNdjson, [&](RecordWriter& writer) {
    writer.WriteMatch(match);
    writer.Finish("abc");
  });
  v1::SearchMatch back;
  ASSERT_TRUE(JsonStringToMessage(LinesOf(written.text).at(0), &back).ok());
  EXPECT_TRUE(MessageDifferencer::Equals(back, match));
}

TEST(JsonWriterTest, RecordsAreOneListRangeResponse) {
  for (const std::string revision : {"", "abc", "\"quoted\""}) {
    for (int count = 0; count <= 3; ++count) {
      v1::ListRangeResponse expected;
      expected.set_revision(revision);
      for (int i = 0; i < count; ++i) *expected.add_records() = Https();
      const std::string text =
          WrittenBy(MakeJson, {expected.records().begin(), expected.records().end()}, revision)
              .text;
      EXPECT_EQ(text.back(), '\n');
      v1::ListRangeResponse back;
      ASSERT_TRUE(JsonStringToMessage(text, &back).ok()) << text;
      EXPECT_TRUE(MessageDifferencer::Equals(back, expected)) << text;
    }
  }
}

TEST(JsonWriterTest, RecordIsALine) {
  const std::string line = LinesOf(WrittenBy(MakeNdjson, {Https()}).text).at(0);
  EXPECT_EQ(WrittenBy(MakeJson, {Https(), Https()}).text,
            absl::StrCat("{\"records\":[\n", line, ",\n", line, "\n],\"revision\":\"abc\"}\n"));
}

TEST(JsonWriterTest, EmptyRevisionIsLeftOut) {
  EXPECT_EQ(WrittenBy(MakeJson, std::vector<v1::PortRecord>(), "").text, "{\"records\":[\n]}\n");
}

TEST(JsonWriterTest, WithoutItsEndItIsNoJson) {
  const std::string text =
      WrittenBy(MakeJson, [](RecordWriter& writer) { writer.Write(Https()); }).text;
  v1::ListRangeResponse back;
  EXPECT_FALSE(JsonStringToMessage(text, &back).ok());
}

TEST(JsonWriterTest, NothingIsWrittenBeforeTheFirstRecord) {
  // Writes nothing yet, so that a failure leaves no beginning of a document.
  EXPECT_EQ(WrittenBy(MakeJson, [](RecordWriter&) {}).text, "");
}

}  // namespace
}  // namespace portreg::cli
