#include "portreg/testing/callback_calls.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "portreg/testing/mock_stub.h"

namespace portreg_test {
namespace {

namespace v1 = portreg::v1;
using ::portreg::testing::Answers;
using ::portreg::testing::Fails;
using ::portreg::testing::ListingOf;
using ::portreg::testing::MockStub;
using ::testing::ElementsAre;
using ::testing::NiceMock;

// Records its events, and reads a given number of messages by itself.
class NotingReactor final : public grpc::ClientReadReactor<v1::ListRangeResponse> {
 public:
  explicit NotingReactor(int reads_by_itself = 0) : reads_left_(reads_by_itself) {}

  void Read() { StartRead(&message_); }

  void OnReadInitialMetadataDone(bool ok) override { Note(ok ? "metadata" : "no metadata"); }

  void OnReadDone(bool ok) override {
    Note(ok ? "message" : "no message");
    if (ok && reads_left_-- > 0) Read();
    EXPECT_FALSE(noting_);
  }

  void OnDone(const grpc::Status& status) override {
    Note("done " + std::to_string(status.error_code()));
  }

  std::vector<std::string> notes;

 private:
  void Note(const std::string& note) {
    EXPECT_FALSE(noting_) << "a reaction within another";
    noting_ = true;
    notes.push_back(note);
    noting_ = false;
  }

  v1::ListRangeResponse message_;
  int reads_left_;
  bool noting_ = false;
};

class CallbackStreamTest : public ::testing::Test {
 protected:
  // Lists two messages.
  void List(NotingReactor& reactor) {
    EXPECT_CALL(stub_, ListRangeRaw).WillOnce(ListingOf({{}, {}}));
    stub_.async()->ListRange(&context_, &request_, &reactor);
  }

  NiceMock<MockStub> stub_;
  grpc::ClientContext context_;
  const v1::ListRangeRequest request_;
};

TEST_F(CallbackStreamTest, NothingHappensBeforeTheStart) {
  NotingReactor reactor(/*reads_by_itself=*/2);
  List(reactor);
  reactor.Read();
  EXPECT_THAT(reactor.notes, ElementsAre());
  reactor.StartCall();
  EXPECT_THAT(reactor.notes, ElementsAre("metadata", "message", "message", "no message", "done 0"));
}

TEST_F(CallbackStreamTest, IsOverWhenTheReactorStopsReading) {
  NotingReactor reactor;
  List(reactor);
  reactor.Read();
  reactor.StartCall();
  EXPECT_THAT(reactor.notes, ElementsAre("metadata", "message", "done 1"));
}

TEST_F(CallbackStreamTest, IsOverAtOnceIfNothingIsRead) {
  NotingReactor reactor;
  List(reactor);
  reactor.StartCall();
  EXPECT_THAT(reactor.notes, ElementsAre("metadata", "done 1"));
}

TEST_F(CallbackStreamTest, HoldsKeepItOpen) {
  NotingReactor reactor;
  List(reactor);
  reactor.AddMultipleHolds(2);
  reactor.StartCall();
  EXPECT_THAT(reactor.notes, ElementsAre("metadata"));
  for (int i = 0; i < 3; ++i) reactor.Read();
  reactor.RemoveHold();
  EXPECT_THAT(reactor.notes, ElementsAre("metadata", "message", "message", "no message"));
  reactor.RemoveHold();
  EXPECT_EQ(reactor.notes.back(), "done 0");
  EXPECT_EQ(reactor.notes.size(), 5);
}

TEST_F(CallbackStreamTest, AnErrorIsItsEndEvenIfNothingIsRead) {
  NotingReactor reactor;
  EXPECT_CALL(stub_, ListRangeRaw).WillOnce(Fails(absl::AbortedError("changed")));
  stub_.async()->ListRange(&context_, &request_, &reactor);
  reactor.StartCall();
  EXPECT_EQ(reactor.notes.back(), "done 10");
}

class DoneReactor final : public grpc::ClientUnaryReactor {
 public:
  void OnDone(const grpc::Status& status) override { outcome = status; }

  std::optional<grpc::Status> outcome;
};

TEST(CallbackUnaryTest, TellsTheReactor) {
  NiceMock<MockStub> stub;
  v1::LookupResponse answer;
  answer.set_revision("r");
  EXPECT_CALL(stub, Lookup).WillOnce(Answers(answer));
  EXPECT_CALL(stub, Search).WillOnce(Fails(absl::UnavailableError("down")));
  grpc::ClientContext context;
  const v1::LookupRequest request;
  v1::LookupResponse response;
  DoneReactor lookup;
  stub.async()->Lookup(&context, &request, &response, &lookup);
  EXPECT_FALSE(lookup.outcome.has_value());
  lookup.StartCall();
  ASSERT_TRUE(lookup.outcome.has_value());
  EXPECT_TRUE(lookup.outcome->ok());
  EXPECT_EQ(response.revision(), "r");

  const v1::SearchRequest search_request;
  v1::SearchResponse search_response;
  DoneReactor search;
  stub.async()->Search(&context, &search_request, &search_response, &search);
  search.StartCall();
  ASSERT_TRUE(search.outcome.has_value());
  EXPECT_EQ(search.outcome->error_code(), grpc::StatusCode::UNAVAILABLE);
}

}  // namespace
}  // namespace portreg_test
