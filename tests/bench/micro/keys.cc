#include "tests/bench/micro/keys.h"

#include <algorithm>
#include <numeric>
#include <random>

#include "absl/container/flat_hash_set.h"
#include "server/data.h"

namespace portreg::bench {

const Registry& TheRegistry() {
  static const auto& registry = *new Registry(LoadRegistry({}).value());
  return registry;
}

const std::vector<Port>& ShuffledPorts() {
  static const auto& ports = *[] {
    auto* const all = new std::vector<Port>(kPortCount);
    std::iota(all->begin(), all->end(), Port{0});
    std::shuffle(all->begin(), all->end(), std::mt19937(1));
    return all;
  }();
  return ports;
}

const std::vector<std::string>& ShuffledNames() {
  static const auto& names = *[] {
    absl::flat_hash_set<std::string> seen;
    auto* const all = new std::vector<std::string>();
    for (const ServiceRecord* const record : TheRegistry().records()) {
      if (!record->named() || !seen.emplace(record->service).second) continue;
      all->emplace_back(record->service);
    }
    std::shuffle(all->begin(), all->end(), std::mt19937(2));
    return all;
  }();
  return names;
}

}  // namespace portreg::bench
