// Decides what a map of all ports shows of a port, and of several ports in one cell.
#ifndef PORTREG_COMMON_MODEL_PORT_MAP_H_
#define PORTREG_COMMON_MODEL_PORT_MAP_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/model/port.h"
#include "common/model/registry.h"

namespace portreg {

// The use of a port: the layer that names it, or its state at IANA. The first that fits
// counts.
enum class PortUse : uint8_t {
  // A service of layer local has the port.
  kLocal = 0,
  // A block of layer local holds the port, and no local service has it.
  kHeld = 1,
  // A record of layer common names the port.
  kCommon = 2,
  // IANA's state of the port, on the transport where most is known: a port that is
  // assigned on one transport is assigned.
  kAssigned = 3,
  kReserved = 4,
  kUnassigned = 5,
  kDynamic = 6,
};

inline constexpr std::array<PortUse, 7> kPortUses = {
    PortUse::kLocal,    PortUse::kHeld,       PortUse::kCommon, PortUse::kAssigned,
    PortUse::kReserved, PortUse::kUnassigned, PortUse::kDynamic};

// Returns a word such as "local", "held" or "unassigned".
absl::string_view ToString(PortUse use);

// Returns a title for a legend, such as "Held by your organisation".
absl::string_view TitleOf(PortUse use);

// Numbers of ports by use. The index is the PortUse.
using UseCounts = std::array<size_t, kPortUses.size()>;

// Returns the use that a cell with these ports shows. A cell with a local service or block
// shows that, because there are few of them and somebody looks for them. Any other cell
// shows what most of its ports are, and the first in the order above if several are equal.
PortUse DominantUse(const UseCounts& counts);

// The uses of all ports of a registry. Immutable. Thread-safe.
class PortMap {
 public:
  explicit PortMap(const Registry& registry);

  [[nodiscard]] PortUse At(Port port) const { return uses_[port]; }

  [[nodiscard]] UseCounts Count(PortRange ports) const;

 private:
  std::vector<PortUse> uses_;
};

}  // namespace portreg

#endif  // PORTREG_COMMON_MODEL_PORT_MAP_H_
