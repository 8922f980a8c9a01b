#include "client/cli/audit/verdict.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"

namespace portreg::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr absl::CivilDay kToday(2026, 11, 29);

constexpr char kLocalRows[] =
    "Service Name,Port Number,Transport Protocol,Description,Owner,Aliases,Scope,Status,Since,"
    "Until,Bind\n"
    "billing,7100,tcp,,payments,java,,,,,\n"
    "ledger,7400,tcp,,payments,,,,,,loopback\n"
    "orders,7500,,,shop,,eu/prod,,,,\n"
    "baskets,7500,,,shop,,us,,,,Loopback\n"
    "old,7600,tcp,,shop,,,retired,,,\n"
    "older,7601,tcp,,shop,,,retired,,,\n"
    "newer,7601,tcp,,shop,,,,,,\n"
    "leaving,7602,tcp,,shop,,,deprecated,,,\n"
    "coming,7603,tcp,,shop,,,planned,2027-01-01,,\n"
    "lapsed,7604,tcp,,shop,,,,,2026-11-28,\n"
    "last-day,7605,tcp,,shop,,,,2026-11-29,2026-11-29,\n"
    ",7700-7709,tcp,,media,,,,,,\n"
    "mixer,7701,tcp,,media,,,,,,\n"
    "tracks,7710-7712,,,media,,,,,,\n"
    "ssh,22,tcp,,ops,,,,,,\n"
    "gone,8443,tcp,,shop,,,retired,,,\n"
    "desk,443,tcp,,shop,,us,,,,\n";

constexpr char kIanaRows[] =
    "ssh,22,tcp,\n"
    "https,443,tcp,\n"
    "infowave,2082,tcp,\n"
    "nameserver,42,udp,\n"
    "irdmi,7000,tcp,\n"
    "pcsync-https,8443,tcp,\n"
    "alpha,8600,,\n"
    "beta,8600,tcp,\n"
    ",5,tcp,Reserved\n"
    "filenet,32768,tcp,\n";

constexpr char kPracticeRows[] =
    "cpanel,2082,tcp,\n"
    "kafka,9092,tcp,\n"
    "consul-dns,8600,tcp,\n"
    "wireguard,51820,udp,\n";

constexpr char kPeopleRows[] =
    "Kafka broker,9092,,\n"
    "AirPlay,7000,,\n";

const Registry& AuditedRegistry() {
  static const Registry& registry = *[] {
    std::vector<LayerData> layers;
    auto text = std::make_shared<LayerText>();
    text->text = kLocalRows;
    layers.push_back(
        ReadLayer(Layer::kLocal, "local.csv", std::move(text), LocalFileRules()).value());
    layers.push_back(MakeLayer(Layer::kIana, kIanaRows));
    layers.push_back(MakeLayer(Layer::kCommon, kPeopleRows));
    LayerData practice = MakeLayer(Layer::kCommon, kPracticeRows);
    for (ServiceRecord& record : practice.records) record.source = kPracticeSource;
    layers.push_back(std::move(practice));
    return new Registry(Registry::Create(std::move(layers)).value());
  }();
  return registry;
}

// Returns the socket of a text such as "tcp 127.0.0.1:7400 ledger". Names of several
// processes are separated by "+".
ListeningSocket SocketOf(absl::string_view text) {
  const std::vector<std::string> words = absl::StrSplit(text, ' ');
  const size_t colon = words[1].rfind(':');
  ListeningSocket socket;
  socket.transport = ParseTransport(words[0]).value();
  socket.address = ParseBoundAddress(words[1].substr(0, colon)).value();
  socket.port = ParsePort(words[1].substr(colon + 1)).value();
  if (words.size() < 3) return socket;
  for (const absl::string_view name : absl::StrSplit(words[2], '+')) {
    socket.owners.push_back({std::string(name), 1});
  }
  return socket;
}

AuditJudgement JudgeText(absl::string_view socket, const Circumstances& circumstances) {
  const ListeningSocket read = SocketOf(socket);
  std::vector<const ServiceRecord*> covering;
  for (const RecordIndex index : AuditedRegistry().AtPort(read.port)) {
    covering.push_back(&AuditedRegistry().record(index));
  }
  return Judge(read, covering, circumstances);
}

// Returns texts such as "ours billing", "other-name billing" or "registered https". Remarks
// follow in parentheses.
std::string Told(absl::string_view socket, const std::string& scope) {
  const AuditJudgement judgement = JudgeText(socket, {.scope = scope, .today = kToday});
  const ServiceRecord* told = judgement.local;
  if (judgement.verdict == Verdict::kRegistered) told = judgement.registered;
  if (judgement.verdict == Verdict::kPractice) told = judgement.practice;
  return absl::StrCat(ToString(judgement.verdict),
                      told == nullptr || !told->named() ? "" : absl::StrCat(" ", told->service),
                      judgement.remarks.empty()
                          ? ""
                          : absl::StrCat(" (", absl::StrJoin(judgement.remarks, ", "), ")"));
}

TEST(JudgeTest, SocketsGetTheirVerdicts) {
  const struct {
    const char* socket;
    const char* scope;
    const char* verdict;
  } cases[] = {
      // The process has the record's name, another spelling of it, or an alias.
      {"tcp 0.0.0.0:7100 billing", "", "ours billing"},
      {"tcp *:7100 BILLING", "", "ours billing"},
      {"tcp [::]:7100 billingd", "", "ours billing"},
      {"tcp [::1]:7100 java", "", "ours billing"},
      {"tcp 0.0.0.0:22 sshd", "", "ours ssh"},
      // The process has another name.
      {"tcp 0.0.0.0:7100 nginx", "", "other-name billing"},
      {"tcp 0.0.0.0:22 dropbear", "", "other-name ssh"},
      {"tcp 127.0.0.1:7100 nginx", "", "other-name billing"},
      // One of several processes has the name.
      {"tcp 0.0.0.0:22 sshd+systemd", "", "ours ssh"},
      {"tcp 0.0.0.0:22 dropbear+sshd", "", "ours ssh"},
      // The process is not known.
      {"tcp 0.0.0.0:7100", "", "ours billing (process not known)"},
      {"tcp 0.0.0.0:22 systemd", "", "ours ssh (process not known)"},
      {"tcp 0.0.0.0:7100 docker-proxy", "", "ours billing (process not known)"},
      // The transport is not the record's.
      {"udp 0.0.0.0:7100 billing", "", "unknown"},
      // The record is for loopback only.
      {"tcp 127.0.0.1:7400 ledger", "", "ours ledger"},
      {"tcp [::1]:7400 ledger", "", "ours ledger"},
      {"tcp [::ffff:127.0.0.1]:7400 ledger", "", "ours ledger"},
      {"tcp 0.0.0.0%lo:7400 ledger", "", "ours ledger"},
      {"tcp 0.0.0.0:7400 ledger", "", "exposed ledger (must listen on loopback only)"},
      {"tcp *:7400 ledger", "", "exposed ledger (must listen on loopback only)"},
      {"tcp [::]:7400 ledger", "", "exposed ledger (must listen on loopback only)"},
      {"tcp 192.0.2.1:7400 ledger", "", "exposed ledger (must listen on loopback only)"},
      {"tcp [fe80::1]%eth0:7400", "", "exposed ledger (must listen on loopback only)"},
      {"tcp 0.0.0.0:7400 nginx", "", "exposed ledger (must listen on loopback only)"},
      {"tcp 127.0.0.1:7400 nginx", "", "other-name ledger"},
      // Scopes.
      {"tcp 0.0.0.0:7500 orders", "eu/prod", "ours orders"},
      {"udp 0.0.0.0:7500 orders", "eu", "ours orders"},
      {"tcp 0.0.0.0:7500 orders", "eu/prod/db", "ours orders"},
      {"tcp 0.0.0.0:7500 orders", "eu/test", "unknown (held in scope eu/prod by orders)"},
      {"tcp 0.0.0.0:7500 baskets", "eu/prod", "other-name orders"},
      {"tcp 127.0.0.1:7500 baskets", "", "ours baskets"},
      {"tcp 0.0.0.0:7500 baskets", "", "exposed baskets (must listen on loopback only)"},
      {"tcp 0.0.0.0:7500 orders", "", "ours orders"},
      {"tcp 0.0.0.0:7500 orders", "us", "exposed baskets (must listen on loopback only)"},
      {"tcp 0.0.0.0:443 nginx", "eu", "registered https (held in scope us by desk)"},
      // Statuses and days.
      {"tcp 0.0.0.0:7600 old", "", "retired old"},
      {"tcp 0.0.0.0:7600 nginx", "", "retired old"},
      {"tcp 0.0.0.0:8443 nginx", "", "retired gone"},
      {"tcp 0.0.0.0:7601 newer", "", "ours newer"},
      {"tcp 0.0.0.0:7601 older", "", "other-name newer"},
      {"tcp 0.0.0.0:7602 leaving", "", "ours leaving (deprecated)"},
      {"tcp 0.0.0.0:7603 coming", "", "ours coming (planned, since 2027-01-01 is to come)"},
      {"tcp 0.0.0.0:7604 lapsed", "", "ours lapsed (until 2026-11-28 is past)"},
      {"tcp 0.0.0.0:7604 nginx", "", "other-name lapsed (until 2026-11-28 is past)"},
      {"tcp 0.0.0.0:7605 last-day", "", "ours last-day"},
      // Blocks and ranges.
      {"tcp 0.0.0.0:7700 anything", "", "ours (within a block)"},
      {"tcp 0.0.0.0:7709", "", "ours (within a block)"},
      {"tcp 0.0.0.0:7701 mixer", "", "ours mixer"},
      {"tcp 0.0.0.0:7701 nginx", "", "other-name mixer"},
      {"udp 0.0.0.0:7700 anything", "", "unknown"},
      {"sctp 0.0.0.0:7711 tracks", "", "ours tracks"},
      // No local record holds the port, except for the first one.
      {"tcp 0.0.0.0:443 nginx", "", "other-name desk"},
      {"tcp 0.0.0.0:2082 infowave", "", "registered infowave"},
      {"tcp 0.0.0.0:2082 cpanel", "", "practice cpanel"},
      {"tcp 0.0.0.0:2082 nginx", "", "registered infowave"},
      {"tcp 0.0.0.0:2082", "", "registered infowave"},
      {"udp 0.0.0.0:2082 infowave", "", "unknown"},
      {"tcp 0.0.0.0:8600 beta", "", "registered beta"},
      {"tcp 0.0.0.0:8600 consul-dns", "", "practice consul-dns"},
      {"tcp 0.0.0.0:9092 java", "", "practice kafka"},
      {"udp 0.0.0.0:9092 java", "", "practice Kafka broker"},
      {"tcp 0.0.0.0:5 nginx", "", "unknown"},
      {"tcp 0.0.0.0:6001 nginx", "", "unknown"},
      // Ephemeral ports.
      {"udp 0.0.0.0:32767 resolver", "", "unknown"},
      {"udp 0.0.0.0:32768 resolver", "", "ephemeral"},
      {"udp 0.0.0.0:60999 resolver", "", "ephemeral"},
      {"udp 0.0.0.0:61000 resolver", "", "ephemeral"},
      {"udp 0.0.0.0:65535 resolver", "", "ephemeral"},
      {"tcp 0.0.0.0:32768 filenet", "", "registered filenet"},
      {"tcp 0.0.0.0:32768 nginx", "", "registered filenet (also a port of outgoing connections)"},
      {"udp 0.0.0.0:51820", "", "practice wireguard (also a port of outgoing connections)"},
  };
  static_assert(std::size(cases) >= 40);
  for (const auto& each : cases) {
    EXPECT_EQ(Told(each.socket, each.scope), each.verdict)
        << each.socket << " in scope \"" << each.scope << "\"";
  }
}

TEST(JudgeTest, TheEphemeralRangeIsThatOfTheMachine) {
  const Circumstances circumstances{.scope = "", .today = kToday, .ephemeral = {20000, 20010}};
  EXPECT_EQ(JudgeText("udp 0.0.0.0:20010", circumstances).verdict, Verdict::kEphemeral);
  EXPECT_EQ(JudgeText("udp 0.0.0.0:20011", circumstances).verdict, Verdict::kUnknown);
  EXPECT_EQ(JudgeText("udp 0.0.0.0:32768", circumstances).verdict, Verdict::kUnknown);
}

TEST(JudgeTest, RecordsOfOtherLayersAreKeptBesideTheVerdict) {
  const AuditJudgement judgement =
      JudgeText("tcp 0.0.0.0:2082 nginx", {.scope = "", .today = kToday});
  ASSERT_NE(judgement.registered, nullptr);
  ASSERT_NE(judgement.practice, nullptr);
  EXPECT_EQ(judgement.registered->service, "infowave");
  EXPECT_EQ(judgement.practice->service, "cpanel");
}

TEST(IsAllowedTest, TheLocalTableForbidsFourVerdicts) {
  for (const Verdict verdict :
       {Verdict::kOtherName, Verdict::kExposed, Verdict::kRetired, Verdict::kMissing}) {
    EXPECT_FALSE(IsAllowed(verdict)) << ToString(verdict);
  }
  for (const Verdict verdict : {Verdict::kOurs, Verdict::kRegistered, Verdict::kPractice,
                                Verdict::kEphemeral, Verdict::kUnknown}) {
    EXPECT_TRUE(IsAllowed(verdict)) << ToString(verdict);
  }
}

// Returns the services that are expected in a scope, and for which no socket listens.
std::vector<std::string> MissingServices(const std::string& scope,
                                         const std::vector<std::string>& sockets) {
  std::vector<ListeningSocket> read;
  for (const std::string& socket : sockets) read.push_back(SocketOf(socket));
  ListenedPorts listened;
  listened.Add(read);
  std::vector<std::string> missing;
  for (const ServiceRecord* record : AuditedRegistry().records()) {
    const bool expected = IsExpected(*record, {.scope = scope, .today = kToday});
    if (expected && !listened.HasOneOf(*record)) missing.emplace_back(record->service);
  }
  return missing;
}

TEST(IsExpectedTest, ServicesOfTheScopeAreExpected) {
  EXPECT_THAT(MissingServices("eu/prod", {}),
              ElementsAre("ssh", "billing", "ledger", "orders", "newer", "leaving", "last-day",
                          "mixer", "tracks"));
  EXPECT_THAT(MissingServices("us", {"tcp 0.0.0.0:22", "tcp 0.0.0.0:7100", "tcp 127.0.0.1:7400",
                                     "tcp 0.0.0.0:7601", "tcp 0.0.0.0:7602", "tcp 0.0.0.0:7605",
                                     "tcp 0.0.0.0:7701"}),
              ElementsAre("desk", "baskets", "tracks"));
}

TEST(ListenedPortsTest, OnePortOfARangeOnATransportOfTheRecordIsEnough) {
  ServiceRecord record;
  record.ports = PortRange{7710, 7712};
  const auto listens = [&](Transport transport, absl::string_view socket) {
    record.transport = transport;
    ListenedPorts listened;
    const std::vector<ListeningSocket> sockets = {SocketOf(socket)};
    listened.Add(sockets);
    return listened.HasOneOf(record);
  };
  EXPECT_TRUE(listens(Transport::kTcp, "tcp 0.0.0.0:7710"));
  EXPECT_TRUE(listens(Transport::kTcp, "tcp 0.0.0.0:7712"));
  EXPECT_TRUE(listens(Transport::kNone, "udp 0.0.0.0:7711"));
  EXPECT_FALSE(listens(Transport::kTcp, "udp 0.0.0.0:7711"));
  EXPECT_FALSE(listens(Transport::kNone, "udp 0.0.0.0:7709"));
  EXPECT_FALSE(listens(Transport::kNone, "udp 0.0.0.0:7713"));
  record.ports = PortRange{65535, 65535};
  EXPECT_TRUE(listens(Transport::kNone, "udp 0.0.0.0:65535"));
  record.ports = std::nullopt;
  EXPECT_FALSE(listens(Transport::kNone, "udp 0.0.0.0:65535"));
}

}  // namespace
}  // namespace portreg::cli
