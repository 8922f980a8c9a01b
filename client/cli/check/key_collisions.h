// Finds the keys of a command line that claim the same port.
#ifndef PORTREG_CLIENT_CLI_CHECK_KEY_COLLISIONS_H_
#define PORTREG_CLIENT_CLI_CHECK_KEY_COLLISIONS_H_

#include <cstddef>
#include <vector>

#include "absl/types/span.h"
#include "common/judgement/claim.h"
#include "common/model/port.h"
#include "common/model/query.h"

namespace portreg::cli {

// The most pairs of keys that are found.
inline constexpr size_t kMaxKeyCollisions = 1'000;

// A collision of a key with another one that claims some of the same slots.
struct KeyCollision {
  // The index of the other key.
  size_t other;
  // The slots that both claim.
  PortRange ports;
  TransportSet transports;
};

struct KeyCollisions {
  // The collisions of each key, in the order of the keys.
  std::vector<std::vector<KeyCollision>> of_key;
  // True if there are more than kMaxKeyCollisions pairs.
  bool more = false;
};

// Returns the pairs of keys that share a slot. Requires keys that are ports or ranges. Also
// compares keys that are sent to the source in different calls.
KeyCollisions FindKeyCollisions(absl::Span<const Query> keys);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_CHECK_KEY_COLLISIONS_H_
