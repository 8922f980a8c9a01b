#include "common/model/port_map.h"

#include <algorithm>
#include <iterator>

#include "common/model/iana_states.h"
#include "common/model/port_findings.h"
#include "common/model/record.h"

namespace portreg {
namespace {

size_t IndexOf(PortUse use) { return static_cast<size_t>(use); }

PortUse UseOf(AssignmentState state) {
  switch (state) {
    case AssignmentState::kAssigned:
      return PortUse::kAssigned;
    case AssignmentState::kReserved:
      return PortUse::kReserved;
    case AssignmentState::kDynamic:
      return PortUse::kDynamic;
    case AssignmentState::kUnassigned:
      break;
  }
  return PortUse::kUnassigned;
}

// Returns the use that a record gives to its ports. Layer iana has a say by its states
// only.
PortUse UseOf(const ServiceRecord& record) {
  if (record.layer == Layer::kIana || !Gives(record)) return PortUse::kDynamic;
  if (record.layer == Layer::kCommon) return PortUse::kCommon;
  return record.named() ? PortUse::kLocal : PortUse::kHeld;
}

PortUse UseAt(const Registry& registry, const IanaStates& states, Port port) {
  PortUse use = PortUse::kDynamic;
  for (const Transport transport : kTransports) {
    use = std::min(use, UseOf(states.At(port, transport)));
  }
  for (const RecordIndex index : registry.AtPort(port)) {
    use = std::min(use, UseOf(registry.record(index)));
  }
  return use;
}

}  // namespace

absl::string_view ToString(PortUse use) {
  switch (use) {
    case PortUse::kLocal:
      return "local";
    case PortUse::kHeld:
      return "held";
    case PortUse::kCommon:
      return "common";
    case PortUse::kAssigned:
      return "assigned";
    case PortUse::kReserved:
      return "reserved";
    case PortUse::kUnassigned:
      return "unassigned";
    case PortUse::kDynamic:
      break;
  }
  return "dynamic";
}

absl::string_view TitleOf(PortUse use) {
  switch (use) {
    case PortUse::kLocal:
      return "Used by your organisation";
    case PortUse::kHeld:
      return "Held by your organisation";
    case PortUse::kCommon:
      return "Used by software in practice";
    case PortUse::kAssigned:
      return "Assigned by IANA";
    case PortUse::kReserved:
      return "Reserved by IANA";
    case PortUse::kUnassigned:
      return "Unassigned";
    case PortUse::kDynamic:
      break;
  }
  return "Dynamic";
}

PortUse DominantUse(const UseCounts& counts) {
  for (const PortUse use : {PortUse::kLocal, PortUse::kHeld}) {
    if (counts[IndexOf(use)] > 0) return use;
  }
  const auto most = std::max_element(counts.begin(), counts.end());
  return kPortUses[static_cast<size_t>(std::distance(counts.begin(), most))];
}

PortMap::PortMap(const Registry& registry) {
  const IanaStates& states = registry.iana_states();
  uses_.reserve(kPortCount);
  for (int port = 0; port <= kMaxPort; ++port) {
    uses_.push_back(UseAt(registry, states, static_cast<Port>(port)));
  }
}

UseCounts PortMap::Count(PortRange ports) const {
  UseCounts counts = {};
  for (int port = ports.first; port <= ports.last; ++port) {
    ++counts[IndexOf(At(static_cast<Port>(port)))];
  }
  return counts;
}

}  // namespace portreg
