#include "client/listings/lazy_list_response.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/answers/requests.h"
#include "google/protobuf/stubs/logging.h"
#include "google/protobuf/util/message_differencer.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "portreg/v1/port_registry_service.pb.h"
#include "server/replies/stored_list_range_answer.h"
#include "tests/client/fake_server.h"
#include "tests/client/listings.h"

namespace portreg::internal {
namespace {

using ::google::protobuf::util::MessageDifferencer;

// Holds bytes in a buffer of exactly their size, so that the sanitizer sees a read behind
// it.
class Buffer {
 public:
  explicit Buffer(absl::string_view bytes)
      : size_(bytes.size()), bytes_(std::make_unique<char[]>(size_)) {
    bytes.copy(bytes_.get(), size_);
  }

  [[nodiscard]] absl::string_view view() const { return {bytes_.get(), size_}; }

  // Returns slices of at most `slice_size` bytes.
  [[nodiscard]] grpc::ByteBuffer Slices(size_t slice_size) const {
    std::vector<grpc::Slice> slices;
    for (size_t at = 0; at < size_; at += slice_size) {
      slices.emplace_back(bytes_.get() + at, std::min(slice_size, size_ - at),
                          grpc::Slice::STATIC_SLICE);
    }
    return {slices.data(), slices.size()};
  }

 private:
  const size_t size_;
  const std::unique_ptr<char[]> bytes_;
};

// The way in which a message was read.
enum class Reading { kRefused, kWhole, kRecordByRecord };

// Reads what `message` has parsed. Expects what the generated parser finds in the bytes.
Reading ExpectAsGenerated(const std::string& bytes, LazyListResponse& message) {
  v1::ListRangeResponse expected;
  const bool accepted = expected.ParseFromString(bytes);
  int records = 0;
  const v1::PortRecord* last = nullptr;
  bool in_one_place = true;
  while (const v1::PortRecord* record = message.Next()) {
    in_one_place = in_one_place && (last == nullptr || record == last);
    last = record;
    if (accepted && records < expected.records_size()) {
      EXPECT_TRUE(MessageDifferencer::Equals(*record, expected.records(records)));
      EXPECT_EQ(record->SerializeAsString(), expected.records(records).SerializeAsString());
    }
    ++records;
  }
  EXPECT_EQ(message.malformed(), !accepted);
  if (!accepted) return Reading::kRefused;
  EXPECT_EQ(records, expected.records_size());
  EXPECT_TRUE(message.done());
  EXPECT_EQ(message.rest().revision(), expected.revision());
  EXPECT_EQ(message.rest().resume_token(), expected.resume_token());
  return in_one_place ? Reading::kRecordByRecord : Reading::kWhole;
}

// Reads the bytes, in one slice and in many.
Reading Check(const std::string& bytes, LazyListResponse& message) {
  const Buffer buffer(bytes);
  message.Parse(buffer.Slices(std::max<size_t>(bytes.size(), 1)));
  const Reading outcome = ExpectAsGenerated(bytes, message);
  message.Parse(buffer.Slices(7));
  EXPECT_EQ(ExpectAsGenerated(bytes, message), outcome);
  return outcome;
}

std::vector<v1::ListRangeResponse> EmbeddedMessages(v1::RecordView view) {
  v1::ListRangeRequest request;
  request.set_include_portless(true);
  request.set_view(view);
  return MessagesOf(EmbeddedPublication().Current()->registry, request);
}

bool HasOnlyAscii(const v1::ListRangeResponse& message) {
  return std::all_of(message.records().begin(), message.records().end(), [](const auto& record) {
    const std::string text = record.service() + record.description() + record.source();
    return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
  });
}

TEST(ListingMessageTest, WholeRegistryIsAsGeneratedParsingHasIt) {
  LazyListResponse message;
  for (const v1::RecordView view : {v1::RECORD_VIEW_BASIC, v1::RECORD_VIEW_FULL}) {
    const std::vector<v1::ListRangeResponse> messages = EmbeddedMessages(view);
    ASSERT_GT(messages.size(), 10);
    for (const v1::ListRangeResponse& each : messages) Check(each.SerializeAsString(), message);
  }
}

TEST(ListingMessageTest, WhatTheServerStoresIsReadRecordByRecord) {
  const auto snapshot = EmbeddedPublication().Current();
  v1::ListRangeRequest request;
  request.set_include_portless(true);
  server::StoredListRangeAnswer listing(snapshot->registry, snapshot->replies,
                                        Read(request, snapshot->registry).value());
  LazyListResponse message;
  size_t record_by_record = 0;
  for (bool last = false; !last;) {
    grpc::ByteBuffer stored;
    last = listing.Next(stored);
    grpc::Slice slice;
    ASSERT_TRUE(stored.DumpToSingleSlice(&slice).ok());
    const std::string bytes(slice.begin(), slice.end());
    v1::ListRangeResponse parsed;
    ASSERT_TRUE(parsed.ParseFromString(bytes));
    const bool plain = HasOnlyAscii(parsed);
    EXPECT_EQ(Check(bytes, message), plain ? Reading::kRecordByRecord : Reading::kWhole);
    record_by_record += plain ? 1 : 0;
  }
  EXPECT_GE(record_by_record, 10);
}

TEST(ListingMessageTest, TakesParsedMessages) {
  LazyListResponse message;
  EXPECT_EQ(message.Next(), nullptr);
  EXPECT_TRUE(message.done());
  const v1::ListRangeResponse some = MessageOf({"a", "b"}, "1");
  for (int i = 0; i < 2; ++i) {
    message.Set(some);
    ExpectAsGenerated(some.SerializeAsString(), message);
    // A malformed message leaves nothing for the next one.
    EXPECT_EQ(Check("\x0a\xff", message), Reading::kRefused);
  }
  message.Set({});
  EXPECT_EQ(message.Next(), nullptr);
  EXPECT_TRUE(message.done());
  EXPECT_FALSE(message.malformed());
}

TEST(ListingMessageTest, BufferThatIsNoneIsMalformed) {
  LazyListResponse message;
  message.Parse(grpc::ByteBuffer());
  EXPECT_EQ(message.Next(), nullptr);
  EXPECT_TRUE(message.malformed());
}

// Returns `text` as the field `number`. A record of a listing is field 1.
std::string Field(int number, const std::string& text) {
  return std::string{static_cast<char>(number << 3 | 2), static_cast<char>(text.size())} + text;
}

std::string Varint(int number, const std::string& bytes) {
  return static_cast<char>(number << 3) + bytes;
}

TEST(ListingMessageTest, OddRecordsAreAsGeneratedParsingHasThem) {
  using std::string_literals::operator""s;
  const ::google::protobuf::LogSilencer silencer;
  const std::string ports = Varint(1, "\x50") + Varint(2, "\x50");
  const std::string minus_one = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01";
  const struct {
    std::string record;
    Reading outcome;
  } cases[] = {
      {"", Reading::kRecordByRecord},
      {ports + Field(4, "http"), Reading::kRecordByRecord},
      {Varint(1, "\0"s) + Varint(3, "\0"s) + Field(4, ""), Reading::kRecordByRecord},
      {Varint(1, "\x81\0"s), Reading::kRecordByRecord},
      {Varint(3, "\xff\xff\x7f") + Varint(6, "\x63"), Reading::kRecordByRecord},
      {Field(4, "a\0b"s), Reading::kRecordByRecord},
      // Fields out of order, or repeated.
      {Field(4, "http") + ports, Reading::kWhole},
      {ports + ports, Reading::kWhole},
      {Field(4, "a") + Field(4, "b"), Reading::kWhole},
      // Numbers with more bytes than a port has.
      {Varint(1, minus_one), Reading::kWhole},
      {Varint(3, minus_one), Reading::kWhole},
      {Varint(1, "\x80\x80\x80\x01"), Reading::kWhole},
      {Varint(1, "\xff" + minus_one), Reading::kRefused},
      // Text beyond ASCII, and invalid UTF-8.
      {Field(5, "FORT\xc3\x89"), Reading::kWhole},
      {Field(5, "FORT\xc3"), Reading::kRefused},
      {Field(4, "\xed\xa0\x80"), Reading::kRefused},
      {Field(7, "\xff"), Reading::kRefused},
      // Details, and fields that are unknown or of another type.
      {ports + Field(8, Field(1, "assignee")), Reading::kWhole},
      {ports + Field(8, ""), Reading::kWhole},
      {Field(9, "unknown"), Reading::kWhole},
      {"\xa2\x06\x01z", Reading::kWhole},
      {Field(1, "text"), Reading::kWhole},
      {Varint(4, "\x05"), Reading::kWhole},
      {"\x4b\x4c", Reading::kWhole},
      {"\x8c\x0a", Reading::kRefused},
      {"\x88\x00\x50"s, Reading::kWhole},
      // Truncated fields, and bytes that are no field.
      {"\x08", Reading::kRefused},
      {"\x08\xff", Reading::kRefused},
      {"\x22\x05http", Reading::kRefused},
      {"\x22", Reading::kRefused},
      {ports + "\0"s, Reading::kRefused},
      {ports + "\x07", Reading::kRefused},
      {ports + "\x4b", Reading::kRefused},
  };
  LazyListResponse message;
  for (const auto& [record, outcome] : cases) {
    SCOPED_TRACE(::testing::PrintToString(record));
    const std::string plain = Field(1, ports + Field(4, "plain"));
    const std::string rest = Field(2, "revision") + Field(3, "token");
    const std::string odd = Field(1, record);
    EXPECT_EQ(Check(plain + odd + plain + rest, message), outcome);
    Check(odd + odd, message);
    Check(odd, message);
  }
}

TEST(ListingMessageTest, OddMessagesAreAsGeneratedParsingHasThem) {
  const ::google::protobuf::LogSilencer silencer;
  const std::string record = Field(1, Field(4, "a")) + Field(1, Field(4, "b"));
  const std::string revision = Field(2, "revision");
  const std::string token = Field(3, "token");
  const std::string unknown = Field(9, "unknown");
  const struct {
    std::string message;
    Reading outcome;
  } cases[] = {
      {"", Reading::kRecordByRecord},
      {revision, Reading::kRecordByRecord},
      {token, Reading::kRecordByRecord},
      {record, Reading::kRecordByRecord},
      {record + revision, Reading::kRecordByRecord},
      {record + token, Reading::kRecordByRecord},
      {record + revision + token, Reading::kRecordByRecord},
      {token + revision + record, Reading::kWhole},
      {revision + record, Reading::kWhole},
      {record + revision + record + token, Reading::kWhole},
      {record + revision + revision + token, Reading::kWhole},
      {record + unknown + revision, Reading::kWhole},
      {unknown + record, Reading::kWhole},
      {record + Field(2, "\xc3\xa9"), Reading::kWhole},
      {record + Field(3, "\xc3"), Reading::kRefused},
      {record + Varint(1, "\x05"), Reading::kWhole},
      {record + "\x0a\x7f" + record, Reading::kRefused},
      {record + "\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", Reading::kRefused},
      {record + "\x0a", Reading::kRefused},
      {record + std::string(1, '\0'), Reading::kRefused},
      {record + "\x0c", Reading::kRefused},
  };
  LazyListResponse message;
  for (const auto& [bytes, outcome] : cases) {
    SCOPED_TRACE(::testing::PrintToString(bytes));
    EXPECT_EQ(Check(bytes, message), outcome);
  }
}

// Changes a few random bytes.
void Mutate(std::string& bytes, std::minstd_rand& random) {
  const auto below = [&random](size_t end) { return static_cast<size_t>(random()) % end; };
  // Tags, lengths, and special bytes of varints and UTF-8.
  constexpr absl::string_view kBytes("\x00\x01\x02\x08\x0a\x10\x12\x1a\x22\x2a\x42\x7f\x80\xc3\xff",
                                     15);
  for (size_t changes = 1 + below(3); changes > 0 && !bytes.empty(); --changes) {
    const size_t at = below(bytes.size());
    switch (below(6)) {
      case 0:
        bytes[at] = static_cast<char>(bytes[at] ^ 1 << below(8));
        break;
      case 1:
        bytes[at] = kBytes[below(kBytes.size())];
        break;
      case 2:
        bytes.insert(at, 1, kBytes[below(kBytes.size())]);
        break;
      case 3:
        bytes.erase(at, 1 + below(4));
        break;
      case 4:
        bytes.resize(at);
        break;
      default:
        bytes.insert(at, bytes.substr(below(bytes.size()), below(24)));
        break;
    }
  }
}

TEST(ListingMessageTest, MutationsAreAsGeneratedParsingHasThem) {
  constexpr int kMutations = 60'000;
  const ::google::protobuf::LogSilencer silencer;
  std::minstd_rand random(20'260'101);
  std::vector<v1::ListRangeResponse> messages = EmbeddedMessages(v1::RECORD_VIEW_BASIC);
  for (auto& message : EmbeddedMessages(v1::RECORD_VIEW_FULL)) {
    messages.push_back(std::move(message));
  }
  LazyListResponse reader;
  std::vector<int> outcomes(3);
  for (int i = 0; i < kMutations && !::testing::Test::HasFailure(); ++i) {
    const v1::ListRangeResponse& real = messages[random() % messages.size()];
    v1::ListRangeResponse few;
    for (size_t records = random() % 4; records > 0; --records) {
      *few.add_records() = real.records(static_cast<int>(random() % real.records_size()));
    }
    few.set_revision(real.revision());
    few.set_resume_token(real.resume_token());
    std::string bytes = few.SerializeAsString();
    Mutate(bytes, random);
    SCOPED_TRACE(::testing::PrintToString(bytes));
    ++outcomes[static_cast<size_t>(Check(bytes, reader))];
  }
  // Without enough of each outcome, the mutations would prove little.
  for (const int count : outcomes) EXPECT_GT(count, kMutations / 40);
}

}  // namespace
}  // namespace portreg::internal
