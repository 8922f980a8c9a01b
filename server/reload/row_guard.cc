#include "server/reload/row_guard.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/model/port.h"
#include "common/model/record.h"
#include "common/model/scope.h"

namespace portreg::server {
namespace {

constexpr size_t kLeastLost = 10;

// A table that an organisation keeps.
struct OwnTable {
  // The flag that names its files.
  absl::string_view flag;
  bool (*holds)(const ServiceRecord& record);
};

constexpr OwnTable kOwnTables[] = {
    {"--local_file", [](const ServiceRecord& record) { return record.layer == Layer::kLocal; }},
    {"--common_file",
     [](const ServiceRecord& record) {
       return record.layer == Layer::kCommon && record.source == kSiteSource;
     }},
};

bool Covers(const ServiceRecord& record, const ServiceRecord& earlier) {
  return record.ports->first <= earlier.ports->first && earlier.ports->last <= record.ports->last &&
         Answers(record.transport, earlier.transport) && ScopesOverlap(record.scope, earlier.scope);
}

// Returns true if a record of the table replaces an earlier one.
bool IsKept(const OwnTable& table, const Registry& next, const ServiceRecord& earlier) {
  const absl::Span<const RecordIndex> candidates =
      earlier.ports ? next.AtPort(earlier.ports->first) : next.ByName(earlier.service);
  return std::any_of(candidates.begin(), candidates.end(), [&](RecordIndex index) {
    const ServiceRecord& record = next.record(index);
    return table.holds(record) && (!earlier.ports || Covers(record, earlier));
  });
}

struct RowCounts {
  size_t all = 0;
  size_t lost = 0;
};

// Counts the rows of the table in `served`, and those of them of which `next` keeps no
// record. A row with lists of ports and transports has several records.
RowCounts CountRows(const OwnTable& table, const Registry& served, const Registry& next) {
  absl::flat_hash_map<std::pair<uint32_t, uint32_t>, bool> kept;
  for (const ServiceRecord* record : served.records()) {
    if (!table.holds(*record)) continue;
    bool& is_kept = kept.try_emplace({record->file, record->line}, false).first->second;
    is_kept = is_kept || IsKept(table, next, *record);
  }
  const auto lost =
      std::count_if(kept.begin(), kept.end(), [](const auto& row) { return !row.second; });
  return {.all = kept.size(), .lost = static_cast<size_t>(lost)};
}

}  // namespace

absl::Status CheckOwnRows(const Registry& served, const Registry& next) {
  for (const OwnTable& table : kOwnTables) {
    const RowCounts rows = CountRows(table, served, next);
    const bool loses_all = rows.all > 0 && rows.lost == rows.all;
    const bool loses_many = rows.lost >= kLeastLost && 4 * rows.lost > rows.all;
    if (!loses_all && !loses_many) continue;
    return absl::InvalidArgumentError(absl::StrFormat(
        "%s: %d of the %d rows being served are missing, at most 25 %% of them or 9 rows may go at "
        "once, and not all; restore them, or take the loss by a restart or by --allow_fewer_rows",
        table.flag, rows.lost, rows.all));
  }
  return absl::OkStatus();
}

}  // namespace portreg::server
