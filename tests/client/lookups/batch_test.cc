// Tests batches whose replies are too large for one message.
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "portreg/client.h"
#include "portreg/error.h"
#include "server/net/server.h"
#include "server/replies/batch_reply.h"
#include "tests/client/answers.h"
#include "tests/client/fake_server.h"
#include "tests/client/fake_service.h"
#include "tests/common/test_layers.h"
#include "tests/common/test_status.h"

namespace portreg {
namespace {

using ::testing::HasSubstr;

// A service that accepts few lookups at once. Its answers name the ports asked for.
class BatchTest : public ::testing::TestWithParam<Way> {
 protected:
  BatchTest() {
    service_.batch_lookup = [this](const v1::BatchLookupRequest& request,
                                   v1::BatchLookupResponse& response) {
      if (request.requests_size() > takes_) {
        return ReplyTooLarge();
      }
      for (const v1::LookupRequest& each : request.requests()) {
        v1::PortRecord& record = *response.add_results()->mutable_response()->add_records();
        record.set_first_port(each.port());
        record.set_last_port(each.port());
      }
      response.set_revision(revision_(++answered_));
      return grpc::Status::OK;
    };
  }

  // Asks for ports 0 to `size` - 1.
  [[nodiscard]] absl::StatusOr<v1::BatchLookupResponse> Ask(int size) const {
    v1::BatchLookupRequest request;
    for (int port = 0; port < size; ++port) request.add_requests()->set_port(port);
    return LookUp(*client_, request);
  }

  // Makes the batch call in the way of the test.
  static absl::StatusOr<v1::BatchLookupResponse> LookUp(const Client& client,
                                                        const v1::BatchLookupRequest& request) {
    if (GetParam() == Way::kBlocking) return client.BatchLookup(request);
    return portreg::Ask(&Client::BatchLookupAsync, client, request);
  }

  int takes_ = 2;
  int answered_ = 0;
  std::function<std::string(int)> revision_ = [](int) { return "same"; };
  FakeService service_;
  FakeServer server_{service_};
  std::unique_ptr<Client> client_ = MakeClient(OptionsFor(server_.target()));
};

INSTANTIATE_TEST_SUITE_P(Ways, BatchTest, ::testing::ValuesIn(kWays),
                         ::testing::PrintToStringParamName());

TEST_P(BatchTest, PartsAreJoinedInOrder) {
  for (const int size : {1, 2, 3, 4, 5, 7, 8, 33}) {
    const absl::StatusOr<v1::BatchLookupResponse> answer = Ask(size);
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(answer->revision(), "same");
    ASSERT_EQ(answer->results_size(), size);
    for (int port = 0; port < size; ++port) {
      EXPECT_EQ(answer->results(port).response().records(0).first_port(), port);
    }
  }
}

TEST_P(BatchTest, WrongNumberOfResultsIsInternal) {
  for (const int results : {0, 1, 3}) {
    service_.batch_lookup = [results](const auto&, v1::BatchLookupResponse& response) {
      for (int i = 0; i < results; ++i) response.add_results()->mutable_response();
      return grpc::Status::OK;
    };
    EXPECT_EQ(Ask(2).status(),
              absl::InternalError(absl::StrCat("the server's reply to BatchLookup has ", results,
                                               " results for 2 requests")));
  }
}

TEST_P(BatchTest, PartsThatTakeTooMuchMemoryAreRefused) {
  service_.batch_lookup = [](const v1::BatchLookupRequest& request,
                             v1::BatchLookupResponse& response) {
    if (request.requests_size() > 1) return ReplyTooLarge();
    v1::PortRecord& record = *response.add_results()->mutable_response()->add_records();
    record.set_first_port(request.requests(0).port());
    record.set_last_port(request.requests(0).port());
    record.set_description(std::string(3 << 20, 'x'));
    return grpc::Status::OK;
  };
  const absl::Status status = Ask(30).status();
  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
  EXPECT_THAT(Message(status), HasSubstr("64 MiB"));
}

TEST_P(BatchTest, SmallBatchIsOneCall) {
  ASSERT_EQ(Ask(2).status(), absl::OkStatus());
  EXPECT_EQ(service_.batches().size(), 1);
}

TEST_P(BatchTest, SingleLookupThatIsTooLargeIsReported) {
  takes_ = 0;
  const absl::Status status = Ask(4).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ErrorReason(status), v1::ERROR_REASON_BATCH_REPLY_TOO_LARGE);
}

TEST_P(BatchTest, PartsOfDifferentRevisionsAreAskedForAnew) {
  revision_ = [](int answered) { return answered == 1 ? "old" : "new"; };
  const absl::StatusOr<v1::BatchLookupResponse> answer = Ask(4);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->revision(), "new");
  EXPECT_EQ(answer->results_size(), 4);
  EXPECT_EQ(service_.batches().size(), 6);
}

TEST_P(BatchTest, RevisionThatChangesEachTimeIsAborted) {
  revision_ = [](int answered) { return absl::StrCat("revision", answered); };
  const absl::Status status = Ask(4).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_THAT(Message(status), HasSubstr("revision5"));
  EXPECT_THAT(Message(status), HasSubstr("revision6"));
  EXPECT_EQ(service_.batches().size(), 9);
}

TEST_P(BatchTest, OtherFailuresAreNotSplit) {
  const std::vector<grpc::Status> failures = {
      {grpc::StatusCode::RESOURCE_EXHAUSTED, "quota"},
      ErrorWithReason(grpc::StatusCode::RESOURCE_EXHAUSTED, v1::ERROR_REASON_UNSPECIFIED, "quota"),
      ErrorWithReason(grpc::StatusCode::INVALID_ARGUMENT, v1::ERROR_REASON_BATCH_REPLY_TOO_LARGE,
                      "no reply"),
  };
  for (const grpc::Status& failure : failures) {
    const size_t before = service_.batches().size();
    service_.batch_lookup = [&](const auto&, auto&) { return failure; };
    EXPECT_EQ(Ask(8).status().code(), static_cast<absl::StatusCode>(failure.error_code()));
    EXPECT_EQ(service_.batches().size(), before + 1);
  }
}

TEST_P(BatchTest, FailureOfAPartIsTheBatchsFailure) {
  for (const int failing_part : {1, 2}) {
    int answered = 0;
    service_.batch_lookup = [&](const v1::BatchLookupRequest& request,
                                v1::BatchLookupResponse& response) {
      if (request.requests_size() > 2) {
        return ReplyTooLarge();
      }
      if (++answered == failing_part) return grpc::Status(grpc::StatusCode::INTERNAL, "broken");
      for (int i = 0; i < request.requests_size(); ++i) response.add_results()->mutable_response();
      return grpc::Status::OK;
    };
    EXPECT_EQ(Ask(4).status(), absl::InternalError("broken")) << failing_part;
  }
}

TEST_P(BatchTest, AbortedByTheServerIsNotTriedAgain) {
  service_.batch_lookup = [](const auto&, auto&) {
    return grpc::Status(grpc::StatusCode::ABORTED, "by the server");
  };
  EXPECT_EQ(Ask(4).status(), absl::AbortedError("by the server"));
  EXPECT_EQ(service_.batches().size(), 1);
}

TEST_P(BatchTest, LargeRepliesOfARealServerAreSplit) {
  constexpr int kPorts = 500;
  // The replies have 8 MB in all.
  std::string rows;
  for (int port = 0; port < kPorts; ++port) {
    absl::StrAppend(&rows, "s", port, ",", port, ",tcp,", std::string(16'000, 'x'), "\n");
  }
  const server::Publication publication(MakeRegistry({.iana = rows}));
  const std::unique_ptr<server::Server> server = StartServer(publication);
  const std::unique_ptr<Client> client = MakeClient(OptionsFor(server->addresses().front()));
  v1::BatchLookupRequest request;
  for (int port = 0; port < kPorts; ++port) request.add_requests()->set_port(port);
  const std::shared_ptr<const server::Snapshot> snapshot = publication.Current();
  ASSERT_TRUE(absl::IsResourceExhausted(
      server::BatchReply(snapshot->registry, snapshot->replies, request).status()));

  const absl::StatusOr<v1::BatchLookupResponse> answer = LookUp(*client, request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->revision(), publication.Current()->registry.revision());
  ASSERT_EQ(answer->results_size(), kPorts);
  for (int port = 0; port < kPorts; ++port) {
    ASSERT_EQ(answer->results(port).response().records_size(), 1);
    EXPECT_EQ(answer->results(port).response().records(0).service(), absl::StrCat("s", port));
  }
}

}  // namespace
}  // namespace portreg
