#include <optional>

#include "client/mirror/mirrored_registry.h"
#include "common/flows/flow_ports.h"
#include "common/model/port.h"
#include "portreg/flow.h"
#include "portreg/mirror.h"

namespace portreg {
namespace {

// The enums of the public header have the values of the domain's.
static_assert(static_cast<int>(FlowSide::kBoth) == static_cast<int>(ServiceSide::kBoth));
static_assert(static_cast<int>(FlowRule::kSamePort) == static_cast<int>(SideReason::kSamePort));

bool IsPort(int32_t number) { return number >= 0 && number <= kMaxPort; }

}  // namespace

absl::string_view ToString(FlowSide side) { return ToString(static_cast<ServiceSide>(side)); }

absl::string_view ToString(FlowRule rule) { return ToString(static_cast<SideReason>(rule)); }

FlowService MirrorSnapshot::ServiceOf(const Flow& flow) const {
  const std::optional<Transport> transport = TransportOfFlow(flow.protocol);
  if (!transport || !IsPort(flow.source_port) || !IsPort(flow.destination_port)) return {};
  const FlowPorts ports{.protocol = flow.protocol,
                        .source = static_cast<Port>(flow.source_port),
                        .destination = static_cast<Port>(flow.destination_port),
                        .stated = static_cast<ServiceSide>(flow.stated),
                        .by_flags = SideOfTcpFlags(flow.tcp_flags)};
  const internal::MirroredRegistry::FlowTables& tables = registry_->flow_tables();
  const SideChoice choice = tables.rule.Decide(ports, *transport);
  if (choice.side == ServiceSide::kNone) return {};
  const Port port = SideRule::PortOf(ports, choice.side);
  FlowService service{.side = static_cast<FlowSide>(choice.side),
                      .rule = static_cast<FlowRule>(choice.reason),
                      .port = port};
  if (const uint32_t name = tables.names.At(port, *transport); name != SlotNames::kNoName) {
    service.record = registry_->by_index[tables.names.records()[name]];
  }
  return service;
}

}  // namespace portreg
