#include "client/cli/display/clipped_record.h"

#include <algorithm>

namespace portreg::cli {

std::optional<PortRange> RangeOf(const v1::PortRecord& record) {
  if (!record.has_first_port() || record.first_port() < 0 ||
      record.last_port() < record.first_port() || record.last_port() > kMaxPort) {
    return std::nullopt;
  }
  return PortRange{static_cast<Port>(record.first_port()), static_cast<Port>(record.last_port())};
}

std::optional<Transport> TransportOf(const v1::PortRecord& record) {
  if (!v1::Transport_IsValid(record.transport())) return std::nullopt;
  return static_cast<Transport>(record.transport());
}

std::optional<Layer> LayerOf(const v1::PortRecord& record) {
  if (!v1::Layer_IsValid(record.layer())) return std::nullopt;
  return static_cast<Layer>(record.layer());
}

std::optional<v1::PortRecord> ClippedTo(PortRange ports, Transport transport,
                                        const v1::PortRecord& record) {
  const std::optional<PortRange> range = RangeOf(record);
  const std::optional<Transport> its = TransportOf(record);
  // An unknown transport is no answer to a question about another.
  const bool answers = its ? Answers(*its, transport) : transport == Transport::kNone;
  if (!range || !answers) {
    return std::nullopt;
  }
  const Port first = std::max(range->first, ports.first);
  const Port last = std::min(range->last, ports.last);
  if (first > last) return std::nullopt;
  v1::PortRecord clipped = record;
  clipped.set_first_port(first);
  clipped.set_last_port(last);
  if (transport != Transport::kNone) {
    clipped.set_transport(static_cast<v1::Transport>(transport));
  }
  return clipped;
}

}  // namespace portreg::cli
