// Tests listings of messages that are malformed, or that portregd does not send.
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "google/protobuf/stubs/logging.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "portreg/client.h"
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

class MalformedListingTest : public ::testing::TestWithParam<Way> {
 protected:
  [[nodiscard]] Listing List(std::vector<std::string> messages) {
    service_ = std::make_unique<BytesService>(std::move(messages));
    server_ = std::make_unique<FakeServer>(*service_);
    client_ = MakeClient(OptionsFor(server_->target()));
    return Listing(GetParam(), *client_);
  }

  static std::string BytesOf(const std::vector<std::string>& names, const std::string& token) {
    return MessageOf(names, token).SerializeAsString();
  }

  const absl::Status kMalformed = absl::InternalError(
      "the server's reply to ListRange is not a valid message, or has too many parts");
  const ::google::protobuf::LogSilencer silencer_;
  std::unique_ptr<BytesService> service_;
  std::unique_ptr<FakeServer> server_;
  std::unique_ptr<Client> client_;
};

INSTANTIATE_TEST_SUITE_P(Ways, MalformedListingTest, ::testing::ValuesIn(kWays),
                         ::testing::PrintToStringParamName());

TEST_P(MalformedListingTest, LastMessageIsNotTakenForTheEnd) {
  Listing listing = List({BytesOf({"a"}, "1"), "\x0a\xff"});
  EXPECT_THAT(listing.ReadToEnd().Names(), ElementsAre("a"));
  EXPECT_EQ(listing.yield().status, kMalformed);
  EXPECT_EQ(listing.yield().revision, "revision");
  EXPECT_EQ(listing.yield().resume_token, "1");
  EXPECT_FALSE(listing.Next());
  EXPECT_EQ(listing.yield().status, kMalformed);
}

TEST_P(MalformedListingTest, MessagesThatFollowAreNotWaitedFor) {
  Listing listing = List({"\x0a\xff", BytesOf({"b"}, "2"), BytesOf({"c"}, "3")});
  const absl::Time start = absl::Now();
  for (int i = 0; i < 2; ++i) {
    EXPECT_FALSE(listing.Next());
    EXPECT_EQ(listing.yield().status, kMalformed);
  }
  EXPECT_EQ(listing.yield().resume_token, "");
  EXPECT_LT(absl::Now() - start, absl::Seconds(10));
}

TEST_P(MalformedListingTest, MalformedRecordEndsTheListing) {
  std::string bytes = BytesOf({"b", "c?", "d"}, "2");
  bytes[bytes.find('?')] = '\xff';
  Listing listing = List({BytesOf({"a"}, "1"), bytes, BytesOf({"e"}, "3")});
  listing.ReadToEnd();
  // A blocking stream reads record by record.
  if (GetParam() == Way::kBlocking) {
    EXPECT_THAT(listing.yield().Names(), ElementsAre("a", "b"));
  } else {
    EXPECT_THAT(listing.yield().Names(), ElementsAre("a"));
  }
  EXPECT_EQ(listing.yield().status, kMalformed);
  EXPECT_EQ(listing.yield().resume_token, "1");
  EXPECT_FALSE(listing.Next());
}

TEST_P(MalformedListingTest, MessageThatOnlyTheGeneratedParserKnowsIsRead) {
  // The field is of a later version. It occurs after the records and before them.
  const std::string unknown = "\xa2\x06\x01?";
  Listing listing = List({BytesOf({"a", "b"}, "1") + unknown, unknown + BytesOf({"c", "d"}, "2")});
  EXPECT_THAT(listing.ReadToEnd().Names(), ElementsAre("a", "b", "c", "d"));
  EXPECT_EQ(listing.yield().status, absl::OkStatus());
  EXPECT_EQ(listing.yield().resume_token, "2");
}

}  // namespace
}  // namespace portreg
