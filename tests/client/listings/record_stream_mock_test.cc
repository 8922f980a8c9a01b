// Listings of a mock of the stub.
#include <malloc.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "grpcpp/test/mock_stream.h"
#include "gtest/gtest.h"
#include "portreg/client.h"
#include "portreg/record_stream.h"
#include "portreg/v1/port_registry_service_mock.grpc.pb.h"
#include "tests/client/fake_server.h"
#include "tests/client/listings.h"

namespace portreg {
namespace {

using ::testing::_;
using ::testing::DoAll;
using ::testing::ElementsAre;
using ::testing::Return;
using ::testing::SetArgPointee;

using MockReader = ::grpc::testing::MockClientReader<v1::ListRangeResponse>;

TEST(RecordStreamMockTest, RecordsComeFromTheMock) {
  auto stub = std::make_shared<v1::MockPortRegistryServiceStub>();
  auto reader = std::make_unique<MockReader>();
  EXPECT_CALL(*reader, Read)
      .WillOnce(DoAll(SetArgPointee<0>(MessageOf({"http", "https"}, "1")), Return(true)))
      .WillOnce(Return(false));
  EXPECT_CALL(*reader, Finish).WillOnce(Return(grpc::Status::OK));
  EXPECT_CALL(*stub, ListRangeRaw(_, ::testing::Property(&v1::ListRangeRequest::first_port, 80)))
      .WillOnce(Return(reader.release()));

  v1::ListRangeRequest request;
  request.set_first_port(80);
  RecordStream stream = Client(stub).ListRange(request);
  EXPECT_THAT(NamesOf(stream), ElementsAre("http", "https"));
  EXPECT_EQ(stream.status(), absl::OkStatus());
}

TEST(RecordStreamMockTest, AssignedToItselfItKeepsWhatItHas) {
  auto stub = std::make_shared<v1::MockPortRegistryServiceStub>();
  auto reader = std::make_unique<MockReader>();
  const std::string token(100, 't');
  EXPECT_CALL(*reader, Read)
      .WillOnce(DoAll(SetArgPointee<0>(MessageOf({"a"}, token)), Return(true)))
      .WillOnce(DoAll(SetArgPointee<0>(MessageOf({"b"}, token)), Return(true)))
      .WillOnce(Return(false));
  EXPECT_CALL(*reader, Finish).WillOnce(Return(grpc::Status::OK));
  EXPECT_CALL(*stub, ListRangeRaw).WillOnce(Return(reader.release()));
  RecordStream stream = Client(stub).ListRange({});
  RecordStream& same = stream;
  ASSERT_NE(stream.Next(), nullptr);
  stream = std::move(same);
  EXPECT_EQ(stream.resume_token(), token);
  EXPECT_EQ(stream.revision(), "revision");
  EXPECT_THAT(NamesOf(stream), ElementsAre("b"));
}

TEST(RecordStreamMockTest, BrokenListingWithoutATokenIsNotBegunAnew) {
  auto stub = std::make_shared<v1::MockPortRegistryServiceStub>();
  auto reader = std::make_unique<MockReader>();
  EXPECT_CALL(*reader, Read)
      .WillOnce(DoAll(SetArgPointee<0>(MessageOf({"a"}, "")), Return(true)))
      .WillOnce(Return(false));
  EXPECT_CALL(*reader, Finish).WillOnce(Return(Broken()));
  EXPECT_CALL(*stub, ListRangeRaw).WillOnce(Return(reader.release()));
  RecordStream stream = Client(stub).ListRange({});
  EXPECT_THAT(NamesOf(stream), ElementsAre("a"));
  EXPECT_TRUE(absl::IsUnavailable(stream.status())) << stream.status();
}

TEST(RecordStreamMockTest, StreamsOfAListingShareOneDeadline) {
  auto stub = std::make_shared<v1::MockPortRegistryServiceStub>();
  std::vector<gpr_timespec> deadlines;
  absl::Time first;
  EXPECT_CALL(*stub, ListRangeRaw)
      .Times(3)
      .WillRepeatedly([&](grpc::ClientContext* context, const v1::ListRangeRequest&) {
        if (deadlines.empty()) first = absl::FromChrono(context->deadline());
        deadlines.push_back(context->raw_deadline());
        auto* const reader = new MockReader;
        EXPECT_CALL(*reader, Read)
            .WillOnce(DoAll(SetArgPointee<0>(MessageOf({"a"}, "1")), Return(true)))
            .WillOnce(Return(false));
        EXPECT_CALL(*reader, Finish)
            .WillOnce(Return(deadlines.size() < 3 ? Broken() : grpc::Status::OK));
        return reader;
      });
  ClientOptions options = OptionsFor("");
  options.list_timeout = absl::Minutes(7);
  const absl::Time before = absl::Now();
  RecordStream stream = Client(stub, options).ListRange({});
  EXPECT_THAT(NamesOf(stream), ElementsAre("a", "a", "a"));
  EXPECT_EQ(stream.status(), absl::OkStatus());
  ASSERT_EQ(deadlines.size(), 3);
  EXPECT_GE(first, before + options.list_timeout - absl::Milliseconds(1));
  EXPECT_LE(first, absl::Now() + options.list_timeout + absl::Milliseconds(1));
  EXPECT_EQ(gpr_time_cmp(deadlines[1], deadlines[0]), 0);
  EXPECT_EQ(gpr_time_cmp(deadlines[2], deadlines[0]), 0);
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
  RecordStream stream = Client(stub).ListRange({});
  int records = 0;
  while (stream.Next() != nullptr) {
    ++records;
    most = std::max(most, BytesInUse());
  }
  EXPECT_EQ(records, LargeReader::kMessages * LargeReader::kRecords);
  EXPECT_LT(most, before + (4 << 20));
}

}  // namespace
}  // namespace portreg
