// Tests calls that workers answer, on a running server.
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/service/service.h"
#include "tests/server/busy_workers.h"
#include "tests/server/running_server.h"

namespace portreg::server {
namespace {

using ::testing::HasSubstr;

// A search that is under way.
class BegunSearch {
 public:
  explicit BegunSearch(v1::PortRegistryService::Stub& stub,
                       absl::Duration patience = absl::Seconds(30)) {
    context_.set_deadline(absl::ToChronoTime(absl::Now() + patience));
    request_.set_query("http");
    stub.async()->Search(&context_, &request_, &response_,
                         [this](const grpc::Status& status) { status_.set_value(status); });
  }
  ~BegunSearch() {
    Cancel();
    if (future_.valid()) future_.wait();
  }

  void Cancel() { context_.TryCancel(); }
  grpc::Status Await() { return future_.get(); }
  [[nodiscard]] const v1::SearchResponse& response() const { return response_; }

 private:
  grpc::ClientContext context_;
  v1::SearchRequest request_;
  v1::SearchResponse response_;
  std::promise<grpc::Status> status_;
  std::future<grpc::Status> future_ = status_.get_future();
};

// Provides a server whose workers are busy.
class WorkerCallsTest : public testing::Test {
 protected:
  explicit WorkerCallsTest(ServerOptions options = {})
      : server_(SmallRegistry(), std::move(options)), busy_(calls().workers()) {}

  Calls& calls() { return server_.server().calls(); }
  WorkerPool& workers() { return calls().workers(); }
  uint64_t Handled(Method method, grpc::StatusCode code) {
    return calls().stats().of(method).handled[code];
  }
  bool AwaitIdle() { return calls().AwaitNone(absl::Seconds(10)); }

  RunningServer server_;
  BusyWorkers busy_;
};

TEST_F(WorkerCallsTest, SearchesWaitAndLookupsDoNot) {
  BegunSearch search(server_.stub());
  ASSERT_TRUE(AwaitWaiting(workers(), 1));
  v1::LookupResponse response;
  EXPECT_TRUE(LookUp(server_.stub(), 80, &response).ok());
  EXPECT_EQ(workers().waiting(), 1);
  busy_.Release();
  EXPECT_TRUE(search.Await().ok());
  EXPECT_EQ(search.response().matches_size(), 1);
}

TEST_F(WorkerCallsTest, ASearchAnswersFromWhatIsPublishedWhenItIsRun) {
  BegunSearch search(server_.stub());
  ASSERT_TRUE(AwaitWaiting(workers(), 1));
  server_.publication().Publish(SmallRegistry("http2"));
  busy_.Release();
  EXPECT_TRUE(search.Await().ok());
  EXPECT_EQ(search.response().matches(0).record().service(), "http2");
}

TEST_F(WorkerCallsTest, ACancelledSearchLeavesTheQueue) {
  BegunSearch cancelled(server_.stub());
  ASSERT_TRUE(AwaitWaiting(workers(), 1));
  cancelled.Cancel();
  EXPECT_EQ(cancelled.Await().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_TRUE(AwaitWaiting(workers(), 0));
  EXPECT_TRUE(AwaitIdle()) << "it is over though the workers are still busy";
  EXPECT_EQ(Handled(Method::kSearch, grpc::StatusCode::CANCELLED), 1);
}

TEST_F(WorkerCallsTest, ASearchWhoseTimeIsUpLeavesTheQueue) {
  BegunSearch late(server_.stub(), absl::Milliseconds(50));
  EXPECT_EQ(late.Await().error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_TRUE(AwaitWaiting(workers(), 0));
  EXPECT_TRUE(AwaitIdle());
}

TEST_F(WorkerCallsTest, SearchesThatWaitHearThatTheServerStops) {
  BegunSearch search(server_.stub());
  ASSERT_TRUE(AwaitWaiting(workers(), 1));
  // The workers stay busy until the server is destroyed.
  std::thread releaser([this] {
    (void)AwaitWaiting(workers(), 0);
    busy_.Release();
  });
  server_.server().Shutdown(absl::Seconds(10));
  const grpc::Status status = search.Await();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_TRUE(absl::StrContains(status.error_details(), "SERVER_STOPPING"));
  releaser.join();
}

TEST_F(WorkerCallsTest, LongRequestsWaitAndShortOnesDoNot) {
  v1::BatchLookupRequest few;
  for (int port = 0; port < 64; ++port) few.add_requests()->set_port(65'535 - port);
  v1::BatchLookupResponse response;
  EXPECT_TRUE(server_.stub().BatchLookup(Context().get(), few, &response).ok());
  EXPECT_EQ(response.results_size(), 64);

  // The requests are a batch of 100 ports, and a lookup with a field that the contract
  // does not have.
  v1::BatchLookupRequest many;
  for (int port = 0; port < 100; ++port) many.add_requests()->set_port(65'535 - port);
  ASSERT_GT(many.ByteSizeLong(), kQuickRequestBytes);
  const std::string unknown = absl::StrCat("\x08\x50\xa2\x06\x80\x10", std::string(2'048, 'x'));
  std::vector<std::future<grpc::Status>> statuses;
  for (const auto& [method, request] :
       {std::pair("BatchLookup", many.SerializeAsString()), std::pair("Lookup", unknown),
        std::pair("Classify", unknown), std::pair("GetRegistryInfo", unknown)}) {
    statuses.push_back(std::async(std::launch::async, CallRaw, server_.address(),
                                  absl::StrCat("/portreg.v1.PortRegistryService/", method), request,
                                  nullptr));
  }
  EXPECT_TRUE(AwaitWaiting(workers(), 4));
  busy_.Release();
  for (std::future<grpc::Status>& status : statuses) EXPECT_TRUE(status.get().ok());
}

TEST_F(WorkerCallsTest, ChecksAndSuggestionsWaitHoweverShort) {
  std::vector<std::future<grpc::Status>> statuses;
  for (const auto& [method, request] :
       {std::pair("Check", std::string("\x0A\x02\x08\x50")), std::pair("Suggest", std::string())}) {
    statuses.push_back(std::async(std::launch::async, CallRaw, server_.address(),
                                  absl::StrCat("/portreg.v1.PortRegistryService/", method), request,
                                  nullptr));
  }
  EXPECT_TRUE(AwaitWaiting(workers(), 2));
  v1::LookupResponse response;
  EXPECT_TRUE(LookUp(server_.stub(), 80, &response).ok());
  EXPECT_EQ(workers().waiting(), 2);
  busy_.Release();
  for (std::future<grpc::Status>& status : statuses) EXPECT_TRUE(status.get().ok());
  EXPECT_EQ(Handled(Method::kCheck, grpc::StatusCode::OK), 1);
  EXPECT_EQ(Handled(Method::kSuggest, grpc::StatusCode::OK), 1);
}

TEST_F(WorkerCallsTest, ACheckOrSuggestionWhoseTimeIsUpLeavesTheQueue) {
  const auto soon = [] {
    auto context = std::make_unique<grpc::ClientContext>();
    context->set_deadline(absl::ToChronoTime(absl::Now() + absl::Milliseconds(50)));
    return context;
  };
  v1::CheckRequest check;
  check.add_claims()->set_first_port(80);
  v1::CheckResponse checked;
  EXPECT_EQ(server_.stub().Check(soon().get(), check, &checked).error_code(),
            grpc::StatusCode::DEADLINE_EXCEEDED);
  v1::SuggestResponse suggested;
  EXPECT_EQ(server_.stub().Suggest(soon().get(), {}, &suggested).error_code(),
            grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_TRUE(AwaitWaiting(workers(), 0));
  EXPECT_TRUE(AwaitIdle()) << "both are over though the workers are still busy";
}

// Returns a listing that is not stored.
v1::ListRangeRequest FilteredListing() {
  v1::ListRangeRequest request;
  request.set_last_port(65'535);
  request.add_layers(v1::LAYER_IANA);
  return request;
}

TEST_F(WorkerCallsTest, PlainListingsDoNotWait) {
  v1::ListRangeRequest request;
  request.set_last_port(65'535);
  const std::unique_ptr<grpc::ClientContext> context = Context();
  const auto reader = server_.stub().ListRange(context.get(), request);
  v1::ListRangeResponse message;
  EXPECT_TRUE(reader->Read(&message));
  EXPECT_EQ(message.records_size(), 2);
  EXPECT_FALSE(reader->Read(&message));
  EXPECT_TRUE(reader->Finish().ok());
}

TEST_F(WorkerCallsTest, FilteredListingsWait) {
  const std::unique_ptr<grpc::ClientContext> context = Context();
  const auto reader = server_.stub().ListRange(context.get(), FilteredListing());
  ASSERT_TRUE(AwaitWaiting(workers(), 1));
  busy_.Release();
  v1::ListRangeResponse message;
  EXPECT_TRUE(reader->Read(&message));
  EXPECT_EQ(message.records_size(), 2);
  EXPECT_FALSE(reader->Read(&message));
  EXPECT_TRUE(reader->Finish().ok());
}

TEST_F(WorkerCallsTest, ACancelledListingLeavesTheQueue) {
  const std::unique_ptr<grpc::ClientContext> context = Context();
  const auto reader = server_.stub().ListRange(context.get(), FilteredListing());
  ASSERT_TRUE(AwaitWaiting(workers(), 1));
  context->TryCancel();
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_TRUE(AwaitWaiting(workers(), 0));
  EXPECT_TRUE(AwaitIdle());
}

TEST_F(WorkerCallsTest, ListingsThatWaitHearThatTheServerStops) {
  const std::unique_ptr<grpc::ClientContext> context = Context();
  const auto reader = server_.stub().ListRange(context.get(), FilteredListing());
  ASSERT_TRUE(AwaitWaiting(workers(), 1));
  calls().Stop();
  const grpc::Status status = reader->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_TRUE(absl::StrContains(status.error_details(), "SERVER_STOPPING"));
  EXPECT_TRUE(AwaitIdle());
}

class FullQueueTest : public WorkerCallsTest {
 protected:
  FullQueueTest() : WorkerCallsTest(Options()) {}

  static ServerOptions Options() {
    ServerOptions options;
    options.service.max_queued_calls = 2;
    return options;
  }
};

TEST_F(FullQueueTest, RefusesTheConnectionThatHasMostWaiting) {
  BegunSearch first(server_.stub());
  ASSERT_TRUE(AwaitWaiting(workers(), 1));
  BegunSearch second(server_.stub());
  ASSERT_TRUE(AwaitWaiting(workers(), 2));
  const auto other = v1::PortRegistryService::NewStub(ChannelTo(server_.address()));
  BegunSearch of_another(*other);
  const grpc::Status status = second.Await();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(status.error_message(), HasSubstr("2 calls wait for a worker"));
  EXPECT_TRUE(absl::StrContains(status.error_details(), "SERVER_BUSY"));
  EXPECT_EQ(workers().refused(), 1);
  busy_.Release();
  EXPECT_TRUE(first.Await().ok());
  EXPECT_TRUE(of_another.Await().ok());
}

TEST(WorkerCallsEndTest, AServerThatIsDestroyedEndsWhatWaits) {
  auto server = std::make_unique<RunningServer>(SmallRegistry());
  WorkerPool& workers = server->server().calls().workers();
  BusyWorkers busy(workers);
  const auto stub = v1::PortRegistryService::NewStub(ChannelTo(server->address()));
  BegunSearch search(*stub);
  ASSERT_TRUE(AwaitWaiting(workers, 1));
  // The destructor waits for the jobs that the workers run.
  std::thread releaser([&] {
    (void)AwaitWaiting(workers, 0);
    busy.Release();
  });
  server.reset();
  EXPECT_FALSE(search.Await().ok());
  releaser.join();
}

TEST(WorkerCallsEndTest, ChannelsWithinTheProcessAreServed) {
  Publication publication(SmallRegistry());
  PortRegistryService service(publication);
  grpc::ServerBuilder builder;
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  {
    const auto stub = v1::PortRegistryService::NewStub(server->InProcessChannel({}));
    BegunSearch search(*stub);
    EXPECT_TRUE(search.Await().ok());
    EXPECT_EQ(search.response().matches_size(), 1);
  }
  server->Shutdown();
}

}  // namespace
}  // namespace portreg::server
