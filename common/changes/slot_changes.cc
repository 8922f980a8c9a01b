#include "common/changes/slot_changes.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <tuple>

#include "common/model/record.h"
#include "common/names/names.h"

namespace portreg {
namespace {

// The names of a port on each of kTransports.
using PortNames = std::array<absl::string_view, kTransports.size()>;

PortNames NamesOf(const Registry& registry, Port port) {
  PortNames names;
  std::vector<const ServiceRecord*> covering;
  for (const RecordIndex index : registry.AtPort(port)) {
    covering.push_back(&registry.record(index));
  }
  for (size_t i = 0; i < names.size() && !covering.empty(); ++i) {
    const ServiceRecord* const record = NameOfSlot(covering, kTransports[i]);
    if (record != nullptr) names[i] = record->service;
  }
  return names;
}

// Merges the changes of one transport, which must be added by port.
class RunsOfSlots {
 public:
  explicit RunsOfSlots(Transport transport) : transport_(transport) {}

  void Add(Port port, absl::string_view before, absl::string_view after) {
    if (!runs_.empty() && runs_.back().ports.last + 1 == port && runs_.back().before == before &&
        runs_.back().after == after) {
      runs_.back().ports.last = port;
    } else {
      runs_.push_back({{port, port}, transport_, before, after});
    }
  }

  [[nodiscard]] const std::vector<SlotChange>& runs() const { return runs_; }

 private:
  const Transport transport_;
  std::vector<SlotChange> runs_;
};

bool AreAlike(const PortNames& names) {
  return std::all_of(names.begin(), names.end(), [&](auto name) { return name == names.front(); });
}

}  // namespace

std::vector<SlotChange> CompareSlots(const Registry& before, const Registry& after) {
  std::array<RunsOfSlots, 1 + kTransports.size()> runs = {
      RunsOfSlots(Transport::kNone), RunsOfSlots(Transport::kTcp), RunsOfSlots(Transport::kUdp),
      RunsOfSlots(Transport::kSctp), RunsOfSlots(Transport::kDccp)};
  for (int number = 0; number <= kMaxPort; ++number) {
    const auto port = static_cast<Port>(number);
    const PortNames olds = NamesOf(before, port);
    const PortNames news = NamesOf(after, port);
    if (olds == news) continue;
    if (AreAlike(olds) && AreAlike(news)) {
      runs[0].Add(port, olds.front(), news.front());
      continue;
    }
    for (size_t i = 0; i < kTransports.size(); ++i) {
      if (olds[i] != news[i]) runs[i + 1].Add(port, olds[i], news[i]);
    }
  }
  std::vector<SlotChange> changes;
  for (const RunsOfSlots& some : runs) {
    changes.insert(changes.end(), some.runs().begin(), some.runs().end());
  }
  std::sort(changes.begin(), changes.end(), [](const SlotChange& a, const SlotChange& b) {
    return std::tie(a.ports.first, a.transport) < std::tie(b.ports.first, b.transport);
  });
  return changes;
}

}  // namespace portreg
