#include "common/embedded/embedded.h"

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/data/layer_file.h"
#include "common/embedded/embedded_csv.h"
#include "common/judgement/classify.h"
#include "common/model/detail_columns.h"
#include "common/model/port_class.h"
#include "common/text/sha256.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"

namespace portreg {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

// Returns the records of one layer that cover the port and answer for the transport.
std::vector<std::string> At(Port port, Layer layer, Transport transport = Transport::kNone) {
  std::vector<std::string> found;
  for (const RecordIndex index : EmbeddedRegistry().AtPort(port)) {
    const ServiceRecord& record = EmbeddedRegistry().record(index);
    if (record.layer == layer && Answers(record.transport, transport)) {
      found.push_back(Describe(record));
    }
  }
  return found;
}

TEST(EmbeddedTest, LayersAreDescribed) {
  const struct {
    LayerData layer;
    Layer kind;
    absl::string_view bytes;
  } cases[] = {
      {EmbeddedIanaLayer(), Layer::kIana, EmbeddedIanaCsv()},
      {EmbeddedCommonLayer(), Layer::kCommon, EmbeddedCommonCsv()},
  };
  for (const auto& c : cases) {
    const LayerInfo& info = c.layer.info;
    EXPECT_EQ(info.layer, c.kind);
    EXPECT_EQ(info.origin, "embedded");
    EXPECT_EQ(info.sha256, Sha256Of(c.bytes));
    EXPECT_EQ(info.modify_time, std::nullopt);
    EXPECT_EQ(info.record_count, c.layer.records.size());
    EXPECT_THAT(info.set_aside, IsEmpty());
  }
}

// Expects the layer to be what its file is when it is parsed.
void ExpectParsed(const LayerData& layer, absl::string_view csv, const LayerRules& rules) {
  auto text = std::make_shared<LayerText>();
  text->text = std::string(csv);
  const LayerData parsed = ReadLayer(layer.info.layer, "embedded", std::move(text), rules).value();
  EXPECT_EQ(layer.info.source, parsed.info.source);
  EXPECT_EQ(layer.info.record_count, parsed.info.record_count);
  EXPECT_EQ(layer.info.named_count, parsed.info.named_count);
  EXPECT_EQ(layer.info.portless_count, parsed.info.portless_count);
  ASSERT_EQ(layer.records.size(), parsed.records.size());
  for (size_t i = 0; i < parsed.records.size(); ++i) {
    const ServiceRecord& one = layer.records[i];
    const ServiceRecord& other = parsed.records[i];
    EXPECT_EQ(one.ports, other.ports) << other.line;
    EXPECT_EQ(one.transport, other.transport) << other.line;
    EXPECT_EQ(one.layer, other.layer) << other.line;
    EXPECT_EQ(one.line, other.line);
    EXPECT_EQ(one.service, other.service) << other.line;
    EXPECT_EQ(one.description, other.description) << other.line;
    EXPECT_EQ(one.aliases, other.aliases) << other.line;
    EXPECT_EQ(one.scope, other.scope) << other.line;
    EXPECT_EQ(one.status, other.status) << other.line;
    EXPECT_EQ(one.source, other.source) << other.line;
    EXPECT_TRUE(*one.details == *other.details) << other.line;
  }
}

TEST(EmbeddedTest, LayersAreThoseOfTheirFiles) {
  ExpectParsed(EmbeddedIanaLayer(), EmbeddedIanaCsv(), IanaFileRules());
  ExpectParsed(EmbeddedCommonLayer(), EmbeddedCommonCsv(), LayerRules());
  ExpectParsed(EmbeddedPracticeLayer(), EmbeddedPracticeCsv(),
               {.is_own_table = true, .source = kPracticeSource});
}

TEST(EmbeddedTest, RecordsAreCountedWithoutParsingThem) {
  EXPECT_EQ(EmbeddedIanaRecordCount(), EmbeddedIanaLayer().records.size());
}

TEST(EmbeddedTest, BytesAreWholeFiles) {
  for (const absl::string_view csv : {EmbeddedIanaCsv(), EmbeddedCommonCsv()}) {
    EXPECT_EQ(csv.substr(0, 13), "Service Name,");
    EXPECT_EQ(csv.back(), '\n');
    EXPECT_EQ(csv.find('\0'), absl::string_view::npos);
  }
}

TEST(EmbeddedTest, LayerIanaHasTheSizeOfTheRegistry) {
  const LayerInfo info = EmbeddedIanaLayer().info;
  EXPECT_GT(info.record_count, 14'000);
  EXPECT_GT(info.named_count, 12'500);
  EXPECT_GT(info.portless_count, 800);
  EXPECT_LT(info.record_count, 20'000);
}

TEST(EmbeddedTest, LayerCommonIsTheTableOf51Rows) {
  const LayerData layer = EmbeddedCommonLayer();
  ASSERT_THAT(layer.records, SizeIs(51));
  EXPECT_EQ(layer.info.named_count, 51);
  EXPECT_EQ(layer.info.portless_count, 0);
  for (const ServiceRecord& record : layer.records) {
    EXPECT_EQ(record.transport, Transport::kNone) << Describe(record);
    EXPECT_FALSE(record.description.empty()) << Describe(record);
  }
  EXPECT_EQ(Describe(layer.records.front()), "common 20-21 FTP");
  EXPECT_EQ(layer.records.front().description, "File Transfer Protocol, data & control ports");
  EXPECT_EQ(Describe(layer.records.back()), "common 8443 HTTPS Alternate / Admin Console");
}

TEST(EmbeddedTest, LandmarksOfLayerIana) {
  const struct {
    Port port;
    Transport transport;
    std::vector<std::string> found;
  } cases[] = {
      {0, Transport::kTcp, {"iana 0/tcp (Reserved)"}},
      {22, Transport::kTcp, {"iana 22/tcp ssh"}},
      {53, Transport::kUdp, {"iana 53/udp domain"}},
      {80, Transport::kTcp, {"iana 80/tcp http", "iana 80/tcp www", "iana 80/tcp www-http"}},
      {443, Transport::kTcp, {"iana 443/tcp https"}},
      {465, Transport::kTcp, {"iana 465/tcp urd", "iana 465/tcp submissions"}},
      {514, Transport::kTcp, {"iana 514/tcp shell"}},
      {514, Transport::kUdp, {"iana 514/udp syslog"}},
      {631, Transport::kTcp, {"iana 631/tcp ipp", "iana 631/tcp ipps"}},
      {2082, Transport::kTcp, {"iana 2082/tcp infowave"}},
      {6063, Transport::kTcp, {"iana 6000-6063/tcp x11"}},
      {49151, Transport::kTcp, {"iana 49151 (IANA Reserved)"}},
      {49152, Transport::kTcp, {}},
  };
  for (const auto& c : cases) {
    EXPECT_THAT(At(c.port, Layer::kIana, c.transport), ElementsAreArray(c.found)) << c.port;
  }
}

TEST(EmbeddedTest, StatesThatTheRulesAreMadeFor) {
  const struct {
    Port port;
    Transport transport;
    AssignmentState state;
  } cases[] = {
      {0, Transport::kTcp, AssignmentState::kReserved},
      {4, Transport::kTcp, AssignmentState::kUnassigned},
      {24, Transport::kTcp, AssignmentState::kAssigned},
      {716, Transport::kTcp, AssignmentState::kReserved},
      {716, Transport::kUdp, AssignmentState::kAssigned},
      {1023, Transport::kTcp, AssignmentState::kReserved},
      {4200, Transport::kDccp, AssignmentState::kAssigned},
      {7775, Transport::kTcp, AssignmentState::kAssigned},
      // IANA's ranges of unassigned ports include assigned ports
      // (nameless_corrections.csv).
      {7775, Transport::kUdp, AssignmentState::kReserved},
      {7775, Transport::kSctp, AssignmentState::kUnassigned},
      {7775, Transport::kDccp, AssignmentState::kUnassigned},
      {7997, Transport::kTcp, AssignmentState::kAssigned},
      {7997, Transport::kSctp, AssignmentState::kUnassigned},
      {7997, Transport::kDccp, AssignmentState::kUnassigned},
      {8010, Transport::kTcp, AssignmentState::kReserved},
      {8010, Transport::kUdp, AssignmentState::kReserved},
      {8010, Transport::kSctp, AssignmentState::kReserved},
      {8010, Transport::kDccp, AssignmentState::kReserved},
      {8011, Transport::kTcp, AssignmentState::kUnassigned},
      {7776, Transport::kTcp, AssignmentState::kUnassigned},
      {49150, Transport::kTcp, AssignmentState::kAssigned},
      {49150, Transport::kUdp, AssignmentState::kReserved},
      {49151, Transport::kSctp, AssignmentState::kReserved},
      {49152, Transport::kTcp, AssignmentState::kDynamic},
      {65535, Transport::kUdp, AssignmentState::kDynamic},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(ToString(EmbeddedRegistry().StateOn(c.port, c.transport)), ToString(c.state))
        << c.port << "/" << ToString(c.transport);
  }
}

TEST(EmbeddedTest, LayersAreKeptApart) {
  EXPECT_THAT(At(2082, Layer::kCommon), ElementsAre("common 2082 cPanel"));
  EXPECT_THAT(At(2082, Layer::kIana),
              ElementsAre("iana 2082/tcp infowave", "iana 2082/udp infowave"));
  EXPECT_THAT(Describe(EmbeddedRegistry(), EmbeddedRegistry().ByName("microsoft-ds")),
              ElementsAre("common 445 SMB / Microsoft-DS", "iana 445/tcp microsoft-ds",
                          "iana 445/udp microsoft-ds"));
}

TEST(EmbeddedTest, NamesThatBreakTodaysSyntaxAreFound) {
  for (const char* name : {"914C/G", "whois++", "z39.50", "sql*net", "acmaint_dbd"}) {
    EXPECT_FALSE(EmbeddedRegistry().ByName(name).empty()) << name;
  }
}

TEST(EmbeddedTest, QuotedFieldsAreUnquoted) {
  const RecordIndex www = EmbeddedRegistry().ByName("www")[0];
  EXPECT_THAT(std::string(EmbeddedRegistry().record(www).details->assignment_notes),
              StartsWith("This is a duplicate of the \"http\" service"));
  const RecordIndex whoispp = EmbeddedRegistry().ByName("whoispp")[0];
  EXPECT_THAT(std::string(EmbeddedRegistry().record(whoispp).description), StartsWith("whois++\n"));
}

// A portregd without flags must not listen on another service's port.
TEST(EmbeddedTest, TheDefaultPortIsAssignedToNobody) {
  const std::string address(kDefaultAddress);
  const size_t colon = address.rfind(':');
  EXPECT_EQ(address.substr(0, colon), "127.0.0.1");
  const absl::StatusOr<Port> port = ParsePort(address.substr(colon + 1));
  ASSERT_TRUE(port.ok()) << port.status();
  EXPECT_EQ(ClassOf(*port).port_class, PortClass::kRegistered);

  // The port is neither assigned, reserved, dynamic, privileged, ephemeral, a NodePort
  // nor blocked. It is unassigned on all transports. Qdrant's peers use it too.
  const std::vector<Advisory> advice = Advise(EmbeddedRegistry(), *port, Transport::kNone);
  ASSERT_THAT(advice, SizeIs(2));
  EXPECT_EQ(advice[0].kind, AdvisoryKind::kIanaUnassigned);
  EXPECT_THAT(advice[0].transports, IsEmpty());
  EXPECT_EQ(advice[1].kind, AdvisoryKind::kCommonlyUsed);
}

}  // namespace
}  // namespace portreg
