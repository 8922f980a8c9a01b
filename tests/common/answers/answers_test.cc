#include "common/answers/answers.h"
#include "common/answers/list_range_answer.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/answers/errors.h"
#include "common/answers/requests.h"
#include "common/judgement/classify.h"
#include "common/text/utf8.h"
#include "common/text/version.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"
#include "tests/common/test_messages.h"
#include "tests/common/test_status.h"

namespace portreg {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Registry SmallRegistry() {
  return MakeRegistry({.iana = "syslog,2514,udp,Log\n,2514,tcp,Reserved\nsyslog,,tcp,\n"
                               "syslog-tls,6514,tcp,Log over TLS\n",
                       .common = "Syslog / Logging,2514,,Logs of machines\n",
                       .local = "logs,2514,tcp,Ours\n"});
}

v1::LookupResponse LookupOk(const Registry& registry, absl::string_view request) {
  const absl::StatusOr<v1::LookupResponse> response =
      Lookup(registry, Proto<v1::LookupRequest>(request));
  EXPECT_TRUE(response.ok()) << request << ": " << response.status();
  return response.ok() ? *response : v1::LookupResponse();
}

// Returns a text such as "LAYER_IANA http" for each record.
std::vector<std::string> Services(const v1::LookupResponse& response) {
  std::vector<std::string> services;
  for (const v1::PortRecord& record : response.records()) {
    services.push_back(absl::StrCat(v1::Layer_Name(record.layer()), " ", record.service()));
  }
  return services;
}

TEST(LookupTest, APortIsAnsweredWithAllThatIsKnownOfIt) {
  const Registry registry = SmallRegistry();
  v1::LookupResponse expected = Proto<v1::LookupResponse>(R"(
      records { first_port: 2514 last_port: 2514 transport: TRANSPORT_TCP service: "logs"
                description: "Ours" layer: LAYER_LOCAL }
      records { first_port: 2514 last_port: 2514 service: "Syslog / Logging"
                description: "Logs of machines" layer: LAYER_COMMON }
      records { first_port: 2514 last_port: 2514 transport: TRANSPORT_UDP service: "syslog"
                description: "Log" layer: LAYER_IANA }
      records { first_port: 2514 last_port: 2514 transport: TRANSPORT_TCP
                description: "Reserved" layer: LAYER_IANA }
      port_class: PORT_CLASS_REGISTERED
      states { transport: TRANSPORT_TCP state: ASSIGNMENT_STATE_RESERVED taken_locally: true }
      states { transport: TRANSPORT_UDP state: ASSIGNMENT_STATE_ASSIGNED }
      states { transport: TRANSPORT_SCTP state: ASSIGNMENT_STATE_RESERVED }
      states { transport: TRANSPORT_DCCP state: ASSIGNMENT_STATE_RESERVED })");
  expected.set_revision(registry.revision());
  for (v1::PortRecord& record : *expected.mutable_records()) {
    record.set_source(std::string(SourceOf(static_cast<Layer>(record.layer()))));
  }
  EXPECT_EQ(LookupOk(registry, "port: 2514").DebugString(), expected.DebugString());
}

TEST(LookupTest, ATransportKeepsItsRecordsThoseOfNoneAndItsState) {
  const Registry registry = SmallRegistry();
  const v1::LookupResponse udp = LookupOk(registry, "port: 2514 transport: TRANSPORT_UDP");
  EXPECT_THAT(Services(udp), ElementsAre("LAYER_COMMON Syslog / Logging", "LAYER_IANA syslog"));
  ASSERT_THAT(udp.states(), SizeIs(1));
  EXPECT_EQ(udp.states(0).transport(), v1::TRANSPORT_UDP);

  const v1::LookupResponse sctp = LookupOk(registry, "port: 2514 transport: TRANSPORT_SCTP");
  EXPECT_THAT(Services(sctp), ElementsAre("LAYER_COMMON Syslog / Logging"));
  EXPECT_EQ(sctp.states(0).state(), v1::ASSIGNMENT_STATE_RESERVED);
}

constexpr absl::string_view kScopedRows =
    "billing,7100,tcp,,,,eu/prod\nbilling,7101,tcp,,,,us\nevery,7100,udp,,,,\n";

TEST(LookupTest, AScopeLimitsLocalRecordsAndWhatIsTaken) {
  const Registry registry = MakeScopedRegistry(kScopedRows, "web,7100,tcp,\nbilling,1,,\n");
  const auto services = [&](absl::string_view scope) {
    return Services(LookupOk(registry, absl::StrCat("port: 7100 scope: '", scope, "'")));
  };
  EXPECT_THAT(services("eu"),
              ElementsAre("LAYER_LOCAL billing", "LAYER_LOCAL every", "LAYER_IANA web"));
  EXPECT_THAT(services("eu/prod/db"),
              ElementsAre("LAYER_LOCAL billing", "LAYER_LOCAL every", "LAYER_IANA web"));
  EXPECT_THAT(services("eu/test"), ElementsAre("LAYER_LOCAL every", "LAYER_IANA web"));
  EXPECT_EQ(LookupOk(registry, "port: 7100 scope: ''").records_size(), 3);

  const v1::LookupResponse us = LookupOk(registry, "port: 7100 scope: 'us'");
  EXPECT_FALSE(us.states(0).taken_locally());
  EXPECT_TRUE(us.states(1).taken_locally());
  EXPECT_EQ(us.states(0).state(), v1::ASSIGNMENT_STATE_ASSIGNED);
}

TEST(LookupTest, ANameWithoutARecordInTheScopeIsNotFound) {
  const Registry registry = MakeScopedRegistry(kScopedRows);
  const v1::LookupResponse us = LookupOk(registry, "service: 'billing' scope: 'us/west'");
  ASSERT_THAT(us.records(), SizeIs(1));
  EXPECT_EQ(us.records(0).first_port(), 7101);
  const absl::Status status =
      Lookup(registry, Proto<v1::LookupRequest>("service: 'billing' scope: 'asia'")).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Message(status), "service \"billing\" is not in the registry in scope \"asia\"");
}

TEST(ListRangeTest, AScopeFiltersAndTokensContinue) {
  const Registry registry = MakeScopedRegistry(kScopedRows, "web,7200,tcp,\n");
  v1::ListRangeRequest request = Proto<v1::ListRangeRequest>("scope: 'us'");
  const auto ports = [&] {
    ListRangeAnswer answer = ListRange(registry, Read(request, registry).value());
    std::vector<int> listed;
    v1::ListRangeResponse message;
    while (!answer.Next(message)) {
    }
    for (const v1::PortRecord& record : message.records()) listed.push_back(record.first_port());
    return listed;
  };
  EXPECT_THAT(ports(), ElementsAre(7100, 7101, 7200));
  request.set_resume_token(ResumeToken(registry, registry.StartingAt(7101).first));
  EXPECT_THAT(ports(), ElementsAre(7101, 7200));
  request.set_scope("eu");
  EXPECT_THAT(ports(), ElementsAre(7200));
}

TEST(LookupTest, EveryPortHasAnAnswerPerhapsWithoutRecords) {
  const struct {
    int port;
    v1::PortClass port_class;
    v1::AssignmentState state;
  } cases[] = {
      {0, v1::PORT_CLASS_WELL_KNOWN, v1::ASSIGNMENT_STATE_UNASSIGNED},
      {1023, v1::PORT_CLASS_WELL_KNOWN, v1::ASSIGNMENT_STATE_UNASSIGNED},
      {1024, v1::PORT_CLASS_REGISTERED, v1::ASSIGNMENT_STATE_UNASSIGNED},
      {49151, v1::PORT_CLASS_REGISTERED, v1::ASSIGNMENT_STATE_UNASSIGNED},
      {49152, v1::PORT_CLASS_DYNAMIC, v1::ASSIGNMENT_STATE_DYNAMIC},
      {65535, v1::PORT_CLASS_DYNAMIC, v1::ASSIGNMENT_STATE_DYNAMIC},
  };
  const Registry empty = MakeRegistry({});
  for (const auto& c : cases) {
    const v1::LookupResponse response = LookupOk(empty, absl::StrCat("port: ", c.port));
    EXPECT_THAT(response.records(), IsEmpty()) << c.port;
    EXPECT_EQ(response.port_class(), c.port_class) << c.port;
    EXPECT_THAT(response.states(), SizeIs(4)) << c.port;
    EXPECT_EQ(response.states(0).state(), c.state) << c.port;
    EXPECT_EQ(response.revision(), empty.revision()) << c.port;
  }
  for (const int port : {-1, 65536}) {
    const absl::Status status =
        Lookup(empty, Proto<v1::LookupRequest>(absl::StrCat("port: ", port))).status();
    EXPECT_EQ(ReasonOf(status), "PORT_OUT_OF_RANGE") << port;
  }
}

TEST(LookupTest, ANameIsAnsweredWithItsRecordsAlone) {
  const Registry registry = SmallRegistry();
  for (const char* name : {"syslog", "SYSLOG", "Syslog"}) {
    const v1::LookupResponse response = LookupOk(registry, absl::StrCat("service: '", name, "'"));
    EXPECT_THAT(Services(response), ElementsAre("LAYER_COMMON Syslog / Logging",
                                                "LAYER_IANA syslog", "LAYER_IANA syslog"));
    EXPECT_TRUE(response.records(1).has_first_port());
    EXPECT_FALSE(response.records(2).has_first_port());
    EXPECT_EQ(response.port_class(), v1::PORT_CLASS_UNSPECIFIED);
    EXPECT_THAT(response.states(), IsEmpty());
    EXPECT_EQ(response.revision(), registry.revision());
  }
  EXPECT_THAT(Services(LookupOk(registry, "service: 'syslog' transport: TRANSPORT_TCP")),
              ElementsAre("LAYER_COMMON Syslog / Logging", "LAYER_IANA syslog"));
}

TEST(LookupTest, ANameWithoutARecordIsNotFound) {
  const Registry registry = SmallRegistry();
  const struct {
    const char* request;
    const char* message;
  } cases[] = {
      {"service: 'nosuch'", "service \"nosuch\" is not in the registry"},
      {"service: 'syslog-tls' transport: TRANSPORT_UDP",
       "service \"syslog-tls\" is not in the registry for udp"},
      {"service: 'a\\033[31m\\n'", "service \"a\\x1b[31m\\n\" is not in the registry"},
  };
  for (const auto& c : cases) {
    const absl::Status status = Lookup(registry, Proto<v1::LookupRequest>(c.request)).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kNotFound) << c.request;
    EXPECT_EQ(ReasonOf(status), "SERVICE_NOT_FOUND") << c.request;
    EXPECT_EQ(Message(status), c.message);
  }
}

TEST(LookupTest, DetailsAreInTheFullViewOnly) {
  const char* const keys[] = {"port: 80", "service: 'http'"};
  for (const std::string key : keys) {
    for (const char* view : {"", " view: RECORD_VIEW_BASIC"}) {
      const v1::LookupResponse basic = LookupOk(EmbeddedRegistry(), key + view);
      EXPECT_FALSE(basic.records().empty());
      for (const v1::PortRecord& record : basic.records()) EXPECT_FALSE(record.has_details());
    }
    const v1::LookupResponse full = LookupOk(EmbeddedRegistry(), key + " view: RECORD_VIEW_FULL");
    for (const v1::PortRecord& record : full.records()) EXPECT_TRUE(record.has_details());
  }
}

TEST(LookupTest, EqualAnswersAreEqualBytes) {
  const auto bytes = [](absl::string_view request) {
    return LookupOk(EmbeddedRegistry(), request).SerializeAsString();
  };
  EXPECT_EQ(bytes("service: 'HTTP'"), bytes("service: 'http'"));
  EXPECT_EQ(bytes("port: 80"), bytes("port: 80 view: RECORD_VIEW_BASIC"));
  EXPECT_NE(bytes("port: 80"), bytes("port: 81"));
}

TEST(LookupResultOfTest, HoldsWhatLookupAnswersButForTheRevision) {
  for (const char* text : {"port: 443", "service: 'SMB' view: RECORD_VIEW_FULL"}) {
    const auto request = Proto<v1::LookupRequest>(text);
    v1::LookupResponse expected = Lookup(EmbeddedRegistry(), request).value();
    expected.clear_revision();  // the batch states it once
    const v1::LookupResult result = LookupResultOf(EmbeddedRegistry(), request);
    EXPECT_EQ(result.response().DebugString(), expected.DebugString()) << text;
  }
  for (const char* text : {"service: 'nosuch'", "port: 70000", "", "port: 443 transport: 9"}) {
    const auto request = Proto<v1::LookupRequest>(text);
    const absl::Status expected = Lookup(EmbeddedRegistry(), request).status();
    const v1::LookupResult result = LookupResultOf(EmbeddedRegistry(), request);
    EXPECT_EQ(result.failure().SerializeAsString(), DetailsBytes(expected)) << text;
  }
}

TEST(LookupResultOfTest, ABadTextDoesNotSpoilTheBatch) {
  // One of the two texts has a character across any place where it may be cut.
  for (const char* begin : {"", "x"}) {
    v1::LookupRequest request;
    request.set_service(begin);
    for (int i = 0; i < 100; ++i) *request.mutable_service() += "\xC3\xA9";
    const v1::LookupResult sent = LookupResultOf(EmbeddedRegistry(), request);
    EXPECT_TRUE(IsValidUtf8(sent.failure().message()));
    v1::LookupResult received;
    EXPECT_TRUE(received.ParseFromString(sent.SerializeAsString()));
  }
}

TEST(ClassifyHandlerTest, AnswersClassAndAdvice) {
  const absl::StatusOr<v1::ClassifyResponse> response =
      Classify(EmbeddedRegistry(), Proto<v1::ClassifyRequest>("port: 1021"));
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->port_class(), v1::PORT_CLASS_WELL_KNOWN);
  EXPECT_EQ(response->first_port(), 0);
  EXPECT_EQ(response->last_port(), 1023);
  EXPECT_EQ(response->title(), "Well-Known Ports");
  EXPECT_EQ(response->description(), std::string(ClassOf(1021).description));
  EXPECT_EQ(response->revision(), EmbeddedRegistry().revision());
  std::vector<v1::AdvisoryKind> kinds;
  for (const v1::Advisory& advisory : response->advisories()) kinds.push_back(advisory.kind());
  EXPECT_THAT(kinds, ElementsAre(v1::ADVISORY_KIND_IANA_ASSIGNED, v1::ADVISORY_KIND_NEEDS_PRIVILEGE,
                                 v1::ADVISORY_KIND_EXPERIMENTS_ONLY));
}

TEST(ClassifyHandlerTest, ATransportNarrowsTheAdvice) {
  const Registry registry = SmallRegistry();
  const v1::ClassifyResponse response =
      Classify(registry, Proto<v1::ClassifyRequest>("port: 2514 transport: TRANSPORT_UDP")).value();
  ASSERT_THAT(response.advisories(), SizeIs(2));
  EXPECT_EQ(response.advisories(0).kind(), v1::ADVISORY_KIND_IANA_ASSIGNED);
  EXPECT_THAT(response.advisories(0).transports(), ElementsAre(v1::TRANSPORT_UDP));
  EXPECT_EQ(response.advisories(1).kind(), v1::ADVISORY_KIND_COMMONLY_USED);
  EXPECT_EQ(ReasonOf(Classify(registry, v1::ClassifyRequest()).status()), "PORT_MISSING");
}

TEST(GetRegistryInfoTest, DescribesWhatIsServed) {
  const Registry registry = SmallRegistry();
  const v1::GetRegistryInfoResponse response =
      GetRegistryInfo(registry, v1::GetRegistryInfoRequest()).value();
  EXPECT_EQ(response.revision(), registry.revision());
  EXPECT_EQ(response.server_version(), std::string(Version()));
  ASSERT_THAT(response.layers(), SizeIs(3));
  EXPECT_EQ(response.layers(0).layer(), v1::LAYER_LOCAL);
  EXPECT_EQ(response.layers(1).layer(), v1::LAYER_COMMON);
  EXPECT_EQ(response.layers(2).layer(), v1::LAYER_IANA);
  EXPECT_EQ(response.layers(2).record_count(), 4);
  EXPECT_EQ(response.layers(2).named_count(), 3);
  EXPECT_EQ(response.layers(2).portless_count(), 1);
  EXPECT_EQ(response.layers(2).origin(), "test.csv");
  EXPECT_THAT(response.layers(2).sha256(), SizeIs(64));
}

// Returns all messages of a listing.
std::vector<v1::ListRangeResponse> List(const Registry& registry,
                                        const v1::ListRangeRequest& request) {
  absl::StatusOr<ListRangeQuestion> question = Read(request, registry);
  EXPECT_TRUE(question.ok()) << question.status();
  std::vector<v1::ListRangeResponse> messages;
  if (!question.ok()) return messages;
  ListRangeAnswer listing = ListRange(registry, *std::move(question));
  bool last = false;
  while (!last) {
    messages.emplace_back();
    last = listing.Next(messages.back());
  }
  return messages;
}

std::vector<std::string> Records(const std::vector<v1::ListRangeResponse>& messages) {
  std::vector<std::string> records;
  for (const v1::ListRangeResponse& message : messages) {
    for (const v1::PortRecord& record : message.records()) {
      records.push_back(record.SerializeAsString());
    }
  }
  return records;
}

TEST(ListRangeTest, ListsEveryRecordOfTheRegistryInOrder) {
  const Registry& registry = EmbeddedRegistry();
  const std::vector<v1::ListRangeResponse> messages =
      List(registry, Proto<v1::ListRangeRequest>("view: RECORD_VIEW_FULL include_portless: true"));
  EXPECT_GT(messages.size(), 10);
  std::vector<std::string> expected;
  for (const ServiceRecord* record : registry.records()) {
    v1::PortRecord message;
    ToMessage(*record, WithDetails::kYes, message);
    expected.push_back(message.SerializeAsString());
  }
  EXPECT_EQ(Records(messages), expected);
  for (const v1::ListRangeResponse& message : messages) {
    EXPECT_EQ(message.revision(), registry.revision());
    EXPECT_FALSE(message.records().empty());
  }
}

TEST(ListRangeTest, QuestionsReachTheListing) {
  const Registry registry = SmallRegistry();
  const struct {
    const char* request;
    std::vector<const char*> services;
  } cases[] = {
      {"", {"logs", "Syslog / Logging", "syslog", "", "syslog-tls"}},
      {"include_portless: true",
       {"logs", "Syslog / Logging", "syslog", "", "syslog-tls", "syslog"}},
      {"first_port: 2514 last_port: 2514 transport: TRANSPORT_UDP", {"Syslog / Logging", "syslog"}},
      {"layers: LAYER_IANA first_port: 2515", {"syslog-tls"}},
      {"layers: LAYER_LOCAL layers: LAYER_COMMON", {"logs", "Syslog / Logging"}},
      {"last_port: 2513", {}},
  };
  for (const auto& c : cases) {
    std::vector<std::string> services;
    for (const v1::ListRangeResponse& message :
         List(registry, Proto<v1::ListRangeRequest>(c.request))) {
      for (const v1::PortRecord& record : message.records()) services.push_back(record.service());
    }
    EXPECT_THAT(services, testing::ElementsAreArray(c.services)) << c.request;
  }
}

TEST(ListRangeTest, AListingWithoutRecordsIsOneMessage) {
  const Registry registry = MakeRegistry({});
  const std::vector<v1::ListRangeResponse> messages = List(registry, v1::ListRangeRequest());
  ASSERT_THAT(messages, SizeIs(1));
  EXPECT_THAT(messages[0].records(), IsEmpty());
  EXPECT_EQ(messages[0].revision(), registry.revision());
  EXPECT_NE(messages[0].resume_token(), "");
}

TEST(ListRangeTest, EachTokenContinuesAfterItsMessage) {
  const char* const requests[] = {
      "include_portless: true view: RECORD_VIEW_FULL",
      "first_port: 6010 last_port: 40000 transport: TRANSPORT_UDP include_portless: true",
      "first_port: 1 layers: LAYER_IANA",
      "layers: LAYER_COMMON",
  };
  for (const char* text : requests) {
    auto request = Proto<v1::ListRangeRequest>(text);
    const std::vector<v1::ListRangeResponse> messages = List(EmbeddedRegistry(), request);
    for (size_t i = 0; i < messages.size(); ++i) {
      request.set_resume_token(messages[i].resume_token());
      const std::vector<v1::ListRangeResponse> rest = List(EmbeddedRegistry(), request);
      EXPECT_EQ(Records(rest), Records({messages.begin() + i + 1, messages.end()})) << text;
    }
  }
}

TEST(ListRangeTest, ATokenOfAnotherRevisionIsAborted) {
  const Registry registry = SmallRegistry();
  v1::ListRangeRequest request;
  request.set_resume_token(List(registry, request)[0].resume_token());
  const absl::Status status = Read(request, EmbeddedRegistry()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(ReasonOf(status), "REVISION_CHANGED");
}

TEST(ListRangeTest, MessagesAreBounded) {
  for (const v1::ListRangeResponse& message :
       List(EmbeddedRegistry(), Proto<v1::ListRangeRequest>("view: RECORD_VIEW_FULL"))) {
    EXPECT_LE(message.records_size(), 512);
  }
  // Uses records as large as a file may hold.
  const std::string field(16'000, 'x');
  std::string csv(kFullHeader);
  for (int i = 0; i < 100; ++i) {
    absl::StrAppend(&csv, "a,", i, ",tcp");
    for (int column = 3; column < 13; ++column) absl::StrAppend(&csv, ",", field);
    absl::StrAppend(&csv, "\n");
  }
  std::vector<LayerData> layers;
  layers.push_back(LayerOfText(Layer::kLocal, csv));
  const Registry registry = Registry::Create(std::move(layers)).value();
  const auto messages = List(registry, Proto<v1::ListRangeRequest>("view: RECORD_VIEW_FULL"));
  EXPECT_THAT(Records(messages), SizeIs(100));
  for (const v1::ListRangeResponse& message : messages) {
    EXPECT_LE(message.ByteSizeLong(), size_t{2} << 20);  // clients accept 4 MiB
  }
}

TEST(HandlersTest, EveryReasonOfTheContractIsGiven) {
  const Registry registry = SmallRegistry();
  std::set<std::string> given;
  const auto give = [&given](const absl::Status& status) { given.insert(ReasonOf(status)); };
  for (const char* request : {"", "port: -1", "service: ''", "service: 'nosuch'",
                              "port: 1 transport: 9", "port: 1 view: 9", "port: 1 scope: '/'"}) {
    give(Lookup(registry, Proto<v1::LookupRequest>(request)).status());
  }
  v1::LookupRequest long_name;
  long_name.set_service(std::string(65, 'n'));
  give(Lookup(registry, long_name).status());
  give(Classify(registry, v1::ClassifyRequest()).status());
  for (const char* request : {"first_port: 2 last_port: 1", "layers: 9", "resume_token: 'x'"}) {
    give(Read(Proto<v1::ListRangeRequest>(request), registry).status());
  }
  for (const char* request :
       {"", "query: '1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17'", "query: 'a' max_results: 501"}) {
    give(Search(SearchIndex(registry), Proto<v1::SearchRequest>(request)).status());
  }
  v1::ListRangeRequest former;
  former.set_resume_token(List(registry, former)[0].resume_token());
  give(Read(former, EmbeddedRegistry()).status());
  v1::BatchLookupRequest batch;
  for (int i = 0; i < 1001; ++i) batch.add_requests();
  give(CheckBatch(batch));
  // These reasons come from bytes without a message: see malformed_request_test.cc and
  // batch_reply_test.cc.
  given.insert({"MALFORMED_REQUEST", "INVALID_UTF8", "BATCH_REPLY_TOO_LARGE"});
  // These reasons come from calls without a request: see calls_test.cc, server_test.cc
  // and client_names_test.cc.
  given.insert({"SERVER_BUSY", "SERVER_STOPPING", "CLIENT_NOT_ALLOWED"});

  // claim_answers_test.cc tests the reasons of claims.
  given.insert({"SCOPE_INVALID", "OWNER_TOO_LONG", "TOO_MANY_CLAIMS", "CLAIMS_TOO_WIDE",
                "COUNT_OUT_OF_RANGE", "BLOCK_OWNER_MISSING", "ACCEPTED_KIND_INVALID",
                "SUGGEST_KEY_TOO_LONG"});

  std::set<std::string> all;
  for (int i = v1::ErrorReason_MIN + 1; i <= v1::ErrorReason_MAX; ++i) {
    all.insert(ReasonText(static_cast<v1::ErrorReason>(i)));
  }
  EXPECT_EQ(given, all);
}

}  // namespace
}  // namespace portreg
