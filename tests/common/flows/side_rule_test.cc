#include "common/flows/side_rule.h"

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/common/flows/flow_table.h"
#include "tests/common/test_layers.h"

namespace portreg {
namespace {

FlowPorts PortsOf(const KnownFlow& flow) {
  FlowPorts ports{.protocol = flow.protocol,
                  .source = static_cast<Port>(flow.source),
                  .destination = static_cast<Port>(flow.destination)};
  if (flow.stated == "source") ports.stated = ServiceSide::kSource;
  if (flow.stated == "destination") ports.stated = ServiceSide::kDestination;
  ports.by_flags = SideOfTcpFlags(static_cast<unsigned>(flow.tcp_flags));
  return ports;
}

TEST(SideRuleTest, IsRightForTheTableOfFlows) {
  const Registry registry = RegistryOfKnownFlows();
  const SlotNames names(registry);
  const SideRule rule(registry, names);
  std::set<std::string> rules;
  for (const KnownFlow& flow : KnownFlows()) {
    const FlowPorts ports = PortsOf(flow);
    const SideChoice choice = rule.Decide(ports);
    EXPECT_EQ(ToString(choice.side), flow.side) << flow.reason;
    EXPECT_EQ(ToString(choice.reason), flow.rule) << flow.reason;
    rules.insert(std::string(ToString(choice.reason)));
    if (choice.side == ServiceSide::kNone) continue;
    const Port port = SideRule::PortOf(ports, choice.side);
    EXPECT_EQ(absl::StrCat(port), flow.service_port) << flow.reason;
    const uint32_t name = names.At(port, *TransportOfFlow(ports.protocol));
    const absl::string_view service =
        name == SlotNames::kNoName ? "" : registry.record(names.records()[name]).service;
    EXPECT_EQ(service, flow.service) << flow.reason;
  }
  // The table has an example of each step.
  EXPECT_EQ(rules.size(), kReasonCount);
}

TEST(SideRuleTest, BothDirectionsOfAFlowHaveOneService) {
  const Registry registry = RegistryOfKnownFlows();
  const SlotNames names(registry);
  const SideRule rule(registry, names);
  for (int a = 1; a < 65536; a += 127) {
    for (int b = 1; b < 65536; b += 511) {
      const FlowPorts there{
          .protocol = 6, .source = static_cast<Port>(a), .destination = static_cast<Port>(b)};
      const FlowPorts back{.protocol = 6, .source = there.destination, .destination = there.source};
      const SideChoice one = rule.Decide(there);
      const SideChoice other = rule.Decide(back);
      ASSERT_EQ(SideRule::PortOf(there, one.side), SideRule::PortOf(back, other.side)) << a << b;
      ASSERT_EQ(one.reason, other.reason) << a << " " << b;
    }
  }
}

TEST(SideRuleTest, EphemeralRangesOfASiteReplaceTheUsualOnes) {
  const Registry registry = MakeRegistry({.iana = "low,1100,tcp,\nhigh,40000,tcp,\n"});
  const SlotNames names(registry);
  const FlowPorts flow{.protocol = 6, .source = 1100, .destination = 40000};
  EXPECT_EQ(SideRule(registry, names).Decide(flow),
            (SideChoice{ServiceSide::kSource, SideReason::kNamed}));
  const PortRange widened = {1024, 32767};
  EXPECT_EQ(SideRule(registry, names, {&widened, 1}).Decide(flow),
            (SideChoice{ServiceSide::kDestination, SideReason::kNamed}));
}

TEST(FlowPortsTest, FlagsOfAllPacketsDecideOnlyWithoutAck) {
  EXPECT_EQ(SideOfUnitedTcpFlags(kTcpSyn), ServiceSide::kDestination);
  EXPECT_EQ(SideOfUnitedTcpFlags(kTcpSyn | 0x04), ServiceSide::kDestination);
  EXPECT_EQ(SideOfUnitedTcpFlags(kTcpSyn | kTcpAck), ServiceSide::kNone);
  EXPECT_EQ(SideOfTcpFlags(kTcpSyn | kTcpAck), ServiceSide::kSource);
  EXPECT_EQ(SideOfTcpFlags(kTcpAck), ServiceSide::kNone);
}

TEST(FlowPortsTest, ProtocolsHaveNumbersByTheirKeywords) {
  EXPECT_EQ(ProtocolOfKeyword("TCP"), 6);
  EXPECT_EQ(ProtocolOfKeyword("UDP"), 17);
  EXPECT_EQ(ProtocolOfKeyword("IPv6-ICMP"), 58);
  EXPECT_EQ(ProtocolOfKeyword("tcpmux"), std::nullopt);
  EXPECT_EQ(TransportOfFlow(6), Transport::kTcp);
  EXPECT_EQ(TransportOfFlow(136), Transport::kUdp);
  for (const int number : {-1, 0, 1, 50, 256}) EXPECT_EQ(TransportOfFlow(number), std::nullopt);
}

}  // namespace
}  // namespace portreg
