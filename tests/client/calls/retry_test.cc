// Tests retries of calls.
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "portreg/client.h"
#include "tests/client/answers.h"
#include "tests/client/fake_server.h"
#include "tests/client/fake_service.h"

namespace portreg {
namespace {

// Counts the attempts of one lookup that fails `failures` times with `code`.
struct Attempts {
  absl::StatusOr<v1::LookupResponse> answer;
  size_t count;
};

Attempts LookUpThroughFailures(Way way, int failures, grpc::StatusCode code, int max_attempts) {
  FakeService service;
  int calls = 0;
  service.lookup = [&](const auto&, v1::LookupResponse& response) {
    if (++calls <= failures) return grpc::Status(code, "try again");
    response.set_revision("answered");
    return grpc::Status::OK;
  };
  const FakeServer server(service);
  ClientOptions options = OptionsFor(server.target());
  options.retry.max_attempts = max_attempts;
  const std::unique_ptr<Client> client = MakeClient(options);
  absl::StatusOr<v1::LookupResponse> answer = LookUpPort(way, *client, 80);
  return {std::move(answer), service.lookups().size()};
}

class RetryTest : public ::testing::TestWithParam<Way> {};

INSTANTIATE_TEST_SUITE_P(Ways, RetryTest, ::testing::ValuesIn(kWays),
                         ::testing::PrintToStringParamName());

TEST_P(RetryTest, UnavailableIsTriedAgain) {
  struct Row {
    int failures;
    int max_attempts;
    bool ok;
    size_t count;
  };
  const std::vector<Row> table = {
      {0, 3, true, 1},  {1, 3, true, 2}, {2, 3, true, 3},  {3, 3, false, 3},
      {1, 1, false, 1}, {4, 5, true, 5}, {5, 5, false, 5},
  };
  for (const Row& row : table) {
    const Attempts attempts = LookUpThroughFailures(
        GetParam(), row.failures, grpc::StatusCode::UNAVAILABLE, row.max_attempts);
    SCOPED_TRACE(absl::StrCat(row.failures, " failures, ", row.max_attempts, " attempts"));
    EXPECT_EQ(attempts.answer.ok(), row.ok);
    EXPECT_EQ(attempts.count, row.count);
    if (row.ok) {
      EXPECT_EQ(attempts.answer->revision(), "answered");
    } else {
      EXPECT_EQ(attempts.answer.status(), absl::UnavailableError("try again"));
    }
  }
}

TEST_P(RetryTest, OtherFailuresAreNotTriedAgain) {
  for (int code = 1; code <= 16; ++code) {
    const auto grpc_code = static_cast<grpc::StatusCode>(code);
    if (grpc_code == grpc::StatusCode::UNAVAILABLE) continue;
    const Attempts attempts = LookUpThroughFailures(GetParam(), 1, grpc_code, 5);
    EXPECT_EQ(attempts.answer.status().code(), static_cast<absl::StatusCode>(code));
    EXPECT_EQ(attempts.count, 1) << code;
  }
}

}  // namespace
}  // namespace portreg
