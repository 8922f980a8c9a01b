#include "common/model/iana_states.h"

#include "common/model/registry.h"

namespace portreg {

IanaStates::IanaStates(const Registry& registry) : states_(kPortCount) {
  for (size_t number = 0; number < kPortCount; ++number) {
    const auto port = static_cast<Port>(number);
    for (const Transport transport : kTransports) {
      const int shift = 2 * (static_cast<int>(transport) - 1);
      const int state = static_cast<int>(registry.StateOn(port, transport)) - 1;
      states_[number] = static_cast<uint8_t>(states_[number] | state << shift);
    }
  }
}

}  // namespace portreg
