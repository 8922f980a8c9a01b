#include "server/reload/data_log.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/changes/record_changes.h"
#include "common/judgement/collision.h"
#include "common/model/layer.h"
#include "common/model/record.h"
#include "common/text/text_position.h"
#include "server/process/log.h"

namespace portreg::server {
namespace {

// The most records of one kind that a line names, and the most pairs of one kind that
// lines report.
constexpr size_t kMostNamed = 5;
constexpr size_t kMostPairs = 10;

// The records of one layer that have changed in one way.
struct NamedCount {
  int64_t count = 0;
  // The first few, with commas between them.
  std::string names;

  void Add(const ServiceRecord& record) {
    if (++count <= static_cast<int64_t>(kMostNamed)) {
      absl::StrAppend(&names, names.empty() ? "" : ", ", Summary(record));
    } else if (count == static_cast<int64_t>(kMostNamed) + 1) {
      absl::StrAppend(&names, ", ...");
    }
  }
};

void LogPairs(const Registry& registry, absl::string_view message, std::vector<Collision> pairs) {
  const bool more = pairs.size() > kMostPairs;
  if (more) pairs.pop_back();
  for (const Collision& pair : pairs) {
    Log(Severity::kWarning, message,
        {{"layer", std::string(ToString(pair.one->layer))}, {"rows", ToString(registry, pair)}});
  }
  if (more) {
    Log(Severity::kWarning, message,
        {{"rows", std::string("and more, which portregd --check lists")}});
  }
}

}  // namespace

void LogChanges(const Registry& before, const Registry& after) {
  const RecordChanges changes = CompareRecords(before, after);
  for (const Layer layer : kLayers) {
    NamedCount added;
    NamedCount removed;
    NamedCount changed;
    for (const ServiceRecord* record : changes.added) {
      if (record->layer == layer) added.Add(*record);
    }
    for (const ServiceRecord* record : changes.removed) {
      if (record->layer == layer) removed.Add(*record);
    }
    for (const ChangedRecord& record : changes.changed) {
      if (record.after->layer == layer) changed.Add(*record.after);
    }
    if (added.count + removed.count + changed.count == 0) continue;
    Log(Severity::kInfo, "records changed",
        {{"layer", std::string(ToString(layer))},
         {"added", added.count},
         {"removed", removed.count},
         {"changed", changed.count},
         {"first_added", added.names},
         {"first_removed", removed.names},
         {"first_changed", changed.names}});
  }
}

void LogCollisions(const Registry& registry) {
  LogPairs(registry, "rows collide", FindCollisions(registry, Layer::kLocal, kMostPairs + 1));
  LogPairs(registry, "rows repeat a service and owner",
           FindRepetitions(registry, Layer::kLocal, kMostPairs + 1));
}

void LogUnreadColumns(const Registry& registry) {
  for (const LayerInfo& layer : registry.layers()) {
    for (const MessageAt& column : layer.unread_columns) {
      Log(Severity::kWarning, "column not read",
          {{"layer", std::string(ToString(layer.layer))},
           {"file", layer.origin},
           {"line", static_cast<int64_t>(column.position.line)},
           {"reason", column.message}});
    }
  }
}

}  // namespace portreg::server
