#include "common/model/classify.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/model/port_class.h"
#include "common/model/record.h"
#include "common/model/registry.h"

namespace portreg {
namespace {

// RFC 6335 section 10.2, RFC 4727 section 6.
constexpr PortRange kExperimental = {1021, 1022};
// Kubernetes' default of --service-node-port-range.
constexpr PortRange kKubernetesNodePorts = {30000, 32767};

// WHATWG Fetch, "bad port", as of 2026.
constexpr std::array<Port, 83> kBlockedByBrowsers = {
    0,    1,    7,    9,    11,   13,   15,   17,   19,   20,   21,   22,   23,   25,
    37,   42,   43,   53,   69,   77,   79,   87,   95,   101,  102,  103,  104,  109,
    110,  111,  113,  115,  117,  119,  123,  135,  137,  139,  143,  161,  179,  389,
    427,  465,  512,  513,  514,  515,  526,  530,  531,  532,  540,  548,  554,  556,
    563,  587,  601,  636,  989,  990,  993,  995,  1719, 1720, 1723, 2049, 3659, 4045,
    4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080};
static_assert(std::is_sorted(kBlockedByBrowsers.begin(), kBlockedByBrowsers.end()));

// Returns true if a record gives its ports to somebody. A record of IANA does if it
// assigns them; any other record does unless it is retired.
bool Gives(const ServiceRecord& record) {
  if (record.layer != Layer::kIana) return record.status != RecordStatus::kRetired;
  return StateOf(record) == AssignmentState::kAssigned;
}

// Returns the distinct names of those records of `layer` that give the port to
// somebody. Lists at most kMostNames.
std::string Names(const Registry& registry, Port port, Layer layer, Transport transport) {
  constexpr size_t kMostNames = 10;
  std::vector<absl::string_view> names;
  for (const RecordIndex index : registry.AtPort(port)) {
    const ServiceRecord& record = registry.record(index);
    if (record.layer != layer || !Answers(record.transport, transport)) continue;
    if (!Gives(record)) continue;
    absl::string_view name = record.named() ? record.service : record.description;
    // A block of an organisation's own table has no name, but an owner.
    if (!record.named() && !record.details.owner.empty()) name = record.details.owner;
    if (name.empty()) name = "an unnamed assignment";
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    if (names.size() == kMostNames) return absl::StrCat(absl::StrJoin(names, ", "), " and others");
    names.push_back(name);
  }
  return absl::StrJoin(names, ", ");
}

// Returns the sentence about a state. For kAssigned, the caller appends the names.
absl::string_view Say(AssignmentState state) {
  switch (state) {
    case AssignmentState::kAssigned:
      return "assigned by IANA to ";
    case AssignmentState::kReserved:
      return "reserved by IANA: not available for ordinary assignment";
    case AssignmentState::kUnassigned:
      return "unassigned by IANA: to be requested there, choosing it anyway is squatting";
    case AssignmentState::kDynamic:
      return "in the dynamic class: never assigned, must not identify a service";
  }
  return "";
}

AdvisoryKind KindOf(AssignmentState state) {
  switch (state) {
    case AssignmentState::kAssigned:
      return AdvisoryKind::kIanaAssigned;
    case AssignmentState::kReserved:
      return AdvisoryKind::kIanaReserved;
    case AssignmentState::kUnassigned:
      return AdvisoryKind::kIanaUnassigned;
    case AssignmentState::kDynamic:
      return AdvisoryKind::kDynamic;
  }
  return AdvisoryKind::kIanaReserved;
}

// Adds `transport` to the advisory of this kind and message. Adds the advisory if it
// does not exist.
void Merge(AdvisoryKind kind, std::string message, Transport transport,
           std::vector<Advisory>& advisories) {
  for (Advisory& advisory : advisories) {
    if (advisory.kind != kind || advisory.message != message) continue;
    advisory.transports.push_back(transport);
    return;
  }
  advisories.push_back({kind, std::move(message), {transport}});
}

void AdviseOnStates(const Registry& registry, Port port, Transport transport,
                    std::vector<Advisory>& advisories) {
  for (const TransportState& state : registry.States(port, transport)) {
    std::string message(Say(state.state));
    if (state.state == AssignmentState::kAssigned) {
      absl::StrAppend(&message, Names(registry, port, Layer::kIana, state.transport));
    }
    Merge(KindOf(state.state), std::move(message), state.transport, advisories);
    if (state.taken_locally) {
      const std::string names = Names(registry, port, Layer::kLocal, state.transport);
      Merge(AdvisoryKind::kTakenLocally, absl::StrCat("taken locally by ", names), state.transport,
            advisories);
    }
  }
  // In the protocol, an empty list stands for all transports.
  for (Advisory& advisory : advisories) {
    if (advisory.transports.size() == kTransports.size()) advisory.transports.clear();
  }
}

// Reports each use with its transports, because software may use a port on some only.
// The records of the table of common ports state no transport, and so count for all.
void AdviseOnUse(const Registry& registry, Port port, Transport transport,
                 std::vector<Advisory>& advisories) {
  std::vector<Advisory> uses;
  for (const Transport each : kTransports) {
    const std::string names = Names(registry, port, Layer::kCommon, each);
    if (names.empty()) continue;
    Merge(AdvisoryKind::kCommonlyUsed, absl::StrCat("commonly used by ", names), each, uses);
  }
  for (Advisory& use : uses) {
    if (use.transports.size() == kTransports.size()) {
      use.transports.clear();
    } else if (transport != Transport::kNone) {
      const auto& holds = use.transports;
      if (std::find(holds.begin(), holds.end(), transport) == holds.end()) continue;
      use.transports = {transport};
    }
    advisories.push_back(std::move(use));
  }
}

// A kind of advice that depends on the number alone.
struct NumberRule {
  AdvisoryKind kind;
  bool (*holds)(Port port);
  std::string (*message)();
};

constexpr std::array kNumberRules = {
    NumberRule{
        AdvisoryKind::kNeedsPrivilege,
        [](Port port) { return ClassOf(port).port_class == PortClass::kWellKnown; },
        [] { return std::string("listening on ports 0-1023 needs privilege on most systems"); }},
    NumberRule{AdvisoryKind::kExperimentsOnly,
               [](Port port) { return kExperimental.contains(port); },
               [] { return std::string("for experiments only (RFC 6335 section 10.2)"); }},
    NumberRule{AdvisoryKind::kLinuxEphemeral,
               [](Port port) { return kLinuxEphemeral.contains(port); },
               [] {
                 return absl::StrCat("in Linux' default range for outgoing connections, ",
                                     ToString(kLinuxEphemeral));
               }},
    NumberRule{AdvisoryKind::kKubernetesNodePort,
               [](Port port) { return kKubernetesNodePorts.contains(port); },
               [] {
                 return absl::StrCat("in Kubernetes' default NodePort range, ",
                                     ToString(kKubernetesNodePorts));
               }},
    NumberRule{AdvisoryKind::kBlockedByBrowsers,
               [](Port port) {
                 return std::binary_search(kBlockedByBrowsers.begin(), kBlockedByBrowsers.end(),
                                           port);
               },
               [] { return std::string("browsers refuse to connect to it (WHATWG Fetch)"); }},
};

}  // namespace

AdvisoryKinds AdviceOnNumber(Port port) {
  AdvisoryKinds kinds;
  for (const NumberRule& rule : kNumberRules) {
    kinds.set(static_cast<size_t>(rule.kind), rule.holds(port));
  }
  return kinds;
}

std::vector<Advisory> Advise(const Registry& registry, Port port, Transport transport) {
  std::vector<Advisory> advisories;
  AdviseOnStates(registry, port, transport, advisories);
  AdviseOnUse(registry, port, transport, advisories);
  for (const NumberRule& rule : kNumberRules) {
    if (rule.holds(port)) advisories.push_back({rule.kind, rule.message(), {}});
  }
  std::stable_sort(advisories.begin(), advisories.end(),
                   [](const Advisory& a, const Advisory& b) { return a.kind < b.kind; });
  return advisories;
}

}  // namespace portreg
