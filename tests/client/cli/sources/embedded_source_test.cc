// Compares the embedded registry's answers with those of a server without files.
#include "client/cli/sources/embedded_source.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "client/cli/sources/remote_source.h"
#include "client/cli/sources/requests.h"
#include "common/model/port.h"
#include "common/model/query.h"
#include "common/model/registry.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "server/net/server.h"
#include "server/service/publication.h"
#include "tests/client/fake_server.h"

namespace portreg::cli {
namespace {

using ::google::protobuf::util::MessageDifferencer;

class EmbeddedSourceTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    server::ServerOptions options;
    options.listen = {"127.0.0.1:0"};
    server_ = server::Server::Start(options, EmbeddedPublication()).value().release();
    embedded_ = MakeEmbeddedSource().release();
    remote_ = MakeRemoteSource(OptionsFor(server_->addresses().front())).value().release();
  }
  static void TearDownTestSuite() {
    delete remote_;
    delete embedded_;
    delete server_;
  }

  template <typename Message>
  static void ExpectSame(const absl::StatusOr<Message>& embedded,
                         const absl::StatusOr<Message>& remote) {
    ASSERT_TRUE(embedded.ok()) << embedded.status();
    ASSERT_TRUE(remote.ok()) << remote.status();
    MessageDifferencer differencer;
    std::string differences;
    differencer.ReportDifferencesToString(&differences);
    EXPECT_TRUE(differencer.Compare(*embedded, *remote)) << differences;
  }

  static void ExpectSameLookup(const std::vector<std::string>& keys,
                               v1::RecordView view = v1::RECORD_VIEW_BASIC) {
    v1::BatchLookupRequest batch;
    for (const std::string& key : keys) {
      *batch.add_requests() = LookupRequestFor(ParseQuery(key).value(), view);
    }
    const absl::StatusOr<v1::BatchLookupResponse> embedded = embedded_->BatchLookup(batch);
    ExpectSame(embedded, remote_->BatchLookup(batch));
    ASSERT_TRUE(embedded.ok());
    EXPECT_EQ(static_cast<size_t>(embedded->results_size()), keys.size());
  }

  static server::Server* server_;
  static Source* embedded_;
  static Source* remote_;
};

server::Server* EmbeddedSourceTest::server_ = nullptr;
Source* EmbeddedSourceTest::embedded_ = nullptr;
Source* EmbeddedSourceTest::remote_ = nullptr;

TEST_F(EmbeddedSourceTest, LookupOfPortsIsTheServers) {
  std::vector<std::string> keys;
  for (const int port : {0, 1, 4, 22, 443, 716, 1023, 1024, 2082, 49150, 49151, 49152, 65535}) {
    keys.push_back(absl::StrCat(port));
    for (const Transport transport : kTransports) {
      keys.push_back(absl::StrCat(port, "/", ToString(transport)));
    }
  }
  for (int port = 0; port <= kMaxPort; port += 211) keys.push_back(absl::StrCat(port));
  ExpectSameLookup(keys);
}

TEST_F(EmbeddedSourceTest, LookupOfNamesIsTheServers) {
  std::vector<std::string> keys = {"HTTPS", "smb", "Microsoft-DS", "syslog/udp", "https/tcp"};
  const std::shared_ptr<const server::Snapshot> snapshot = EmbeddedPublication().Current();
  const absl::Span<const ServiceRecord* const> records = snapshot->registry.records();
  for (size_t i = 0; i < records.size(); i += 37) {
    const ServiceRecord& record = *records[i];
    if (record.named()) keys.push_back(std::string(record.service));
  }
  ASSERT_GT(keys.size(), 200);
  ExpectSameLookup(keys);
}

TEST_F(EmbeddedSourceTest, FailureOfAnUnknownNameIsTheServers) {
  ExpectSameLookup({"no-such-service", "\u00fcnknown \"quoted\"", std::string(64, 'x')});
}

TEST_F(EmbeddedSourceTest, FailureOfANameOnAnotherTransportIsTheServers) {
  ExpectSameLookup({"no-such-service/tcp", "postgresql/dccp"});
}

TEST_F(EmbeddedSourceTest, ClassifyIsTheServers) {
  for (const int port : {0, 21, 443, 1021, 1023, 1024, 3306, 6000, 6335, 8080, 10080, 30000, 32767,
                         32768, 49151, 49152, 60999, 61000, 65535}) {
    for (int transport = v1::Transport_MIN; transport <= v1::Transport_MAX; ++transport) {
      v1::ClassifyRequest request;
      request.set_port(port);
      request.set_transport(static_cast<v1::Transport>(transport));
      ExpectSame(embedded_->Classify(request), remote_->Classify(request));
    }
  }
}

// Returns the records of a listing and its revision, as one message.
absl::StatusOr<v1::ListRangeResponse> ListOf(Source& source, const v1::ListRangeRequest& request) {
  v1::ListRangeResponse all;
  const absl::StatusOr<std::string> revision =
      source.ListRange(request, [&](const v1::PortRecord& record) {
        *all.add_records() = record;
        return true;
      });
  if (!revision.ok()) return revision.status();
  all.set_revision(*revision);
  return all;
}

TEST_F(EmbeddedSourceTest, ListIsTheServers) {
  std::vector<v1::ListRangeRequest> requests = {
      {},
      ListRequestFor({6010, 6020}, Transport::kNone, {}, v1::RECORD_VIEW_BASIC),
      ListRequestFor({0, 1023}, Transport::kSctp, {}, v1::RECORD_VIEW_BASIC),
      ListRequestFor({0, 65535}, Transport::kNone, {Layer::kCommon}, v1::RECORD_VIEW_BASIC),
      ListRequestFor({2082, 2082}, Transport::kNone, {Layer::kIana, Layer::kCommon},
                     v1::RECORD_VIEW_BASIC),
      ListRequestFor({0, 65535}, Transport::kNone, {Layer::kLocal}, v1::RECORD_VIEW_BASIC),
      ListRequestFor({0, 65535}, Transport::kNone, {}, v1::RECORD_VIEW_FULL)};
  requests.back().set_include_portless(true);
  for (const v1::ListRangeRequest& request : requests) {
    ExpectSame(ListOf(*embedded_, request), ListOf(*remote_, request));
  }
}

TEST_F(EmbeddedSourceTest, ListEndsWhenNoMoreIsWanted) {
  for (Source* source : {embedded_, remote_}) {
    int records = 0;
    const absl::StatusOr<std::string> revision =
        source->ListRange({}, [&](const v1::PortRecord&) { return ++records < 3; });
    EXPECT_EQ(records, 3);
    ASSERT_TRUE(revision.ok());
    EXPECT_EQ(*revision, EmbeddedPublication().Current()->registry.revision());
  }
}

TEST_F(EmbeddedSourceTest, DetailsAreTheServers) {
  ExpectSameLookup({"443", "https", "1080/udp", "no-such"}, v1::RECORD_VIEW_FULL);
}

TEST_F(EmbeddedSourceTest, SearchIsTheServers) {
  for (const char* query : {"https", "htps", "Web  proxy", "no such words", "reserved"}) {
    for (const v1::RecordView view : {v1::RECORD_VIEW_BASIC, v1::RECORD_VIEW_FULL}) {
      v1::SearchRequest request;
      request.set_query(query);
      request.set_view(view);
      ExpectSame(embedded_->Search(request), remote_->Search(request));
      request.set_transport(v1::TRANSPORT_TCP);
      request.set_max_results(3);
      ExpectSame(embedded_->Search(request), remote_->Search(request));
      request.add_layers(v1::LAYER_COMMON);
      ExpectSame(embedded_->Search(request), remote_->Search(request));
    }
  }
}

TEST_F(EmbeddedSourceTest, CheckIsTheServers) {
  v1::CheckRequest request;
  ExpectSame(embedded_->Check(request), remote_->Check(request));
  for (const int port : {0, 443, 8080, 30'000, 49'152}) {
    v1::Claim& claim = *request.add_claims();
    claim.set_first_port(port);
    claim.set_last_port(port + 10);
    claim.set_service("billing");
    claim.set_owner("pay");
    ExpectSame(embedded_->Check(request), remote_->Check(request));
  }
}

TEST_F(EmbeddedSourceTest, SuggestIsTheServers) {
  v1::SuggestRequest request;
  ExpectSame(embedded_->Suggest(request), remote_->Suggest(request));
  request.set_count(7);
  for (const char* key : {"", "checkout", "billing"}) {
    request.set_key(key);
    ExpectSame(embedded_->Suggest(request), remote_->Suggest(request));
  }
}

TEST_F(EmbeddedSourceTest, InfoIsTheServers) {
  ExpectSame(embedded_->GetRegistryInfo(), remote_->GetRegistryInfo());
}

TEST_F(EmbeddedSourceTest, ErrorsAreTheServers) {
  v1::ClassifyRequest no_port;
  no_port.set_port(70'000);
  v1::SearchRequest no_word;
  v1::CheckRequest no_claim;
  no_claim.add_claims();
  v1::SuggestRequest too_many;
  too_many.set_count(101);
  v1::ListRangeRequest reversed;
  reversed.set_first_port(2);
  reversed.set_last_port(1);
  for (const auto& [embedded, remote] :
       {std::pair(embedded_->Classify(no_port).status(), remote_->Classify(no_port).status()),
        std::pair(embedded_->Search(no_word).status(), remote_->Search(no_word).status()),
        std::pair(embedded_->Check(no_claim).status(), remote_->Check(no_claim).status()),
        std::pair(embedded_->Suggest(too_many).status(), remote_->Suggest(too_many).status()),
        std::pair(ListOf(*embedded_, reversed).status(), ListOf(*remote_, reversed).status())}) {
    EXPECT_EQ(embedded.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(embedded.code(), remote.code());
    EXPECT_EQ(embedded.message(), remote.message());
  }
}

TEST_F(EmbeddedSourceTest, HasAName) { EXPECT_EQ(embedded_->Name(), "the embedded registry"); }

}  // namespace
}  // namespace portreg::cli
