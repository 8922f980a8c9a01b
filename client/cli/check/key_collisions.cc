#include "client/cli/check/key_collisions.h"

#include <algorithm>
#include <numeric>

namespace portreg::cli {

KeyCollisions FindKeyCollisions(absl::Span<const Query> keys) {
  KeyCollisions found;
  found.of_key.resize(keys.size());
  std::vector<size_t> by_port(keys.size());
  std::iota(by_port.begin(), by_port.end(), size_t{0});
  std::stable_sort(by_port.begin(), by_port.end(), [&keys](size_t a, size_t b) {
    return keys[a].ports->first < keys[b].ports->first;
  });
  size_t pairs = 0;
  for (size_t i = 0; i < by_port.size(); ++i) {
    const Query& key = keys[by_port[i]];
    for (size_t j = i + 1; j < by_port.size(); ++j) {
      const Query& other = keys[by_port[j]];
      if (other.ports->first > key.ports->last) break;
      const TransportSet transports =
          TransportSet(key.transport).And(TransportSet(other.transport));
      if (transports.empty()) continue;
      // Limits the number of steps too: if many keys overlap, many of them share a transport.
      if (++pairs > kMaxKeyCollisions) {
        found.more = true;
        return found;
      }
      const PortRange ports{other.ports->first, std::min(key.ports->last, other.ports->last)};
      found.of_key[by_port[i]].push_back({by_port[j], ports, transports});
      found.of_key[by_port[j]].push_back({by_port[i], ports, transports});
    }
  }
  return found;
}

}  // namespace portreg::cli
