// Runs `portreg list --map [RANGE]`.
#include <cstddef>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "client/cli/commands/command_parts.h"
#include "client/cli/formats/map_writer.h"
#include "client/cli/sources/compared_registry.h"
#include "client/cli/sources/requests.h"
#include "common/model/port_map.h"

namespace portreg::cli {
namespace {

absl::StatusOr<PortRange> WantedPorts(const Invocation& invocation) {
  if (invocation.keys.empty()) return PortRange::All();
  const absl::StatusOr<std::vector<Query>> queries = ReadRanges(invocation.keys, "list");
  if (!queries.ok()) return queries.status();
  if (queries->size() > 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("--map draws one range, and ", queries->size(), " are given"));
  }
  const Query& query = queries->front();
  if (query.transport != Transport::kNone) {
    return absl::InvalidArgumentError(
        absl::StrCat("--map draws all transports, and \"", query.text, "\" names one"));
  }
  return *query.ports;
}

MapSize SizeFor(const Invocation& invocation, const Terminal& terminal) {
  const bool fits = terminal.width >= static_cast<size_t>(LineWidth(kLargeMap));
  return fits || invocation.format == Format::kWide ? kLargeMap : kSmallMap;
}

}  // namespace

int RunListMap(const Invocation& invocation, Source& source, const Output& output) {
  const absl::StatusOr<PortRange> ports = WantedPorts(invocation);
  if (!ports.ok()) return FailUsage(ports.status(), output);
  // Asks for all ports, because a range may cut records that the map needs.
  const absl::StatusOr<ComparedRegistry> listed = RegistryOfListing(
      source, ListRequestFor(PortRange::All(), Transport::kNone, invocation.layers,
                             v1::RECORD_VIEW_BASIC, invocation.scope));
  if (!listed.ok()) return FailCall(listed.status(), source, output);
  output.out.Put(DrawMap(PortMap(listed->registry), *ports, SizeFor(invocation, output.terminal),
                         output.terminal));
  return kExitOk;
}

}  // namespace portreg::cli
