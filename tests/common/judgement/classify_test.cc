#include "common/judgement/classify.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"

namespace portreg {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// Returns "kind message [transports]" for each advice.
std::vector<std::string> Advice(const Registry& registry, Port port,
                                Transport transport = Transport::kNone) {
  std::vector<std::string> advice;
  for (const Advisory& advisory : Advise(registry, port, transport)) {
    const auto name = [](std::string* out, Transport t) { absl::StrAppend(out, ToString(t)); };
    advice.push_back(absl::StrCat(static_cast<int>(advisory.kind), " ", advisory.message, " [",
                                  absl::StrJoin(advisory.transports, " ", name), "]"));
  }
  return advice;
}

bool Advises(const Registry& registry, Port port, AdvisoryKind kind) {
  const std::vector<Advisory> advice = Advise(registry, port, Transport::kNone);
  return std::any_of(advice.begin(), advice.end(),
                     [kind](const Advisory& advisory) { return advisory.kind == kind; });
}

TEST(ClassifyTest, AFreePortHasNoAdviceButThatItIsUnassigned) {
  EXPECT_THAT(Advice(MakeRegistry({}), 6335),
              ElementsAre("4 unassigned by IANA: to be requested there, choosing it anyway is "
                          "squatting []"));
}

TEST(ClassifyTest, AdviceOnStatesNamesItsTransports) {
  const Registry registry = MakeRegistry(
      {.iana = "shell,2514,tcp,\nother,2514,tcp,\nsyslog,2514,udp,\n,2514,dccp,Unassigned\n"});
  EXPECT_THAT(
      Advice(registry, 2514),
      ElementsAre("2 assigned by IANA to shell, other [tcp]", "2 assigned by IANA to syslog [udp]",
                  "3 reserved by IANA: not available for ordinary assignment [sctp]",
                  "4 unassigned by IANA: to be requested there, choosing it anyway is "
                  "squatting [dccp]"));
  EXPECT_THAT(Advice(registry, 2514, Transport::kUdp),
              ElementsAre("2 assigned by IANA to syslog [udp]"));
  EXPECT_THAT(Advice(registry, 2514, Transport::kSctp),
              ElementsAre("3 reserved by IANA: not available for ordinary assignment [sctp]"));
}

TEST(ClassifyTest, EqualAdviceForSeveralTransportsIsGivenOnce) {
  const Registry registry =
      MakeRegistry({.iana = "http,8008,tcp,\nhttp,8008,udp,\nHTTP,8008,udp,\nswx,7300,,\n"});
  EXPECT_THAT(
      Advice(registry, 8008),
      ElementsAre("2 assigned by IANA to http [tcp]", "2 assigned by IANA to http, HTTP [udp]",
                  "3 reserved by IANA: not available for ordinary assignment [sctp dccp]"));
  EXPECT_THAT(Advice(registry, 7300), ElementsAre("2 assigned by IANA to swx []"));
}

TEST(ClassifyTest, AnAssignedPortIsSaidToBelongToItsServicesOnly) {
  const Registry registry =
      MakeRegistry({.iana = ",7748-7776,,Unassigned\ninetfs,7775,tcp,\nwide,7775-7776,tcp,\n"});
  EXPECT_THAT(Advice(registry, 7775, Transport::kTcp),
              ElementsAre("2 assigned by IANA to inetfs, wide [tcp]"));
}

TEST(ClassifyTest, APortForAnyPrivateUseIsSaidToBeForThat) {
  const Registry registry = MakeRegistry({.iana = ",2024,tcp,any private mail system\n"});
  EXPECT_THAT(Advice(registry, 2024, Transport::kTcp),
              ElementsAre("2 assigned by IANA to any private mail system [tcp]"));
}

TEST(ClassifyTest, OfManyNamesTenAreSaid) {
  std::string rows;
  for (int i = 1; i <= 10; ++i) absl::StrAppend(&rows, "n", i, ",7000,tcp,\n");
  const std::string ten = "2 assigned by IANA to n1, n2, n3, n4, n5, n6, n7, n8, n9, n10";
  EXPECT_THAT(Advice(MakeRegistry({.iana = rows + "n3,7000,tcp,again\n"}), 7000, Transport::kTcp),
              ElementsAre(ten + " [tcp]"));
  EXPECT_THAT(Advice(MakeRegistry({.iana = rows + "n11,7000,tcp,\n"}), 7000, Transport::kTcp),
              ElementsAre(ten + " and others [tcp]"));
}

TEST(ClassifyTest, PortsTakenLocallyComeFirst) {
  const Registry registry = MakeRegistry({.iana = "a,7000,,\n",
                                          .local = "billing,7000,tcp,\naudit,7000,tcp,\n"
                                                   "billing,7000,udp,\n,7000,sctp,Unassigned\n"
                                                   "any,7001,,\n,7002,udp,Reserved for later\n"
                                                   ",7003,tcp,\n"});
  EXPECT_THAT(
      Advice(registry, 7000),
      ElementsAre("1 taken locally by billing, audit [tcp]", "1 taken locally by billing [udp]",
                  "1 taken locally by Unassigned [sctp]", "2 assigned by IANA to a []"));
  EXPECT_THAT(Advice(registry, 7000, Transport::kUdp),
              ElementsAre("1 taken locally by billing [udp]", "2 assigned by IANA to a [udp]"));
  EXPECT_THAT(
      Advice(registry, 7000, Transport::kSctp),
      ElementsAre("1 taken locally by Unassigned [sctp]", "2 assigned by IANA to a [sctp]"));
  EXPECT_EQ(Advice(registry, 7001)[0], "1 taken locally by any []");
  EXPECT_EQ(Advice(registry, 7002)[0], "1 taken locally by Reserved for later [udp]");
  EXPECT_EQ(Advice(registry, 7003)[0], "1 taken locally by an unnamed assignment [tcp]");
}

TEST(ClassifyTest, CommonUseIsSaidWhateverIanaSays) {
  const Registry registry =
      MakeRegistry({.iana = "infowave,2082,,\n", .common = "cPanel,2082,,\nTwo,2082,udp,\n"});
  EXPECT_THAT(Advice(registry, 2082), ElementsAre("2 assigned by IANA to infowave []",
                                                  "6 commonly used by cPanel [tcp sctp dccp]",
                                                  "6 commonly used by cPanel, Two [udp]"));
  EXPECT_EQ(Advice(registry, 2082, Transport::kTcp)[1], "6 commonly used by cPanel [tcp]");
  const Registry plain = MakeRegistry({.common = "cPanel,2082,,\n"});
  EXPECT_EQ(Advice(plain, 2082)[1], "6 commonly used by cPanel []");
  EXPECT_EQ(Advice(plain, 2082, Transport::kTcp)[1], "6 commonly used by cPanel []");
}

TEST(ClassifyTest, RangesOfAdviceMeetTheirBoundaries) {
  const Registry registry = MakeRegistry({});
  const struct {
    AdvisoryKind kind;
    PortRange range;
    const char* message;
  } cases[] = {
      {AdvisoryKind::kNeedsPrivilege, {0, 1023}, "0-1023 needs privilege"},
      {AdvisoryKind::kExperimentsOnly, {1021, 1022}, "for experiments only"},
      {AdvisoryKind::kIanaUnassigned, {0, 49151}, "unassigned"},
      {AdvisoryKind::kDynamic, {49152, 65535}, "must not identify a service"},
      {AdvisoryKind::kLinuxEphemeral, {32768, 60999}, "32768-60999"},
      {AdvisoryKind::kKubernetesNodePort, {30000, 32767}, "30000-32767"},
      {AdvisoryKind::kWindowsDynamic, {49152, 65535}, "Windows' default range"},
      {AdvisoryKind::kExporterList, {9100, 9999}, "9100-9999"},
  };
  for (const auto& c : cases) {
    for (int port = 0; port <= kMaxPort; ++port) {
      const auto p = static_cast<Port>(port);
      ASSERT_EQ(Advises(registry, p, c.kind), c.range.contains(p)) << port << " " << c.message;
    }
    EXPECT_THAT(absl::StrJoin(Advice(registry, c.range.first), "\n"), HasSubstr(c.message));
  }
}

// The "bad ports" of WHATWG Fetch, as the standard lists them in 2026.
TEST(ClassifyTest, BrowsersBlockTheBadPortsOfWhatwgFetch) {
  const std::set<int> expected = {
      0,    1,    7,    9,    11,   13,   15,   17,   19,   20,   21,   22,   23,   25,
      37,   42,   43,   53,   69,   77,   79,   87,   95,   101,  102,  103,  104,  109,
      110,  111,  113,  115,  117,  119,  123,  135,  137,  139,  143,  161,  179,  389,
      427,  465,  512,  513,  514,  515,  526,  530,  531,  532,  540,  548,  554,  556,
      563,  587,  601,  636,  989,  990,  993,  995,  1719, 1720, 1723, 2049, 3659, 4045,
      4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080};
  const Registry registry = MakeRegistry({});
  std::set<int> blocked;
  for (int port = 0; port <= kMaxPort; ++port) {
    if (Advises(registry, static_cast<Port>(port), AdvisoryKind::kBlockedByBrowsers)) {
      blocked.insert(port);
    }
  }
  EXPECT_EQ(blocked, expected);
}

TEST(ClassifyTest, AdviceIsInTheOrderOfItsKinds) {
  const Registry registry = MakeRegistry({.iana = "exp1,1021,tcp,\n,1021,dccp,Unassigned\n",
                                          .common = "Lab,1021,,\n",
                                          .local = "lab,1021,udp,\n"});
  std::vector<int> kinds;
  for (const Advisory& advisory : Advise(registry, 1021, Transport::kNone)) {
    kinds.push_back(static_cast<int>(advisory.kind));
    EXPECT_FALSE(advisory.message.empty());
  }
  EXPECT_THAT(kinds, ElementsAre(1, 2, 3, 4, 6, 7, 8));
}

TEST(ClassifyTest, ADynamicPortIsNeverSaidToBeAssigned) {
  const Registry registry = MakeRegistry({.iana = "a,50051,tcp,\n", .local = "b,50051,tcp,\n"});
  EXPECT_THAT(Advice(registry, 50051),
              ElementsAre("1 taken locally by b [tcp]",
                          "5 in the dynamic class: never assigned, must not identify a service []",
                          "9 in Linux' default range for outgoing connections, 32768-60999 []",
                          "12 in Windows' default range for outgoing connections, 49152-65535 "
                          "[tcp udp]"));
  EXPECT_EQ(Advice(registry, 50051, Transport::kUdp)[0],
            "5 in the dynamic class: never assigned, must not identify a service [udp]");
}

TEST(ClassifyTest, RulesOfSomeTransportsAreSaidOfTheseOnly) {
  const Registry registry = MakeRegistry({});
  const auto last = [&](Port port, Transport transport) {
    return Advice(registry, port, transport).back();
  };
  const std::string blocked = "11 browsers refuse to connect to it (WHATWG Fetch) [tcp]";
  EXPECT_EQ(last(6666, Transport::kNone), blocked);
  EXPECT_EQ(last(6666, Transport::kTcp), blocked);
  EXPECT_NE(last(6666, Transport::kUdp), blocked);
  EXPECT_THAT(last(65000, Transport::kUdp), HasSubstr("12 in Windows' default range"));
  EXPECT_THAT(last(65000, Transport::kUdp), HasSubstr(" [udp]"));
  EXPECT_THAT(last(65000, Transport::kSctp), Not(HasSubstr("Windows")));
}

TEST(ClassifyTest, NodePortsSayWhoChoosesThem) {
  const Registry registry = MakeRegistry({});
  EXPECT_THAT(Advice(registry, 30085).back(), HasSubstr("that people choose, 30000-30085"));
  EXPECT_THAT(Advice(registry, 30086).back(), HasSubstr("the cluster chooses, 30086-32767"));
}

TEST(ClassifyTest, ARuleOfASiteIsSaidLast) {
  RangeRule rule;
  rule.ports = {{7000, 7000}};
  rule.kind_name = "legacy";
  rule.message = "kept for the old billing";
  const Registry registry =
      Registry::Create({}, EmbeddedRangeRules().ReplacedBy(RangeRules({rule}))).value();
  EXPECT_EQ(Advice(registry, 7000).back(), "14 kept for the old billing []");
}

TEST(ClassifyTest, UnauthorizedUseIsSaidAsIanaNotesIt) {
  std::vector<LayerData> layers;
  layers.push_back(
      LayerOfText(Layer::kIana,
                  absl::StrCat(kFullHeader,
                               "a,7000,tcp,,,,,,,,Used by games,,\n,7000,tcp,,,,,,,,Used by games,,"
                               "\nb,7000,udp,,,,,,,,\"two\nlines\",,\n")));
  layers.push_back(
      LayerOfText(Layer::kCommon, absl::StrCat(kFullHeader, "c,7000,sctp,,,,,,,,Not of IANA,,\n")));
  const Registry registry = Registry::Create(std::move(layers)).value();
  const std::vector<std::string> advice = Advice(registry, 7000);
  EXPECT_THAT(std::vector<std::string>(advice.end() - 2, advice.end()),
              ElementsAre("15 IANA notes unauthorised use: \"Used by games\" [tcp]",
                          "15 IANA notes unauthorised use: \"two\\nlines\" [udp]"));
  EXPECT_EQ(Advice(registry, 7000, Transport::kTcp).back(),
            "15 IANA notes unauthorised use: \"Used by games\" [tcp]");
  EXPECT_EQ(Advice(registry, 7000, Transport::kSctp).back()[0], '6');
}

TEST(ClassifyTest, SoftwareWithTheNameOfIanaIsNoFurtherUse) {
  std::vector<LayerData> layers;
  LayerData practice = LayerOfText(Layer::kCommon, absl::StrCat(kFullHeader,
                                                                "A,7000,tcp,,,,,,,,,,\n"
                                                                "b,7001,tcp,,,,,,,,,,\n"));
  for (ServiceRecord& record : practice.records) record.source = kPracticeSource;
  layers.push_back(std::move(practice));
  layers.push_back(
      LayerOfText(Layer::kIana, absl::StrCat(kFullHeader, "a,7000-7001,tcp,,,,,,,,,,\n")));
  const Registry registry = Registry::Create(std::move(layers)).value();
  EXPECT_THAT(Advice(registry, 7000, Transport::kTcp),
              ElementsAre("2 assigned by IANA to a [tcp]"));
  EXPECT_THAT(Advice(registry, 7001, Transport::kTcp),
              ElementsAre("2 assigned by IANA to a [tcp]", "6 commonly used by b [tcp]"));
}

TEST(ClassifyTest, TheOwnerOfAPortTakenLocallyIsNamed) {
  std::vector<LayerData> layers;
  layers.push_back(
      LayerOfText(Layer::kLocal, absl::StrCat(kFullHeader,
                                              "billing,7000,tcp,,,,,,,,,,pay@example.net\n"
                                              ",7000-7010,tcp,Block,,,,,,,,,pay@example.net\n")));
  const Registry registry = Registry::Create(std::move(layers)).value();
  EXPECT_EQ(Advice(registry, 7000, Transport::kTcp)[0],
            "1 taken locally by billing (owner pay@example.net), pay@example.net [tcp]");
}

}  // namespace
}  // namespace portreg
