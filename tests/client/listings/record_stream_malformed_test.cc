// Listings whose messages are malformed, or not what portregd sends.
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "google/protobuf/stubs/logging.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "portreg/client.h"
#include "portreg/record_stream.h"
#include "portreg/v1/port_registry_service.grpc.pb.h"
#include "tests/client/fake_server.h"
#include "tests/client/listings.h"

namespace portreg {
namespace {

using ::testing::ElementsAre;

// Writes messages as they are given, then ends with OK.
class BytesWriter final : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  explicit BytesWriter(std::vector<std::string> messages) : messages_(std::move(messages)) {
    OnWriteDone(true);
  }
  void OnWriteDone(bool ok) override {
    if (!ok || next_ == messages_.size()) {
      Finish(grpc::Status::OK);
      return;
    }
    const grpc::Slice slice(messages_[next_++]);
    message_ = grpc::ByteBuffer(&slice, 1);
    StartWrite(&message_);
  }
  void OnDone() override { delete this; }

 private:
  const std::vector<std::string> messages_;
  size_t next_ = 0;
  grpc::ByteBuffer message_;
};

class BytesService final : public v1::PortRegistryService::WithRawCallbackMethod_ListRange<
                               v1::PortRegistryService::Service> {
 public:
  explicit BytesService(std::vector<std::string> messages) : messages_(std::move(messages)) {}
  grpc::ServerWriteReactor<grpc::ByteBuffer>* ListRange(
      grpc::CallbackServerContext* /*context*/, const grpc::ByteBuffer* /*request*/) override {
    return new BytesWriter(messages_);
  }

 private:
  const std::vector<std::string> messages_;
};

class RecordStreamMalformedTest : public ::testing::Test {
 protected:
  // A listing of these messages.
  RecordStream List(std::vector<std::string> messages) {
    Serve(std::move(messages));
    return client_->ListRange({});
  }

  // The same, without blocking.
  AsyncRecordStream ListAsync(std::vector<std::string> messages) {
    Serve(std::move(messages));
    return client_->ListRangeAsync({});
  }

  void Serve(std::vector<std::string> messages) {
    service_ = std::make_unique<BytesService>(std::move(messages));
    server_ = std::make_unique<FakeServer>(*service_);
    client_ = MakeClient(OptionsFor(server_->target()));
  }

  std::unique_ptr<BytesService> service_;
  std::unique_ptr<FakeServer> server_;
  std::unique_ptr<Client> client_;
};

const absl::Status& Malformed() {
  static const absl::Status status = absl::InternalError(
      "the server's reply to ListRange is not a valid message, or has too many parts");
  return status;
}

std::string BytesOf(const std::vector<std::string>& names, const std::string& token) {
  return MessageOf(names, token).SerializeAsString();
}

TEST_F(RecordStreamMalformedTest, LastMessageIsNotTakenForTheEnd) {
  RecordStream stream = List({BytesOf({"a"}, "1"), "\x0a\xff"});
  const Yield yield = ReadToEnd(stream);
  EXPECT_THAT(yield.Names(), ElementsAre("a"));
  EXPECT_EQ(yield.status, Malformed());
  EXPECT_EQ(yield.revision, "revision");
  EXPECT_EQ(yield.resume_token, "1");
}

TEST_F(RecordStreamMalformedTest, MessagesThatFollowAreNotWaitedFor) {
  RecordStream stream = List({"\x0a\xff", BytesOf({"b"}, "2"), BytesOf({"c"}, "3")});
  const absl::Time start = absl::Now();
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(stream.Next(), nullptr);
    EXPECT_EQ(stream.status(), Malformed());
  }
  EXPECT_EQ(stream.resume_token(), "");
  EXPECT_LT(absl::Now() - start, absl::Seconds(10));
}

TEST_F(RecordStreamMalformedTest, RecordEndsTheListingWhereItStands) {
  const ::google::protobuf::LogSilencer silencer;
  std::string bytes = BytesOf({"b", "c?", "d"}, "2");
  bytes[bytes.find('?')] = '\xff';
  RecordStream stream = List({BytesOf({"a"}, "1"), bytes, BytesOf({"e"}, "3")});
  const Yield yield = ReadToEnd(stream);
  EXPECT_THAT(yield.Names(), ElementsAre("a", "b"));
  EXPECT_EQ(yield.status, Malformed());
  EXPECT_EQ(yield.revision, "revision");
  EXPECT_EQ(yield.resume_token, "1");
  EXPECT_EQ(stream.Next(), nullptr);
}

TEST_F(RecordStreamMalformedTest, MessageThatOnlyTheGeneratedParserKnowsIsRead) {
  // A field that this version has not heard of, after the records and before.
  const std::string unknown = "\xa2\x06\x01?";
  RecordStream stream =
      List({BytesOf({"a", "b"}, "1") + unknown, unknown + BytesOf({"c", "d"}, "2")});
  EXPECT_THAT(NamesOf(stream), ElementsAre("a", "b", "c", "d"));
  EXPECT_EQ(stream.status(), absl::OkStatus());
  EXPECT_EQ(stream.resume_token(), "2");
}

TEST_F(RecordStreamMalformedTest, AsyncLastMessageIsNotTakenForTheEnd) {
  const ::google::protobuf::LogSilencer silencer;
  AsyncRecordStream stream = ListAsync({BytesOf({"a"}, "1"), "\x0a\xff"});
  const Yield yield = ReadToEnd(stream);
  EXPECT_THAT(yield.Names(), ElementsAre("a"));
  EXPECT_EQ(yield.status, Malformed());
  EXPECT_EQ(yield.resume_token, "1");
  EXPECT_EQ(NextOf(stream).status(), Malformed());
}

TEST_F(RecordStreamMalformedTest, AsyncMessagesThatFollowAreNotWaitedFor) {
  const ::google::protobuf::LogSilencer silencer;
  AsyncRecordStream stream = ListAsync({"\x0a\xff", BytesOf({"b"}, "2"), BytesOf({"c"}, "3")});
  const absl::Time start = absl::Now();
  for (int i = 0; i < 2; ++i) EXPECT_EQ(NextOf(stream).status(), Malformed());
  EXPECT_LT(absl::Now() - start, absl::Seconds(10));
}

}  // namespace
}  // namespace portreg
