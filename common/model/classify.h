// Advice on choosing a port.
#ifndef PORTREG_COMMON_MODEL_CLASSIFY_H_
#define PORTREG_COMMON_MODEL_CLASSIFY_H_

#include <bitset>
#include <cstdint>
#include <string>
#include <vector>

#include "common/model/port.h"

namespace portreg {

class Registry;

// A kind of advice; what each means is said in port_registry_service.proto.
// Values are the protocol's.
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
  // One sentence for a person.
  std::string message;
  // The transports it holds for. Empty: all of them.
  std::vector<Transport> transports;
};

// Linux' default of net.ipv4.ip_local_port_range: outgoing connections get these
// ports.
inline constexpr PortRange kLinuxEphemeral = {32768, 60999};

// A set of AdvisoryKind, by its values.
using AdvisoryKinds = std::bitset<12>;

// The kinds of advice that follow from the number alone, whatever a registry
// holds.
AdvisoryKinds AdviceOnNumber(Port port);

// What to know before choosing `port` for a service on `transport` (kNone: on
// all), in the order of AdvisoryKind.
std::vector<Advisory> Advise(const Registry& registry, Port port, Transport transport);

}  // namespace portreg

#endif  // PORTREG_COMMON_MODEL_CLASSIFY_H_
