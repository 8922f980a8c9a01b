#include "server/replies/stored_replies.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/answers/answers.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"
#include "tests/common/test_messages.h"
#include "tests/server/reply_bytes.h"

namespace portreg::server {
namespace {

using google::protobuf::util::MessageDifferencer;

// Returns a registry with layers over each other, ranges within ranges, and a port taken
// locally.
Registry LayeredRegistry() {
  return MakeRegistry({.iana = "syslog,2514,udp,Log\n,2514,tcp,Reserved\nsyslog,,tcp,\n"
                               "wide,6000-6063,tcp,Wide\nwithin,6010,,Within\n"
                               ",48000-48999,,Unassigned\nlast,65535,tcp,In the dynamic class\n",
                       .common = "Syslog / Logging,2514,,Logs of machines\n",
                       .local = "logs,2514,tcp,Ours\nwide,6000-6020,udp,Ours\n"});
}

// Expects that the handler's plain reply is stored, and that an error is not stored.
template <typename Response, typename Request>
void ExpectStored(const StoredReplies& replies, const Request& request,
                  const absl::StatusOr<Response>& expected) {
  const std::optional<grpc::Slice> stored = replies.Find(request);
  ASSERT_EQ(stored.has_value(), expected.ok()) << request.ShortDebugString();
  if (!stored) return;
  ASSERT_TRUE(MessageDifferencer::Equals(FromBytes<Response>(*stored), *expected))
      << request.ShortDebugString();
}

// Expects the same of the result within a batch.
void ExpectStoredForBatch(const Registry& registry, const StoredReplies& replies,
                          const v1::LookupRequest& request) {
  const absl::string_view stored = replies.FindBatchResult(request);
  const v1::LookupResult expected = LookupResultOf(registry, request);
  ASSERT_EQ(!stored.empty(), expected.has_response()) << request.ShortDebugString();
  if (stored.empty()) return;
  v1::BatchLookupResponse piece;
  ASSERT_TRUE(piece.ParseFromArray(stored.data(), static_cast<int>(stored.size())));
  ASSERT_EQ(piece.results_size(), 1);
  ASSERT_TRUE(MessageDifferencer::Equals(piece.results(0), expected)) << request.ShortDebugString();
}

// Returns the question with each filter that exists; the first has none.
std::vector<v1::LookupRequest> EveryFilter(v1::LookupRequest request) {
  std::vector<v1::LookupRequest> requests;
  for (const int view : {0, 1, 2, 3, -1}) {
    for (const int transport : {0, 1, 2, 3, 4, 5, -1}) {
      request.set_view(static_cast<v1::RecordView>(view));
      request.set_transport(static_cast<v1::Transport>(transport));
      requests.push_back(request);
    }
  }
  request.clear_view();
  request.clear_transport();
  request.set_scope("eu");
  requests.push_back(request);
  return requests;
}

bool IsPlain(const v1::LookupRequest& request) {
  return request.transport() == v1::TRANSPORT_UNSPECIFIED && request.scope().empty() &&
         (request.view() == v1::RECORD_VIEW_UNSPECIFIED || request.view() == v1::RECORD_VIEW_BASIC);
}

void ExpectLookups(const Registry& registry, const StoredReplies& replies,
                   const v1::LookupRequest& unfiltered) {
  for (const v1::LookupRequest& request : EveryFilter(unfiltered)) {
    if (IsPlain(request)) {
      ASSERT_NO_FATAL_FAILURE(ExpectStored(replies, request, Lookup(registry, request)));
      ASSERT_NO_FATAL_FAILURE(ExpectStoredForBatch(registry, replies, request));
    } else {
      ASSERT_FALSE(replies.Find(request)) << request.ShortDebugString();
      ASSERT_EQ(replies.FindBatchResult(request), "") << request.ShortDebugString();
    }
  }
}

class StoredRepliesTest : public ::testing::TestWithParam<std::function<Registry()>> {
 protected:
  const Registry registry_ = GetParam()();
  const StoredReplies replies_{registry_};
};

INSTANTIATE_TEST_SUITE_P(, StoredRepliesTest,
                         ::testing::Values(
                             [] {
                               std::vector<LayerData> layers;
                               layers.push_back(EmbeddedIanaLayer());
                               layers.push_back(EmbeddedCommonLayer());
                               layers.push_back(EmbeddedPracticeLayer());
                               layers.push_back(MakeLayer(Layer::kLocal, "ours,443-445,,Ours\n"));
                               return Registry::Create(std::move(layers)).value();
                             },
                             [] { return LayeredRegistry(); }, [] { return MakeRegistry({}); }));

TEST_P(StoredRepliesTest, EveryPortIsAnsweredAsTheHandlerDoes) {
  for (int port = 0; port <= 65535; ++port) {
    v1::LookupRequest request;
    request.set_port(port);
    ASSERT_NO_FATAL_FAILURE(ExpectLookups(registry_, replies_, request));
  }
}

TEST_P(StoredRepliesTest, EveryNameIsAnsweredAsTheHandlerDoes) {
  std::set<std::string> names;
  for (const ServiceRecord* record : registry_.records()) names.emplace(record->service);
  for (const std::string& name : names) {
    for (const std::string& spelled :
         {name, absl::AsciiStrToUpper(name), absl::StrCat(name, " ")}) {
      v1::LookupRequest request;
      request.set_service(spelled);
      ASSERT_NO_FATAL_FAILURE(ExpectLookups(registry_, replies_, request));
    }
  }
}

TEST_P(StoredRepliesTest, EveryPortIsClassifiedAsTheHandlerDoes) {
  for (int port = 0; port <= 65535; ++port) {
    v1::ClassifyRequest request;
    request.set_port(port);
    ASSERT_NO_FATAL_FAILURE(ExpectStored(replies_, request, Classify(registry_, request)));
    for (const int transport : {1, 4, 5, -1}) {
      request.set_transport(static_cast<v1::Transport>(transport));
      ASSERT_FALSE(replies_.Find(request)) << request.ShortDebugString();
    }
  }
}

TEST_P(StoredRepliesTest, BadInputIsLeftToTheHandler) {
  for (const char* text :
       {"", "port: -1", "port: 65536", "port: 2147483647", "port: -2147483648", "service: ''",
        "service: 'nosuch'", "service: '\\377'", "service: 'http\\000'"}) {
    ASSERT_NO_FATAL_FAILURE(ExpectLookups(registry_, replies_, Proto<v1::LookupRequest>(text)));
  }
  v1::LookupRequest long_name;
  long_name.set_service(std::string(65, 'n'));
  ASSERT_NO_FATAL_FAILURE(ExpectLookups(registry_, replies_, long_name));
  for (const char* text : {"", "port: -1", "port: 65536", "transport: TRANSPORT_TCP"}) {
    EXPECT_FALSE(replies_.Find(Proto<v1::ClassifyRequest>(text))) << text;
  }
}

TEST(StoredRepliesMemoryTest, WhatDoesNotFitIsLeftToTheHandler) {
  // Each port has the same long texts and a record of its own. 65,536 replies of 48 kB
  // would be 3 GB.
  std::string rows;
  for (int i = 0; i < 3; ++i) {
    absl::StrAppend(&rows, "all", i, ",0-65535,,", std::string(16'000, 'x'), "\n");
  }
  for (int port = 0; port <= 65535; ++port) absl::StrAppend(&rows, "p", port, ",", port, ",tcp,\n");
  const Registry registry = MakeRegistry({.local = rows});
  const StoredReplies replies(registry);
  v1::LookupRequest request;
  request.set_port(0);
  ExpectStored(replies, request, Lookup(registry, request));
  request.set_port(65535);
  EXPECT_FALSE(replies.Find(request));
  EXPECT_EQ(replies.FindBatchResult(request), "");
}

}  // namespace
}  // namespace portreg::server
