// Tests the bounds on calls of a running server.
#include "server/service/calls.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/reload/registry_files.h"
#include "tests/server/running_server.h"

namespace portreg::server {
namespace {

using ::testing::HasSubstr;

grpc::Status LookUpOn(RunningServer& server) {
  v1::LookupRequest request;
  request.set_port(80);
  v1::LookupResponse response;
  return server.stub().Lookup(Context().get(), request, &response);
}

uint64_t Handled(RunningServer& server, Method method, grpc::StatusCode code) {
  return server.server().calls().stats().of(method).handled[code];
}

TEST(CallsTest, AreCountedByMethodAndCode) {
  RunningServer server(SmallRegistry());
  EXPECT_TRUE(LookUpOn(server).ok());
  EXPECT_TRUE(LookUpOn(server).ok());
  EXPECT_EQ(CallRaw(server.address(), "/portreg.v1.PortRegistryService/Lookup", "").error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Handled(server, Method::kLookup, grpc::StatusCode::OK), 2);
  EXPECT_EQ(Handled(server, Method::kLookup, grpc::StatusCode::INVALID_ARGUMENT), 1);
  EXPECT_EQ(Handled(server, Method::kClassify, grpc::StatusCode::OK), 0);
  const MethodStats& lookups = server.server().calls().stats().of(Method::kLookup);
  EXPECT_EQ(lookups.started, 3);
  EXPECT_GT(lookups.handling.sum(), 0);
}

TEST(CallsTest, MethodsThatNobodyServesHaveOneNameTogether) {
  RunningServer server(SmallRegistry());
  for (const char* const method :
       {"/portreg.v1.PortRegistryService/NoSuch", "/no.such/Method", "/x"}) {
    const grpc::Status status = CallRaw(server.address(), method, "");
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
    EXPECT_THAT(status.error_message(), HasSubstr(method));
  }
  EXPECT_EQ(Handled(server, Method::kOther, grpc::StatusCode::UNIMPLEMENTED), 3);
}

TEST(CallsTest, NoMoreThanTheLimitAreUnderWay) {
  ServerOptions options;
  options.service.max_calls = 2;
  RunningServer server(SmallRegistry(), options);
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::unique_ptr<grpc::ClientReader<v1::WatchResponse>>> watches;
  for (int i = 0; i < 2; ++i) {
    contexts.push_back(Context());
    watches.push_back(server.stub().Watch(contexts.back().get(), {}));
    v1::WatchResponse message;
    ASSERT_TRUE(watches.back()->Read(&message));
  }
  const grpc::Status status = LookUpOn(server);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(status.error_message(), HasSubstr("2 calls are under way"));
  EXPECT_TRUE(absl::StrContains(status.error_details(), "SERVER_BUSY"));
  EXPECT_EQ(server.server().calls().refused(), 1);
  // A place becomes free.
  contexts[0]->TryCancel();
  (void)watches[0]->Finish();
  const absl::Time end = absl::Now() + absl::Seconds(10);
  while (server.server().calls().in_flight() > 1 && absl::Now() < end) {
    absl::SleepFor(absl::Milliseconds(1));
  }
  EXPECT_TRUE(LookUpOn(server).ok());
  contexts[1]->TryCancel();
  (void)watches[1]->Finish();
}

TEST(CallsTest, RepliesThatAreNotReadAreBounded) {
  ServerOptions options;
  options.service.max_unread_bytes = 1'000;
  RunningServer server(LoadRegistry({}).value(), options);
  v1::SearchRequest search;
  search.set_query("server");
  search.set_max_results(500);
  v1::SearchResponse found;
  const grpc::Status status = server.stub().Search(Context().get(), search, &found);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_TRUE(absl::StrContains(status.error_details(), "SERVER_BUSY"));
  // Stored replies need no memory of their own.
  EXPECT_TRUE(LookUpOn(server).ok());
}

TEST(CallsTest, RepliesToChecksAreBounded) {
  ServerOptions options;
  options.service.max_unread_bytes = 100;
  RunningServer server(LoadRegistry({}).value(), options);
  v1::CheckRequest check;
  check.add_claims()->set_first_port(443);
  v1::CheckResponse checked;
  const grpc::Status status = server.stub().Check(Context().get(), check, &checked);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_TRUE(absl::StrContains(status.error_details(), "SERVER_BUSY"));
}

TEST(CallsTest, WhoIsNotAdmittedHearsWhy) {
  ServerOptions options;
  options.service.admit = [](const grpc::AuthContext&) {
    return absl::PermissionDeniedError("not you");
  };
  RunningServer server(SmallRegistry(), options);
  EXPECT_EQ(LookUpOn(server).error_code(), grpc::StatusCode::PERMISSION_DENIED);
  for (const char* const method : {"BatchLookup", "Classify", "Check", "Suggest", "ListRange",
                                   "Search", "Watch", "GetRegistryInfo"}) {
    const grpc::Status status =
        CallRaw(server.address(), absl::StrCat("/portreg.v1.PortRegistryService/", method), "");
    EXPECT_EQ(status.error_code(), grpc::StatusCode::PERMISSION_DENIED) << method;
    EXPECT_EQ(status.error_message(), "not you") << method;
  }
}

TEST(CallsTest, ObserversHearOfEachCall) {
  struct Counting final : CallObserver {
    void OnHandled(const grpc::CallbackServerContext& context, Method method, grpc::StatusCode code,
                   std::chrono::nanoseconds taken) override {
      EXPECT_FALSE(context.peer().empty());
      EXPECT_EQ(method, Method::kLookup);
      EXPECT_EQ(code, grpc::StatusCode::OK);
      EXPECT_GT(taken.count(), 0);
      ++calls;
    }
    std::atomic<int> calls = 0;
  } observer;
  ServerOptions options;
  options.service.observer = &observer;
  RunningServer server(SmallRegistry(), options);
  EXPECT_TRUE(LookUpOn(server).ok());
  EXPECT_EQ(observer.calls, 1);
}

}  // namespace
}  // namespace portreg::server
