// Holds facts about port numbers as such, such as the range that Linux gives to outgoing
// connections.
#ifndef PORTREG_COMMON_MODEL_RANGE_RULES_H_
#define PORTREG_COMMON_MODEL_RANGE_RULES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/model/advisory_kind.h"
#include "common/model/port.h"

namespace portreg {

// The default of Linux's net.ipv4.ip_local_port_range. Outgoing connections get these
// ports. Formats that are about Linux use it; advice comes from the range rules.
inline constexpr PortRange kLinuxEphemeral = {32768, 60999};

// One fact about some ports.
struct RangeRule {
  // Empty: the rule covers nothing. In a site's table, it removes its kind.
  std::vector<PortRange> ports;
  // Empty: all transports.
  std::vector<Transport> transports;
  // The kind's name in a table, such as linux-ephemeral.
  std::string kind_name;
  FindingSeverity severity = FindingSeverity::kInfo;
  // One sentence, for people to read.
  std::string message;
  // The page or section that states the fact.
  std::string reference;

  // Returns the kind that the name stands for; kRangeRule for any other name.
  [[nodiscard]] AdvisoryKind kind() const;
};

// The names of the kinds that have an AdvisoryKind of their own.
struct RangeRuleKind {
  absl::string_view name;
  AdvisoryKind kind;
};
inline constexpr std::array kRangeRuleKinds = {
    RangeRuleKind{"dynamic-class", AdvisoryKind::kDynamic},
    RangeRuleKind{"privileged", AdvisoryKind::kNeedsPrivilege},
    RangeRuleKind{"experiments", AdvisoryKind::kExperimentsOnly},
    RangeRuleKind{"linux-ephemeral", AdvisoryKind::kLinuxEphemeral},
    RangeRuleKind{"kubernetes-node-port", AdvisoryKind::kKubernetesNodePort},
    RangeRuleKind{"browsers", AdvisoryKind::kBlockedByBrowsers},
    RangeRuleKind{"windows-dynamic", AdvisoryKind::kWindowsDynamic},
    RangeRuleKind{"exporters", AdvisoryKind::kExporterList},
};

// The rules of a registry. Immutable, so that one answer uses one set of rules.
//
//   for (const RangeRule* rule : rules.AtPort(6000)) Show(rule->message);
//
// Thread-safe.
class RangeRules {
 public:
  // The most rules and ranges that a table may have. The limits bound the memory and an
  // answer.
  static constexpr size_t kMaxRules = 200;
  static constexpr size_t kMaxRanges = 2'000;

  RangeRules() : RangeRules(std::vector<RangeRule>()) {}

  // Requires at most kMaxRules rules with at most kMaxRanges ranges in all.
  explicit RangeRules(std::vector<RangeRule> rules);

  // Returns these rules, but those of `site` for each kind that `site` has.
  [[nodiscard]] RangeRules ReplacedBy(const RangeRules& site) const;

  // Returns the rules in the order of AdvisoryKind, and within a kind of their table.
  [[nodiscard]] const std::vector<RangeRule>& rules() const { return rules_; }

  // Returns the rules that cover `port` on any transport, in the same order.
  [[nodiscard]] std::vector<const RangeRule*> AtPort(Port port) const;

  // Returns the number of the set of rules that cover `port`. Ports with equal numbers
  // have equal rules.
  [[nodiscard]] size_t SetAt(Port port) const;

  // Returns the text that tells these rules from those that ReplacedBy began with. Empty
  // if they are equal.
  [[nodiscard]] const std::string& difference() const { return difference_; }

  // Returns the memory that the rules use in bytes, without the allocator's overhead.
  [[nodiscard]] size_t MemoryBytes() const;

 private:
  // Returns all fields of all rules as one text.
  [[nodiscard]] std::string Canonical() const;
  void IndexPorts();

  std::vector<RangeRule> rules_;
  std::string difference_;
  // The ports from which on another set of rules holds, ascending from 0; and the set.
  std::vector<Port> starts_;
  std::vector<size_t> set_from_start_;
  // Indices of rules_. Set 0 is empty.
  std::vector<std::vector<uint16_t>> sets_;
};

}  // namespace portreg

#endif  // PORTREG_COMMON_MODEL_RANGE_RULES_H_
