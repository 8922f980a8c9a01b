#include "common/range_cursor.h"

#include <algorithm>
#include <utility>

namespace portreg {

RangeCursor::RangeCursor(const Registry& registry, RangeQuestion question, RecordIndex from)
    : registry_(registry),
      question_(std::move(question)),
      next_(std::max(from, registry.StartingAt(question_.ports.first).first)),
      end_(registry.StartingAt(question_.ports.last).second),
      next_portless_(std::max(from, registry.StartingAt(kPortCount).first)),
      end_portless_(question_.include_portless ? registry.StartingAt(kPortCount).second : 0),
      position_(from) {
  for (const RecordIndex index : registry_.AtPort(question_.ports.first)) {
    const bool starts_below = registry_.record(index).ports->first < question_.ports.first;
    if (starts_below && index >= from) reaching_in_.push_back(index);
  }
  std::sort(reaching_in_.begin(), reaching_in_.end());
}

bool RangeCursor::Wanted(const ServiceRecord& record) const {
  const std::vector<Layer>& layers = question_.layers;
  return Answers(record.transport, question_.transport) &&
         (layers.empty() || std::find(layers.begin(), layers.end(), record.layer) != layers.end());
}

const ServiceRecord* RangeCursor::Next() {
  while (true) {
    RecordIndex index;
    if (next_reaching_in_ < reaching_in_.size()) {
      index = reaching_in_[next_reaching_in_++];
    } else if (next_ < end_) {
      index = next_++;
    } else if (next_portless_ < end_portless_) {
      index = next_portless_++;
    } else {
      return nullptr;
    }
    position_ = index + 1;
    const ServiceRecord& record = registry_.record(index);
    if (Wanted(record)) return &record;
  }
}

}  // namespace portreg
