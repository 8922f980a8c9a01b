#include "server/replies/batch_reply.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "common/answers/answers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"
#include "tests/common/test_messages.h"
#include "tests/common/test_status.h"
#include "tests/server/reply_bytes.h"

namespace portreg::server {
namespace {

using ::testing::AllOf;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::SizeIs;

constexpr size_t kMaxReplyBytes = 3 << 20;

// Returns the reply of a server of that registry.
absl::StatusOr<v1::BatchLookupResponse> Ask(const Registry& registry,
                                            const v1::BatchLookupRequest& request) {
  const StoredReplies replies(registry);
  const absl::StatusOr<std::string> bytes = BatchReply(registry, replies, request);
  if (!bytes.ok()) return bytes.status();
  v1::BatchLookupResponse response;
  EXPECT_TRUE(response.ParseFromString(*bytes));
  return response;
}

TEST(BatchReplyTest, ResultsAreTheHandlersInTheirOrder) {
  const auto request = Proto<v1::BatchLookupRequest>(R"(
      requests { port: 443 }
      requests { service: "nosuch" }
      requests { port: 70000 }
      requests { port: -1 }
      requests {}
      requests { service: "SMB" view: RECORD_VIEW_FULL }
      requests { service: "Microsoft-DS" }
      requests { port: 443 }
      requests { port: 443 transport: TRANSPORT_UDP }
      requests { port: 443 transport: 9 }
      requests { port: 65535 view: RECORD_VIEW_BASIC })");
  const Registry& registry = EmbeddedRegistry();
  const v1::BatchLookupResponse response = Ask(registry, request).value();
  EXPECT_EQ(response.revision(), registry.revision());
  ASSERT_THAT(response.results(), SizeIs(request.requests_size()));
  for (int i = 0; i < request.requests_size(); ++i) {
    EXPECT_EQ(response.results(i).SerializeAsString(),
              LookupResultOf(registry, request.requests(i)).SerializeAsString())
        << i;
  }
}

TEST(BatchReplyTest, TheBytesAreThoseOfTheMessage) {
  const Registry& registry = EmbeddedRegistry();
  const auto request = Proto<v1::BatchLookupRequest>("requests { port: 22 } requests { port: -1 }");
  const StoredReplies replies(registry);
  const std::string bytes = BatchReply(registry, replies, request).value();
  v1::BatchLookupResponse expected;
  for (const v1::LookupRequest& each : request.requests()) {
    *expected.add_results() = LookupResultOf(registry, each);
  }
  expected.set_revision(registry.revision());
  EXPECT_EQ(bytes, expected.SerializeAsString());
}

TEST(BatchReplyTest, MayBeEmptyAndAtMost1000) {
  const Registry registry = MakeRegistry({.iana = "a,1,tcp,\n"});
  v1::BatchLookupRequest request;
  EXPECT_THAT(Ask(registry, request).value().results(), IsEmpty());
  for (int i = 0; i < 1000; ++i) request.add_requests()->set_port(i);
  EXPECT_THAT(Ask(registry, request).value().results(), SizeIs(1000));
  request.add_requests()->set_port(1);
  const absl::Status status = Ask(registry, request).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(status), "BATCH_TOO_LARGE");
}

// Returns a registry in which service "a" makes a batch's result of `bytes` bytes.
Registry RegistryWithResultOf(size_t bytes) {
  const auto make = [](size_t length) {
    return MakeRegistry({.iana = absl::StrCat("a,1,tcp,", std::string(length, 'x'), "\n")});
  };
  const auto request = Proto<v1::LookupRequest>("service: 'a'");
  const size_t length = bytes - 100;
  const size_t size = LookupResultOf(make(length), request).ByteSizeLong() - length;
  return make(bytes - size);
}

// Returns a batch of results that are stored, or of results that the handler makes.
v1::BatchLookupRequest ThousandTimesA(bool stored) {
  v1::BatchLookupRequest request;
  for (int i = 0; i < 1000; ++i) {
    v1::LookupRequest& each = *request.add_requests();
    each.set_service("a");
    if (!stored) each.set_transport(v1::TRANSPORT_TCP);
  }
  return request;
}

TEST(BatchReplyTest, AReplyOfUpTo3MebibytesIsGiven) {
  const Registry registry = RegistryWithResultOf(3141);
  for (const bool stored : {false, true}) {
    const auto response = Ask(registry, ThousandTimesA(stored));
    ASSERT_TRUE(response.ok()) << response.status();
    EXPECT_EQ(response->results(0).ByteSizeLong(), 3141);
    EXPECT_THAT(response->ByteSizeLong(), AllOf(Le(kMaxReplyBytes), Gt(3'140'000)));
  }
}

TEST(BatchReplyTest, AReplyAbove3MebibytesIsRefused) {
  // The second size makes a reply that is too large only with its framing.
  for (const size_t result : {3200, 3145}) {
    const Registry registry = RegistryWithResultOf(result);
    for (const bool stored : {false, true}) {
      const auto response = Ask(registry, ThousandTimesA(stored));
      ASSERT_FALSE(response.ok()) << "reply of " << response->ByteSizeLong() << " bytes";
      EXPECT_EQ(response.status().code(), absl::StatusCode::kResourceExhausted);
      EXPECT_EQ(ReasonOf(response.status()), "BATCH_REPLY_TOO_LARGE");
      EXPECT_THAT(Message(response.status()), HasSubstr("1000 lookups would exceed 3145728 bytes"));
    }
  }
}

}  // namespace
}  // namespace portreg::server
