#include "common/flows/flow_ports.h"

#include <array>
#include <cstddef>
#include <utility>

#include "absl/strings/match.h"

namespace portreg {
namespace {

constexpr int kUdpLite = 136;

constexpr std::array<absl::string_view, kSideCount> kSideNames = {"", "source", "destination",
                                                                  "both"};
constexpr std::array<absl::string_view, kReasonCount> kReasonNames = {
    "", "format", "tcp-flags", "local", "named", "class", "number", "same-port"};

// Keywords of IANA's registry of protocol numbers, and other spellings that Zeek, Suricata
// and nfdump use.
constexpr std::array<std::pair<absl::string_view, int>, 22> kKeywords = {{
    {"tcp", 6},        {"udp", 17},     {"icmp", 1},   {"icmp6", 58}, {"ipv6-icmp", 58},
    {"icmpv6", 58},    {"icmp-v6", 58}, {"sctp", 132}, {"dccp", 33},  {"udplite", 136},
    {"udp-lite", 136}, {"esp", 50},     {"ah", 51},    {"gre", 47},   {"igmp", 2},
    {"ipip", 4},       {"ipencap", 4},  {"ipv6", 41},  {"ospf", 89},  {"ospfigp", 89},
    {"pim", 103},      {"vrrp", 112},
}};

}  // namespace

absl::string_view ToString(ServiceSide side) { return kSideNames[static_cast<size_t>(side)]; }

absl::string_view ToString(SideReason reason) { return kReasonNames[static_cast<size_t>(reason)]; }

std::optional<Transport> TransportOfFlow(int protocol) {
  return protocol == kUdpLite ? Transport::kUdp : TransportOfProtocol(protocol);
}

std::optional<int> ProtocolOfKeyword(absl::string_view keyword) {
  for (const auto& [name, number] : kKeywords) {
    if (absl::EqualsIgnoreCase(name, keyword)) return number;
  }
  return std::nullopt;
}

}  // namespace portreg
