#include "portreg/testing/mock_stub.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "portreg/client.h"
#include "portreg/error.h"

namespace portreg_test {
namespace {

namespace v1 = portreg::v1;
using ::portreg::Client;
using ::portreg::ErrorReason;
using ::portreg::testing::Answers;
using ::portreg::testing::Fails;
using ::portreg::testing::ListingOf;
using ::portreg::testing::MockStub;
using ::portreg::testing::WatchOf;
using ::testing::_;
using ::testing::ElementsAre;
using ::testing::NiceMock;
using ::testing::StrictMock;

v1::ListRangeResponse MessageOf(const std::vector<std::string>& services) {
  v1::ListRangeResponse message;
  for (const std::string& service : services) message.add_records()->set_service(service);
  return message;
}

// Returns a callback that stores the one outcome of a call.
template <typename Response>
portreg::Callback<Response> Into(std::optional<absl::StatusOr<Response>>& outcome) {
  return [&outcome](absl::StatusOr<Response> answer) {
    EXPECT_FALSE(outcome.has_value());
    outcome = std::move(answer);
  };
}

class MockStubTest : public ::testing::Test {
 protected:
  static portreg::ClientOptions Options() {
    portreg::ClientOptions options;
    options.retry.max_attempts = 1;
    return options;
  }

  const std::shared_ptr<StrictMock<MockStub>> stub_ = std::make_shared<StrictMock<MockStub>>();
  const Client client_{stub_, Options()};
};

TEST_F(MockStubTest, AnswersLookup) {
  v1::LookupRequest request;
  request.set_port(7100);
  v1::LookupResponse response;
  v1::PortRecord& record = *response.add_records();
  record.set_service("billing");
  record.set_first_port(7100);
  record.set_last_port(7100);
  const auto asks_the_port = [](const v1::LookupRequest& r) { return r.port() == 7100; };
  EXPECT_CALL(*stub_, Lookup(_, ::testing::Truly(asks_the_port), _))
      .Times(2)
      .WillRepeatedly(Answers(response));
  EXPECT_EQ(client_.Lookup(request)->records(0).service(), "billing");
  std::optional<absl::StatusOr<v1::LookupResponse>> outcome;
  client_.LookupAsync(request, Into(outcome));
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ((*outcome)->records(0).service(), "billing");
}

TEST_F(MockStubTest, AnswersBatchLookup) {
  v1::BatchLookupResponse response;
  response.set_revision("r");
  EXPECT_CALL(*stub_, BatchLookup).Times(2).WillRepeatedly(Answers(response));
  EXPECT_EQ(client_.BatchLookup({})->revision(), "r");
  std::optional<absl::StatusOr<v1::BatchLookupResponse>> outcome;
  client_.BatchLookupAsync({}, Into(outcome));
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ((*outcome)->revision(), "r");
}

TEST_F(MockStubTest, WithoutAnExpectationEachLookupOfABatchIsAnswered) {
  const auto stub = std::make_shared<NiceMock<MockStub>>();
  v1::BatchLookupRequest request;
  for (int port = 0; port < 3; ++port) request.add_requests()->set_port(port);
  const absl::StatusOr<v1::BatchLookupResponse> answer = Client(stub).BatchLookup(request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_EQ(answer->results_size(), 3);
  for (const v1::LookupResult& result : answer->results()) EXPECT_TRUE(result.has_response());
}

TEST_F(MockStubTest, AnswerThatBreaksTheContractIsInternal) {
  v1::BatchLookupRequest request;
  request.add_requests()->set_port(7100);
  EXPECT_CALL(*stub_, BatchLookup).Times(2).WillRepeatedly(Answers(v1::BatchLookupResponse()));
  const absl::Status wanted =
      absl::InternalError("the server's reply to BatchLookup has 0 results for 1 requests");
  EXPECT_EQ(client_.BatchLookup(request).status(), wanted);
  std::optional<absl::StatusOr<v1::BatchLookupResponse>> outcome;
  client_.BatchLookupAsync(request, Into(outcome));
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->status(), wanted);
}

TEST_F(MockStubTest, AnswersClassify) {
  v1::ClassifyResponse response;
  response.set_title("t");
  EXPECT_CALL(*stub_, Classify).Times(2).WillRepeatedly(Answers(response));
  EXPECT_EQ(client_.Classify({})->title(), "t");
  std::optional<absl::StatusOr<v1::ClassifyResponse>> outcome;
  client_.ClassifyAsync({}, Into(outcome));
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ((*outcome)->title(), "t");
}

TEST_F(MockStubTest, AnswersCheck) {
  v1::CheckRequest request;
  request.add_claims()->set_first_port(7100);
  v1::CheckResponse response;
  v1::Finding& finding = *response.add_results()->add_findings();
  finding.set_severity(v1::SEVERITY_ERROR);
  finding.set_kind(v1::ADVISORY_KIND_TAKEN_LOCALLY);
  finding.set_first_port(7100);
  finding.set_last_port(7100);
  response.mutable_results(0)->set_total_count(1);
  EXPECT_CALL(*stub_, Check).Times(2).WillRepeatedly(Answers(response));
  EXPECT_EQ(client_.Check(request)->results(0).findings(0).kind(), v1::ADVISORY_KIND_TAKEN_LOCALLY);
  std::optional<absl::StatusOr<v1::CheckResponse>> outcome;
  client_.CheckAsync(request, Into(outcome));
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ((*outcome)->results_size(), 1);
}

TEST_F(MockStubTest, WithoutAnExpectationClaimsHaveNoFindings) {
  const auto stub = std::make_shared<NiceMock<MockStub>>();
  v1::CheckRequest request;
  for (int port = 0; port < 3; ++port) request.add_claims()->set_first_port(port);
  const absl::StatusOr<v1::CheckResponse> answer = Client(stub).Check(request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_EQ(answer->results_size(), 3);
  for (const v1::ClaimResult& result : answer->results()) EXPECT_EQ(result.total_count(), 0);
}

TEST_F(MockStubTest, AnswersSuggest) {
  v1::SuggestResponse response;
  response.add_ports(7100);
  response.set_free_count(1);
  response.set_candidate_count(1);
  EXPECT_CALL(*stub_, Suggest).Times(2).WillRepeatedly(Answers(response));
  EXPECT_EQ(client_.Suggest({})->ports(0), 7100);
  std::optional<absl::StatusOr<v1::SuggestResponse>> outcome;
  client_.SuggestAsync({}, Into(outcome));
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ((*outcome)->ports(0), 7100);
}

TEST_F(MockStubTest, SuggestionOutsideTheRangeIsInternal) {
  v1::SuggestResponse response;
  response.add_ports(80);
  response.set_free_count(1);
  response.set_candidate_count(1);
  EXPECT_CALL(*stub_, Suggest).WillOnce(Answers(response));
  EXPECT_EQ(client_.Suggest({}).status(),
            absl::InternalError("the server's reply to Suggest suggests port 80, which must be "
                                "within [1024, 49151]"));
}

TEST_F(MockStubTest, TellsAWatch) {
  v1::WatchResponse message;
  message.set_revision("1");
  const auto knows_nothing = [](const v1::WatchRequest& r) { return r.revision().empty(); };
  // After an interruption, a watch also asks without a revision.
  EXPECT_CALL(*stub_, WatchRaw(_, ::testing::Truly(knows_nothing)))
      .WillOnce(WatchOf({message}, absl::UnavailableError("gone")))
      .WillOnce(Fails(absl::PermissionDeniedError("no"), v1::ERROR_REASON_CLIENT_NOT_ALLOWED));
  std::vector<std::string> told;
  absl::Notification over;
  portreg::WatchOptions options;
  options.on_interruption = [&](const absl::Status& status) {
    told.emplace_back(status.message());
  };
  options.on_end = [&](const absl::Status& status) {
    told.push_back(v1::ErrorReason_Name(ErrorReason(status)));
    over.Notify();
  };
  const portreg::Watcher watcher = client_.Watch(
      [&](const v1::WatchResponse& now) { told.push_back(now.revision()); }, std::move(options));
  over.WaitForNotification();
  EXPECT_THAT(told, ElementsAre("1", "gone", "ERROR_REASON_CLIENT_NOT_ALLOWED"));
}

TEST_F(MockStubTest, WatchThatNothingIsExpectedOfEndsAtOnce) {
  const auto stub = std::make_shared<NiceMock<MockStub>>();
  const Client client(stub);
  absl::Status end;
  portreg::WatchOptions options;
  options.on_end = [&](const absl::Status& status) { end = status; };
  const portreg::Watcher watcher = client.Watch(nullptr, std::move(options));
  EXPECT_EQ(end.code(), absl::StatusCode::kUnimplemented);
}

TEST_F(MockStubTest, AnswersSearch) {
  v1::SearchResponse response;
  response.set_revision("r");
  EXPECT_CALL(*stub_, Search).Times(2).WillRepeatedly(Answers(response));
  EXPECT_EQ(client_.Search({})->revision(), "r");
  std::optional<absl::StatusOr<v1::SearchResponse>> outcome;
  client_.SearchAsync({}, Into(outcome));
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ((*outcome)->revision(), "r");
}

TEST_F(MockStubTest, AnswersGetRegistryInfo) {
  v1::GetRegistryInfoResponse response;
  response.set_server_version("1");
  EXPECT_CALL(*stub_, GetRegistryInfo).Times(2).WillRepeatedly(Answers(response));
  EXPECT_EQ(client_.GetRegistryInfo()->server_version(), "1");
  std::optional<absl::StatusOr<v1::GetRegistryInfoResponse>> outcome;
  client_.GetRegistryInfoAsync(Into(outcome));
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ((*outcome)->server_version(), "1");
}

TEST_F(MockStubTest, FailsCalls) {
  EXPECT_CALL(*stub_, Lookup).Times(2).WillRepeatedly(Fails(absl::UnavailableError("down")));
  EXPECT_EQ(client_.LookupPort(1).status(), absl::UnavailableError("down"));
  std::optional<absl::StatusOr<v1::LookupResponse>> outcome;
  client_.LookupAsync({}, Into(outcome));
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->status(), absl::UnavailableError("down"));
}

TEST_F(MockStubTest, FailsWithAReason) {
  const auto fails =
      Fails(absl::NotFoundError("no such service"), v1::ERROR_REASON_SERVICE_NOT_FOUND);
  EXPECT_CALL(*stub_, Lookup).WillOnce(fails);
  const absl::Status status = client_.LookupService("x").status();
  EXPECT_TRUE(absl::IsNotFound(status));
  EXPECT_EQ(ErrorReason(status), v1::ERROR_REASON_SERVICE_NOT_FOUND);
  // A status of the client keeps its reason.
  EXPECT_CALL(*stub_, Classify).WillOnce(Fails(status));
  EXPECT_EQ(client_.Classify({}).status(), status);
}

TEST_F(MockStubTest, WithoutAReasonThereIsNone) {
  EXPECT_CALL(*stub_, Lookup).WillOnce(Fails(absl::NotFoundError("no")));
  EXPECT_EQ(ErrorReason(client_.LookupPort(1).status()), v1::ERROR_REASON_UNSPECIFIED);
}

TEST_F(MockStubTest, ListsMessages) {
  EXPECT_CALL(*stub_, ListRangeRaw)
      .Times(2)
      .WillRepeatedly(ListingOf({MessageOf({"a", "b"}), MessageOf({}), MessageOf({"c"})}));
  for (int i = 0; i < 2; ++i) {
    portreg::RecordStream records = client_.ListRange({});
    std::vector<std::string> services;
    while (const v1::PortRecord* record = records.Next()) services.push_back(record->service());
    EXPECT_THAT(services, ElementsAre("a", "b", "c"));
    EXPECT_TRUE(records.status().ok());
  }
}

TEST_F(MockStubTest, AListingEndsWithItsError) {
  EXPECT_CALL(*stub_, ListRangeRaw)
      .WillOnce(ListingOf({MessageOf({"a"})}, absl::DataLossError("cut")))
      .WillOnce(Fails(absl::AbortedError("changed"), v1::ERROR_REASON_REVISION_CHANGED));
  portreg::RecordStream cut = client_.ListRange({});
  EXPECT_NE(cut.Next(), nullptr);
  EXPECT_EQ(cut.Next(), nullptr);
  EXPECT_EQ(cut.status(), absl::DataLossError("cut"));
  portreg::RecordStream changed = client_.ListRange({});
  EXPECT_EQ(changed.Next(), nullptr);
  EXPECT_EQ(ErrorReason(changed.status()), v1::ERROR_REASON_REVISION_CHANGED);
}

TEST_F(MockStubTest, TheClientGoesOnWithAListingThatBreaks) {
  portreg::ClientOptions options;
  options.retry.initial_backoff = absl::Milliseconds(1);
  const Client client(stub_, options);
  v1::ListRangeResponse first = MessageOf({"a"});
  first.set_resume_token("t");
  const auto resumes = [](const v1::ListRangeRequest& r) { return r.resume_token() == "t"; };
  // GoogleMock tries the later expectation first. It does not match the first call.
  EXPECT_CALL(*stub_, ListRangeRaw)
      .WillOnce(ListingOf({first}, absl::UnavailableError("restarts")));
  EXPECT_CALL(*stub_, ListRangeRaw(_, ::testing::Truly(resumes)))
      .WillOnce(ListingOf({MessageOf({"b"})}));
  portreg::RecordStream records = client.ListRange({});
  std::vector<std::string> services;
  while (const v1::PortRecord* record = records.Next()) services.push_back(record->service());
  EXPECT_THAT(services, ElementsAre("a", "b"));
}

// Reads a listing to its end, without blocking.
struct AsyncListing {
  explicit AsyncListing(const Client& client) : stream(client.ListRangeAsync({})) {}

  void ReadAll() {
    stream.Next([this](absl::StatusOr<std::optional<v1::ListRangeResponse>> message) {
      if (!message.ok() || !message->has_value()) {
        ++ends;
        status = message.status();
        return;
      }
      ++messages;
      ReadAll();
    });
  }

  portreg::AsyncRecordStream stream;
  int messages = 0;
  int ends = 0;
  absl::Status status;
};

TEST_F(MockStubTest, ListsWithoutBlocking) {
  EXPECT_CALL(*stub_, ListRangeRaw)
      .WillOnce(ListingOf({MessageOf({"a"}), MessageOf({"b"})}))
      .WillOnce(ListingOf({MessageOf({"a"})}, absl::DataLossError("cut")));
  AsyncListing whole(client_);
  whole.ReadAll();
  EXPECT_EQ(whole.messages, 2);
  EXPECT_EQ(whole.ends, 1);
  EXPECT_TRUE(whole.status.ok()) << whole.status;
  AsyncListing cut(client_);
  cut.ReadAll();
  EXPECT_EQ(cut.messages, 1);
  EXPECT_EQ(cut.ends, 1);
  EXPECT_EQ(cut.status, absl::DataLossError("cut"));
}

TEST_F(MockStubTest, AListingThatIsLeftGoesAway) {
  EXPECT_CALL(*stub_, ListRangeRaw).WillOnce(ListingOf({MessageOf({"a"}), MessageOf({"b"})}));
  portreg::AsyncRecordStream stream = client_.ListRangeAsync({});
  bool read = false;
  stream.Next([&read](auto message) { read = message.ok() && message->has_value(); });
  EXPECT_TRUE(read);
}

TEST_F(MockStubTest, ALongListingDoesNotGrowTheStack) {
  constexpr int kMessages = 100'000;
  EXPECT_CALL(*stub_, ListRangeRaw)
      .WillOnce(ListingOf(std::vector<v1::ListRangeResponse>(kMessages, MessageOf({"a"}))));
  AsyncListing listing(client_);
  listing.ReadAll();
  EXPECT_EQ(listing.messages, kMessages);
  EXPECT_EQ(listing.ends, 1);
}

// Asks again from within the callback, `left` times.
void AskAgain(const Client& client, int& left, int& depth) {
  client.LookupAsync({}, [&](const absl::StatusOr<v1::LookupResponse>& /*answer*/) {
    ++depth;
    EXPECT_EQ(depth, 1);
    if (--left > 0) AskAgain(client, left, depth);
    --depth;
  });
}

TEST(MockStubCallbackTest, AChainOfCallsDoesNotGrowTheStack) {
  const Client client(std::make_shared<NiceMock<MockStub>>());
  int left = 20'000;
  int depth = 0;
  AskAgain(client, left, depth);
  EXPECT_EQ(left, 0);
}

TEST(MockStubCallbackTest, TheStubMayGoAwayInACallback) {
  auto client = std::make_unique<Client>(std::make_shared<NiceMock<MockStub>>());
  bool called = false;
  client->LookupAsync({}, [&](const absl::StatusOr<v1::LookupResponse>& /*answer*/) {
    client.reset();
    called = true;
  });
  EXPECT_TRUE(called);
}

TEST(MockStubCallbackTest, ThreadsMayCallAtOnce) {
  const auto stub = std::make_shared<NiceMock<MockStub>>();
  const Client client(stub);
  EXPECT_CALL(*stub, Lookup).Times(400).WillRepeatedly(Answers(v1::LookupResponse()));
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&client] {
      for (int call = 0; call < 100; ++call) {
        absl::Notification called;
        client.LookupAsync({}, [&called](const auto& /*answer*/) { called.Notify(); });
        EXPECT_TRUE(called.HasBeenNotified());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(MockStubTest, AListingWithoutAReaderIsAnError) {
  EXPECT_CALL(*stub_, ListRangeRaw).WillRepeatedly(::testing::Return(nullptr));
  portreg::RecordStream records = client_.ListRange({});
  EXPECT_EQ(records.Next(), nullptr);
  EXPECT_EQ(records.status().code(), absl::StatusCode::kInternal);
  std::optional<absl::StatusOr<std::optional<v1::ListRangeResponse>>> outcome;
  client_.ListRangeAsync({}).Next(Into(outcome));
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->status().code(), absl::StatusCode::kInternal);
}

TEST_F(MockStubTest, ACallbackThatThrowsHarmsNoLaterCall) {
  EXPECT_CALL(*stub_, Lookup).WillRepeatedly(Answers(v1::LookupResponse()));
  EXPECT_THROW(client_.LookupAsync({}, [](const auto&) { throw std::runtime_error("thrown"); }),
               std::runtime_error);
  std::optional<absl::StatusOr<v1::LookupResponse>> outcome;
  client_.LookupAsync({}, Into(outcome));
  EXPECT_TRUE(outcome.has_value());
}

TEST(MockStubDefaultTest, AnswersAreEmpty) {
  const Client client(std::make_shared<NiceMock<MockStub>>());
  EXPECT_TRUE(client.LookupPort(1).ok());
  EXPECT_TRUE(client.Search({}).ok());
  portreg::RecordStream records = client.ListRange({});
  EXPECT_EQ(records.Next(), nullptr);
  EXPECT_TRUE(records.status().ok());
}

}  // namespace
}  // namespace portreg_test
