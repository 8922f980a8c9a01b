// The registry that is asked, and what it is asked for.
#ifndef PORTREG_TESTS_BENCH_MICRO_KEYS_H_
#define PORTREG_TESTS_BENCH_MICRO_KEYS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "common/model/port.h"
#include "common/model/registry.h"

namespace portreg::bench {

// The embedded registry, made by the first call.
const Registry& TheRegistry();

// The same with a local layer of kLocalRows rows, a name each and the same words
// in each; made by the first call.
const Registry& TheLargeRegistry();
inline constexpr int kLocalRows = 150'000;

// All ports, and all names as their records spell them, in an order drawn at
// random that is the same in each run: no cache or branch predictor knows the
// next one.
const std::vector<Port>& ShuffledPorts();
const std::vector<std::string>& ShuffledNames();

// Goes through a list again and again.
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
