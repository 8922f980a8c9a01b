// Measures lookups in the registry within the process.
#include <string>

#include "benchmark/benchmark.h"
#include "common/model/port_class.h"
#include "common/model/registry.h"
#include "tests/bench/micro/keys.h"

namespace portreg::bench {
namespace {

// Uses the first record of a span and its size, as a reader would.
void Use(absl::Span<const RecordIndex> records) {
  benchmark::DoNotOptimize(records.data());
  benchmark::DoNotOptimize(records.size());
}

void AtPort(benchmark::State& state) {
  const Registry& registry = TheRegistry();
  Cycle<Port> ports(ShuffledPorts());
  for (auto unused : state) Use(registry.AtPort(ports.Next()));
}
BENCHMARK(AtPort);

void ByName(benchmark::State& state) {
  const Registry& registry = TheRegistry();
  Cycle<std::string> names(ShuffledNames());
  for (auto unused : state) {
    const absl::Span<const RecordIndex> records = registry.ByName(names.Next());
    if (records.empty()) state.SkipWithError("a name of the registry is not found");
    Use(records);
  }
}
BENCHMARK(ByName);

void ByUnknownName(benchmark::State& state) {
  const Registry& registry = TheRegistry();
  std::vector<std::string> unknown;
  for (const std::string& name : ShuffledNames()) unknown.push_back(name + "?");
  Cycle<std::string> names(unknown);
  for (auto unused : state) {
    const absl::Span<const RecordIndex> records = registry.ByName(names.Next());
    if (!records.empty()) state.SkipWithError("an unknown name is found");
    Use(records);
  }
}
BENCHMARK(ByUnknownName);

void States(benchmark::State& state) {
  const Registry& registry = TheRegistry();
  Cycle<Port> ports(ShuffledPorts());
  for (auto unused : state) {
    benchmark::DoNotOptimize(registry.States(ports.Next(), Transport::kNone));
  }
}
BENCHMARK(States);

void ClassOfPort(benchmark::State& state) {
  Cycle<Port> ports(ShuffledPorts());
  for (auto unused : state) benchmark::DoNotOptimize(&ClassOf(ports.Next()));
}
BENCHMARK(ClassOfPort);

}  // namespace
}  // namespace portreg::bench
