// Provides the registries and the lookup keys of the microbenchmarks.
#ifndef PORTREG_TESTS_BENCH_MICRO_KEYS_H_
#define PORTREG_TESTS_BENCH_MICRO_KEYS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "common/model/port.h"
#include "common/model/registry.h"

namespace portreg::bench {

// Returns the embedded registry. The first call builds it.
const Registry& TheRegistry();

// Returns the embedded registry with a local layer of kLocalRows rows. Each row has its
// own name; all descriptions contain the same words. The first call builds it.
const Registry& TheLargeRegistry();
inline constexpr int kLocalRows = 150'000;

// Return all ports, and all names as their records spell them, in a random order that is
// the same in each run. The order is random so that caches and branch predictors cannot
// predict the next key.
const std::vector<Port>& ShuffledPorts();
const std::vector<std::string>& ShuffledNames();

// Yields the elements of a list in order, and starts again after the last one.
template <typename Key>
class Cycle {
 public:
  // The list must outlive the cycle and must not be empty.
  explicit Cycle(const std::vector<Key>& keys) : keys_(keys) {}

  const Key& Next() {
    if (next_ == keys_.size()) next_ = 0;
    return keys_[next_++];
  }

 private:
  const std::vector<Key>& keys_;
  size_t next_ = 0;
};

}  // namespace portreg::bench

#endif  // PORTREG_TESTS_BENCH_MICRO_KEYS_H_
