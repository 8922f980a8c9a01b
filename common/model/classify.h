// Gives advice on choosing a port.
#ifndef PORTREG_COMMON_MODEL_CLASSIFY_H_
#define PORTREG_COMMON_MODEL_CLASSIFY_H_

#include <bitset>
#include <cstdint>
#include <string>
#include <vector>

#include "common/model/port.h"

namespace portreg {

class Registry;

// A kind of advice; port_registry_service.proto defines each. The values are those of
// the protocol's enum.
enum class AdvisoryKind : uint8_t {
  kTakenLocally = 1,
  kIanaAssigned = 2,
  kIanaReserved = 3,
  kIanaUnassigned = 4,
  kDynamic = 5,
  kCommonlyUsed = 6,
  kNeedsPrivilege = 7,
  kExperimentsOnly = 8,
  kLinuxEphemeral = 9,
  kKubernetesNodePort = 10,
  kBlockedByBrowsers = 11,
};

struct Advisory {
  AdvisoryKind kind;
  // One sentence, for people to read.
  std::string message;
  // The transports that the advice is about. Empty: all transports.
  std::vector<Transport> transports;
};

// The default of Linux's net.ipv4.ip_local_port_range. Outgoing connections get these
// ports.
inline constexpr PortRange kLinuxEphemeral = {32768, 60999};

// A set of kinds. Bit i stands for the AdvisoryKind with value i.
using AdvisoryKinds = std::bitset<12>;

// Returns the kinds of advice that depend on the number alone, not on a registry.
AdvisoryKinds AdviceOnNumber(Port port);

// Returns the advice on choosing `port` for a service on `transport`, in the order of
// AdvisoryKind. kNone: on all transports.
std::vector<Advisory> Advise(const Registry& registry, Port port, Transport transport);

}  // namespace portreg

#endif  // PORTREG_COMMON_MODEL_CLASSIFY_H_
