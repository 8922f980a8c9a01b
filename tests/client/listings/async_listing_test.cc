// Tests non-blocking listings with a server and a clock that the test simulates.
#include "client/listings/async_listing.h"

#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/answers.h"
#include "tests/client/fake_backend.h"

namespace portreg::internal {
namespace {

using MessageOutcome = Outcome<std::optional<v1::ListRangeResponse>>;

const grpc::Status kListingBroke{grpc::StatusCode::UNAVAILABLE, "gone"};

v1::ListRangeResponse MessageUpTo(const std::string& token) {
  v1::ListRangeResponse message;
  message.set_revision("revision");
  message.set_resume_token(token);
  return message;
}

class AsyncListingTest : public ::testing::Test {
 protected:
  ~AsyncListingTest() override {
    listing_->Cancel();
    clock().Settle();
  }

  FakeClock& clock() { return backend_->fake_clock(); }

  std::shared_ptr<AsyncListing> NewListing() {
    return std::make_shared<AsyncListing>(
        backend_,
        ResumableListing(
            backend_, CheckedCallOptions::Create({}, {absl::Seconds(30), "timeout"}).value(), {}));
  }

  // Returns the resume token of the next message, or the status of the listing's end.
  static std::string Told(const MessageOutcome& outcome) {
    const absl::StatusOr<std::optional<v1::ListRangeResponse>> message = outcome.Await();
    if (!message.ok()) return absl::StatusCodeToString(message.status().code());
    return message->has_value() ? (*message)->resume_token() : "end";
  }
  std::string Next() {
    MessageOutcome outcome;
    listing_->Next(outcome.Taker());
    return Told(outcome);
  }

  const std::shared_ptr<FakeBackend> backend_ = std::make_shared<FakeBackend>();
  const std::shared_ptr<AsyncListing> listing_ = NewListing();
};

TEST_F(AsyncListingTest, ReadsToTheEnd) {
  MessageOutcome first;
  listing_->Next(first.Taker());
  backend_->AwaitListing(0)->Send(MessageUpTo("1"));
  backend_->AwaitListing(0)->Send(MessageUpTo("2"));
  backend_->AwaitListing(0)->EndWith(grpc::Status::OK);
  EXPECT_EQ(Told(first), "1");
  EXPECT_EQ(Next(), "2");
  EXPECT_EQ(Next(), "end");
  EXPECT_EQ(Next(), "end");
}

TEST_F(AsyncListingTest, ContinuesAfterABreakAndAPause) {
  MessageOutcome first;
  listing_->Next(first.Taker());
  backend_->AwaitListing(0)->Send(MessageUpTo("1"));
  EXPECT_EQ(Told(first), "1");
  MessageOutcome second;
  listing_->Next(second.Taker());
  backend_->AwaitListing(0)->EndWith(kListingBroke);
  clock().Settle();
  clock().Advance(backend_->options().retry.initial_backoff);
  EXPECT_EQ(backend_->AwaitListing(1)->asked(), "1");
  EXPECT_TRUE(backend_->AwaitListing(1)->terms().wait_for_ready);
  EXPECT_EQ(backend_->AwaitListing(1)->terms().deadline,
            backend_->AwaitListing(0)->terms().deadline);
  backend_->AwaitListing(1)->Send(MessageUpTo("2"));
  EXPECT_EQ(Told(second), "2");
}

TEST_F(AsyncListingTest, CancelEndsAPause) {
  MessageOutcome first;
  listing_->Next(first.Taker());
  backend_->AwaitListing(0)->Send(MessageUpTo("1"));
  EXPECT_EQ(Told(first), "1");
  MessageOutcome second;
  listing_->Next(second.Taker());
  backend_->AwaitListing(0)->EndWith(kListingBroke);
  clock().Settle();
  listing_->Cancel();
  EXPECT_EQ(Told(second), "CANCELLED");
}

TEST_F(AsyncListingTest, EndsWithoutAConnection) {
  backend_->set_connected(false);
  MessageOutcome first;
  listing_->Next(first.Taker());
  backend_->AwaitListing(0);
  clock().Advance(backend_->options().timeout);
  EXPECT_EQ(Told(first), "UNAVAILABLE");
  EXPECT_EQ(Next(), "UNAVAILABLE");
}

TEST_F(AsyncListingTest, EndsAtAMessageThatBreaksTheContract) {
  MessageOutcome first;
  listing_->Next(first.Taker());
  v1::ListRangeResponse message = MessageUpTo("1");
  message.add_records()->set_first_port(70000);
  backend_->AwaitListing(0)->Send(message);
  EXPECT_EQ(Told(first), "INTERNAL");
}

TEST_F(AsyncListingTest, CancelledIdleStreamEnds) {
  MessageOutcome first;
  listing_->Next(first.Taker());
  backend_->AwaitListing(0)->Send(MessageUpTo("1"));
  EXPECT_EQ(Told(first), "1");
  listing_->Cancel();
  EXPECT_EQ(Next(), "CANCELLED");
}

TEST_F(AsyncListingTest, CancelMayComeAtAnyTime) {
  for (size_t i = 0; i < 40; ++i) {
    const std::shared_ptr<AsyncListing> listing = NewListing();
    MessageOutcome first;
    MessageOutcome second;
    std::thread reader([&] {
      listing->Next(first.Taker());
      static_cast<void>(first.Await());
      listing->Next(second.Taker());
    });
    std::thread server([&] {
      const auto stream = backend_->AwaitListing(i);
      stream->Send(MessageUpTo("1"));
      if (i % 2 == 0) stream->EndWith(kListingBroke);
    });
    server.join();
    listing->Cancel();
    reader.join();
    EXPECT_EQ(Told(second), "CANCELLED");
  }
}

}  // namespace
}  // namespace portreg::internal
