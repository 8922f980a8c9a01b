#include "common/model/range_cursor.h"

#include <algorithm>
#include <utility>

#include "common/model/scope.h"

namespace portreg {

std::vector<RecordRun> RunsOf(const Registry& registry, const RangeQuestion& question,
                              RecordIndex from) {
  std::vector<RecordRun> runs;
  const PortRange ports = question.ports;
  // Adds the records that start below the range and reach into it.
  for (const RecordIndex index : registry.AtPort(ports.first)) {
    const bool starts_below = registry.record(index).ports->first < ports.first;
    if (starts_below && index >= from) runs.emplace_back(index, index + 1);
  }
  std::sort(runs.begin(), runs.end());
  const auto add = [&](RecordIndex begin, RecordIndex end) {
    begin = std::max(begin, from);
    if (begin < end) runs.emplace_back(begin, end);
  };
  add(registry.StartingAt(ports.first).first, registry.StartingAt(ports.last).second);
  if (question.include_portless) {
    const auto [begin, end] = registry.StartingAt(kPortCount);
    add(begin, end);
  }
  return runs;
}

RangeCursor::RangeCursor(const Registry& registry, RangeQuestion question, RecordIndex from)
    : registry_(registry),
      question_(std::move(question)),
      runs_(RunsOf(registry, question_, from)),
      position_(from) {}

bool RangeCursor::Wanted(const ServiceRecord& record) const {
  const std::vector<Layer>& layers = question_.layers;
  return Answers(record.transport, question_.transport) && HoldsIn(record, question_.scope) &&
         (layers.empty() || std::find(layers.begin(), layers.end(), record.layer) != layers.end());
}

const ServiceRecord* RangeCursor::Next() {
  while (run_ < runs_.size()) {
    auto& [next, end] = runs_[run_];
    const ServiceRecord& record = registry_.record(next++);
    position_ = next;
    if (next == end) ++run_;
    if (Wanted(record)) return &record;
  }
  return nullptr;
}

}  // namespace portreg
