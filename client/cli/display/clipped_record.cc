#include "client/cli/display/clipped_record.h"

#include <algorithm>

#include "common/answers/conversion.h"

namespace portreg::cli {

std::optional<PortRange> RangeOf(const v1::PortRecord& record) {
  const absl::StatusOr<std::optional<PortRange>> ports = ReadRange(record);
  return ports.ok() ? *ports : std::nullopt;
}

std::optional<v1::PortRecord> ClippedTo(PortRange ports, Transport transport,
                                        const v1::PortRecord& record) {
  const std::optional<PortRange> range = RangeOf(record);
  const std::optional<Transport> its = TransportOf(record.transport());
  // A record of an unknown transport only answers a question about any transport.
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
