#include "server/replies/search_reply.h"

#include <atomic>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/answers/answers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"
#include "tests/common/test_messages.h"

namespace portreg::server {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(SearchReplyTest, HasTheBytesOfTheHandlersAnswer) {
  const Registry& registry = EmbeddedRegistry();
  const SearchIndex index(registry);
  const StoredReplies replies(registry);
  for (const char* request : {
           R"(query: "https")",
           R"(query: "web server")",
           R"(query: "web server" max_results: 500)",
           R"(query: "e" max_results: 1)",
           R"(query: "postgrsql")",
           R"(query: "no such words at all")",
           R"(query: "cheshire")",
           R"(query: "a" scope: "eu")",
           R"(query: "server" view: RECORD_VIEW_BASIC transport: TRANSPORT_SCTP)",
           R"(query: "server" view: RECORD_VIEW_FULL layers: [LAYER_IANA])",
       }) {
    const auto message = Proto<v1::SearchRequest>(request);
    EXPECT_EQ(SearchReply(index, replies, message).value(),
              Search(index, message)->SerializeAsString())
        << request;
  }
}

TEST(SearchReplyTest, AllKindsFieldsAndLengths) {
  // One record is so long that the lengths before it take more than one byte.
  const std::string rows =
      absl::StrCat("log,1,tcp,Log\nlogger,2,udp,\nx-log,3,,log ", std::string(10'000, 'x'),
                   "\nslog,,tcp,Logs\n,4,tcp,blog\n");
  const Registry registry = MakeRegistry({.iana = rows, .local = "our,5,dccp,log\n"});
  const SearchIndex index(registry);
  const StoredReplies replies(registry);
  const auto request = Proto<v1::SearchRequest>(R"(query: "log")");
  const std::string bytes = SearchReply(index, replies, request).value();
  EXPECT_EQ(bytes, Search(index, request)->SerializeAsString());
  v1::SearchResponse response;
  ASSERT_TRUE(response.ParseFromString(bytes));
  EXPECT_THAT(response.matches(), SizeIs(6));
}

TEST(SearchReplyTest, ErrorsAreTheHandlers) {
  const Registry& registry = EmbeddedRegistry();
  const SearchIndex index(registry);
  const StoredReplies replies(registry);
  for (const char* request : {R"(query: " ")", R"(query: "a" max_results: 501)",
                              R"(query: "a" view: 9)", R"(query: "a" layers: [9])"}) {
    const auto message = Proto<v1::SearchRequest>(request);
    const absl::Status status = SearchReply(index, replies, message).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << request;
    EXPECT_EQ(status, Search(index, message).status()) << request;
  }
}

TEST(SearchReplyTest, ACancelledSearchHasNoMatches) {
  const Registry& registry = EmbeddedRegistry();
  const SearchIndex index(registry);
  const StoredReplies replies(registry);
  const std::atomic<bool> cancelled = true;
  v1::SearchResponse response;
  ASSERT_TRUE(response.ParseFromString(
      SearchReply(index, replies, Proto<v1::SearchRequest>(R"(query: "web")"), &cancelled)
          .value()));
  EXPECT_THAT(response.matches(), IsEmpty());
}

}  // namespace
}  // namespace portreg::server
