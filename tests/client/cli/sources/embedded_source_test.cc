// The embedded registry answers as a server without files does.
#include "client/cli/sources/embedded_source.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "client/cli/sources/remote_source.h"
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

  // Compares messages but for the failures' details, which the tool has none
  // of.
  static void ExpectSame(const google::protobuf::Message& embedded,
                         const google::protobuf::Message& remote) {
    MessageDifferencer differencer;
    std::string differences;
    differencer.ReportDifferencesToString(&differences);
    differencer.IgnoreField(v1::LookupFailure::descriptor()->FindFieldByName("details"));
    EXPECT_TRUE(differencer.Compare(embedded, remote)) << differences;
  }

  static void ExpectSameLookup(const std::vector<std::string>& keys,
                               WithDetails with_details = WithDetails::kNo) {
    std::vector<Query> queries;
    for (const std::string& key : keys) queries.push_back(ParseQuery(key).value());
    const absl::StatusOr<v1::BatchLookupResponse> embedded =
        embedded_->Lookup(queries, with_details);
    const absl::StatusOr<v1::BatchLookupResponse> remote = remote_->Lookup(queries, with_details);
    ASSERT_TRUE(embedded.ok()) << embedded.status();
    ASSERT_TRUE(remote.ok()) << remote.status();
    ExpectSame(*embedded, *remote);
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
    for (const Transport transport :
         {Transport::kNone, Transport::kTcp, Transport::kUdp, Transport::kSctp, Transport::kDccp}) {
      const absl::StatusOr<v1::ClassifyResponse> embedded =
          embedded_->Classify(static_cast<Port>(port), transport);
      const absl::StatusOr<v1::ClassifyResponse> remote =
          remote_->Classify(static_cast<Port>(port), transport);
      ASSERT_TRUE(embedded.ok() && remote.ok());
      ExpectSame(*embedded, *remote);
    }
  }
}

// The records of a listing and its revision, as one message.
v1::ListRangeResponse ListOf(Source& source, const RangeQuestion& question,
                             WithDetails with_details = WithDetails::kNo) {
  v1::ListRangeResponse all;
  const absl::StatusOr<std::string> revision =
      source.List(question, with_details, [&](const v1::PortRecord& record) {
        *all.add_records() = record;
        return true;
      });
  EXPECT_TRUE(revision.ok()) << revision.status();
  if (revision.ok()) all.set_revision(*revision);
  return all;
}

TEST_F(EmbeddedSourceTest, ListIsTheServers) {
  std::vector<RangeQuestion> questions(7);
  questions[1].include_portless = true;
  questions[2].ports = {6010, 6020};
  questions[3].ports = {0, 1023};
  questions[3].transport = Transport::kSctp;
  questions[4].layers = {Layer::kCommon};
  questions[5].ports = {2082, 2082};
  questions[5].layers = {Layer::kIana, Layer::kCommon};
  questions[6].layers = {Layer::kLocal};
  for (const RangeQuestion& question : questions) {
    ExpectSame(ListOf(*embedded_, question), ListOf(*remote_, question));
  }
}

TEST_F(EmbeddedSourceTest, ListEndsWhenNoMoreIsWanted) {
  for (Source* source : {embedded_, remote_}) {
    int records = 0;
    const absl::StatusOr<std::string> revision =
        source->List({}, WithDetails::kNo, [&](const v1::PortRecord&) { return ++records < 3; });
    EXPECT_EQ(records, 3);
    ASSERT_TRUE(revision.ok());
    EXPECT_EQ(*revision, EmbeddedPublication().Current()->registry.revision());
  }
}

TEST_F(EmbeddedSourceTest, DetailsAreTheServers) {
  ExpectSameLookup({"443", "https", "1080/udp", "no-such"}, WithDetails::kYes);
  const v1::ListRangeResponse embedded = ListOf(*embedded_, {}, WithDetails::kYes);
  ExpectSame(embedded, ListOf(*remote_, {}, WithDetails::kYes));
  EXPECT_TRUE(embedded.records(0).has_details());
}

TEST_F(EmbeddedSourceTest, SearchIsTheServers) {
  std::vector<SearchQuestion> questions(7);
  questions[0].query = "https";
  questions[1].query = "htps";
  questions[2].query = "Web  proxy";
  questions[3] = {.query = "sql", .transport = Transport::kTcp, .layers = {}, .max_results = 3};
  questions[4] = {.query = "sql", .transport = {}, .layers = {Layer::kCommon}, .max_results = 500};
  questions[5].query = "no such words";
  questions[6].query = "reserved";
  for (const SearchQuestion& question : questions) {
    for (const WithDetails with_details : {WithDetails::kNo, WithDetails::kYes}) {
      const absl::StatusOr<v1::SearchResponse> embedded = embedded_->Search(question, with_details);
      const absl::StatusOr<v1::SearchResponse> remote = remote_->Search(question, with_details);
      ASSERT_TRUE(embedded.ok() && remote.ok()) << question.query << remote.status();
      ExpectSame(*embedded, *remote);
    }
  }
}

TEST_F(EmbeddedSourceTest, InfoIsTheServers) {
  const absl::StatusOr<v1::GetRegistryInfoResponse> embedded = embedded_->Info();
  const absl::StatusOr<v1::GetRegistryInfoResponse> remote = remote_->Info();
  ASSERT_TRUE(embedded.ok() && remote.ok());
  ExpectSame(*embedded, *remote);
}

TEST_F(EmbeddedSourceTest, HasAName) { EXPECT_EQ(embedded_->Name(), "the embedded registry"); }

}  // namespace
}  // namespace portreg::cli
