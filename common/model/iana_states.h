// Tabulates the states of all slots in IANA's registry.
#ifndef PORTREG_COMMON_MODEL_IANA_STATES_H_
#define PORTREG_COMMON_MODEL_IANA_STATES_H_

#include <cstdint>
#include <vector>

#include "common/model/port.h"

namespace portreg {

class Registry;

// Holds Registry::StateOn of every slot, for code that asks about many ports. One byte a
// port: two bits a transport. Immutable. Thread-safe.
class IanaStates {
 public:
  explicit IanaStates(const Registry& registry);

  // `transport` must not be kNone.
  [[nodiscard]] AssignmentState At(Port port, Transport transport) const {
    const int shift = 2 * (static_cast<int>(transport) - 1);
    return static_cast<AssignmentState>((states_[port] >> shift & 3) + 1);
  }

 private:
  std::vector<uint8_t> states_;
};

}  // namespace portreg

#endif  // PORTREG_COMMON_MODEL_IANA_STATES_H_
