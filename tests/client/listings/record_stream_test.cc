// Tests RecordStream where it differs from AsyncRecordStream: it reads record by record.
#include "portreg/record_stream.h"

#include <malloc.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/answers/requests.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "portreg/client.h"
#include "server/net/server.h"
#include "server/replies/stored_list_range_answer.h"
#include "tests/client/fake_server.h"
#include "tests/client/listings.h"
#include "tests/client/service_mock.h"

namespace portreg {
namespace {

using ::testing::ElementsAre;
using ::testing::Return;

class RecordStreamTest : public ScriptedListingTest {
 protected:
  [[nodiscard]] RecordStream List() { return NewClient().ListRange({}); }

  static std::vector<std::string> NamesOf(RecordStream& stream) {
    std::vector<std::string> names;
    for (const v1::PortRecord& record : stream) names.push_back(record.service());
    return names;
  }
};

TEST_F(RecordStreamTest, KnowsNothingBeforeItsFirstRecord) {
  const RecordStream stream = List();
  EXPECT_EQ(stream.status(), absl::OkStatus());
  EXPECT_EQ(stream.revision(), "");
  EXPECT_EQ(stream.resume_token(), "");
}

TEST_F(RecordStreamTest, ResumeTokenIsOfTheLastMessageYieldedInFull) {
  Play({{.messages = {MessageOf({"a", "b"}, "1"), MessageOf({"c", "d"}, "2")}}});
  RecordStream stream = List();
  for (const std::string token : {"", "1", "1", "2"}) {
    ASSERT_NE(stream.Next(), nullptr);
    EXPECT_EQ(stream.resume_token(), token);
  }
}

TEST_F(RecordStreamTest, LoopReadsTheRecordsThatAreLeft) {
  Play({{.messages = {MessageOf({"a", "b"}, "1"), MessageOf({"c", "d", "e"}, "2")}}});
  RecordStream stream = List();
  ASSERT_NE(stream.Next(), nullptr);
  for (const v1::PortRecord& record : stream) {
    EXPECT_EQ(record.service(), "b");
    break;
  }
  EXPECT_THAT(NamesOf(stream), ElementsAre("c", "d", "e"));
  EXPECT_THAT(NamesOf(stream), ElementsAre());
  EXPECT_EQ(stream.status(), absl::OkStatus());
}

TEST_F(RecordStreamTest, LoopEndsAtAnError) {
  Play({{.messages = {MessageOf({"a"}, "1")}, .end = {{grpc::StatusCode::INTERNAL, "broken"}}}});
  RecordStream stream = List();
  EXPECT_THAT(NamesOf(stream), ElementsAre("a"));
  EXPECT_EQ(stream.status(), absl::InternalError("broken"));
}

TEST_F(RecordStreamTest, IteratorIsAnInputIterator) {
  Play({{.messages = {MessageOf({"a", "b", "c"}, "1")}}});
  RecordStream stream = List();
  RecordStream::Iterator it = stream.begin();
  EXPECT_EQ(it->service(), "a");
  EXPECT_EQ((*it++).service(), "a");
  EXPECT_EQ((*it).service(), "b");
  EXPECT_EQ((++it)->service(), "c");
  EXPECT_NE(it, stream.end());
  EXPECT_EQ(++it, stream.end());
  EXPECT_EQ(stream.end(), RecordStream::Iterator());
}

TEST_F(RecordStreamTest, RecordOutlivesAMove) {
  Play({{.messages = {MessageOf({"a", "b"}, "1")}}});
  RecordStream first = List();
  const v1::PortRecord* const record = first.Next();
  ASSERT_NE(record, nullptr);
  const RecordStream second(std::move(first));
  EXPECT_EQ(record->service(), "a");
  EXPECT_EQ(second.revision(), "revision");
}

TEST(RealRecordStreamTest, ResumeTokenContinuesExactly) {
  const std::unique_ptr<server::Server> server = StartServer(EmbeddedPublication());
  const std::unique_ptr<Client> client = MakeClient(OptionsFor(server->addresses().front()));
  const std::shared_ptr<const server::Snapshot> snapshot = EmbeddedPublication().Current();
  v1::ListRangeRequest request;
  request.set_first_port(1);
  const std::vector<std::string> all = RecordsOf(MessagesOf(snapshot->registry, request));
  // Counts the records of the server's first two messages.
  server::StoredListRangeAnswer listing(snapshot->registry, snapshot->replies,
                                        Read(request, snapshot->registry).value());
  size_t first_two = 0;
  for (int i = 0; i < 2; ++i) {
    grpc::ByteBuffer bytes;
    ASSERT_FALSE(listing.Next(bytes));
    v1::ListRangeResponse message;
    ASSERT_TRUE(
        grpc::SerializationTraits<v1::ListRangeResponse>::Deserialize(&bytes, &message).ok());
    first_two += static_cast<size_t>(message.records_size());
  }

  // Stops within a message, on its last record, and on the first record of the next.
  for (const size_t taken : {first_two - 10, first_two, first_two + 1}) {
    RecordStream stream = client->ListRange(request);
    std::vector<std::string> seen;
    std::vector<std::string> at_token;
    std::string token;
    for (size_t i = 0; i < taken; ++i) {
      const v1::PortRecord* record = stream.Next();
      ASSERT_NE(record, nullptr);
      seen.push_back(record->SerializeAsString());
      if (token != stream.resume_token()) {
        token = stream.resume_token();
        at_token = seen;
      }
    }
    ASSERT_NE(token, "");
    v1::ListRangeRequest rest = request;
    rest.set_resume_token(token);
    for (const v1::PortRecord& record : client->ListRange(rest)) {
      at_token.push_back(record.SerializeAsString());
    }
    EXPECT_TRUE(at_token == all) << taken;
  }
}

// Yields messages of 1 MiB.
class LargeReader final : public grpc::ClientReaderInterface<v1::ListRangeResponse> {
 public:
  static constexpr int kMessages = 100;
  static constexpr int kRecords = 16;

  bool Read(v1::ListRangeResponse* message) override {
    if (read_++ == kMessages) return false;
    message->Clear();
    for (int i = 0; i < kRecords; ++i) {
      message->add_records()->set_description(std::string((1 << 20) / kRecords, 'x'));
    }
    return true;
  }
  bool NextMessageSize(uint32_t* size) override { return *size = 1 << 20, read_ < kMessages; }
  void WaitForInitialMetadata() override {}
  grpc::Status Finish() override { return grpc::Status::OK; }

 private:
  int read_ = 0;
};

size_t BytesInUse() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

TEST(RecordStreamMockTest, HoldsNoMoreThanTwoMessages) {
  auto stub = std::make_shared<v1::MockPortRegistryServiceStub>();
  EXPECT_CALL(*stub, ListRangeRaw).WillOnce(Return(new LargeReader));
  const size_t before = BytesInUse();
  size_t most = 0;
  int records = 0;
  for ([[maybe_unused]] const v1::PortRecord& record : Client(stub).ListRange({})) {
    ++records;
    most = std::max(most, BytesInUse());
  }
  EXPECT_EQ(records, LargeReader::kMessages * LargeReader::kRecords);
  EXPECT_LT(most, before + (4 << 20));
}

}  // namespace
}  // namespace portreg
