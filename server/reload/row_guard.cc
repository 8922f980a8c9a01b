#include "server/reload/row_guard.h"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
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

// A row of a table: the file and the line. A row with lists of ports and transports has
// several records.
using Row = std::pair<uint32_t, uint32_t>;

Row RowOf(const ServiceRecord& record) { return {record.file, record.line}; }

bool HasNameAndOwner(const ServiceRecord& record, const ServiceRecord& earlier) {
  if (OwnerOf(record) != OwnerOf(earlier)) return false;
  if (absl::EqualsIgnoreCase(record.service, earlier.service)) return true;
  return absl::c_any_of(Aliases(record), [&earlier](absl::string_view alias) {
    return absl::EqualsIgnoreCase(alias, earlier.service);
  });
}

// Returns true if a record of the new table can be a later version of an earlier one, as
// far as their ports do not matter.
bool CanReplace(const ServiceRecord& record, const ServiceRecord& earlier) {
  const bool gives_up =
      record.status == RecordStatus::kRetired && earlier.status != RecordStatus::kRetired;
  return !gives_up && record.named() == earlier.named() &&
         record.ports.has_value() == earlier.ports.has_value() &&
         (!earlier.ports || (Answers(record.transport, earlier.transport) &&
                             ScopesOverlap(record.scope, earlier.scope)));
}

// Compares one own table of two registries.
class TableComparison {
 public:
  TableComparison(const OwnTable& table, const Registry& served, const Registry& next)
      : table_(table), next_(next) {
    for (const ServiceRecord* record : served.records()) {
      if (table.holds(*record)) has_live_ = has_live_ || IsLive(*record);
    }
    std::vector<const ServiceRecord*> records;
    for (const ServiceRecord* record : served.records()) {
      if (table.holds(*record) && (IsLive(*record) || !has_live_)) records.push_back(record);
    }
    for (const ServiceRecord* record : records) FindInPlace(*record);
    for (const ServiceRecord* record : records) FindMoved(*record);
  }

  // Returns the number of rows being served that count, and of those that are lost.
  [[nodiscard]] size_t all() const { return kept_.size(); }
  [[nodiscard]] size_t lost() const {
    return static_cast<size_t>(
        absl::c_count_if(kept_, [](const auto& row) { return !row.second; }));
  }

 private:
  static bool IsLive(const ServiceRecord& record) {
    return record.status != RecordStatus::kRetired;
  }

  // Calls `keeps` with those of `candidates` that can replace the earlier record, until it
  // returns true. Returns true if it does.
  template <typename Keeps>
  bool AnyReplaces(absl::Span<const RecordIndex> candidates, const ServiceRecord& earlier,
                   Keeps keeps) const {
    return absl::c_any_of(candidates, [&](RecordIndex index) {
      const ServiceRecord& record = next_.record(index);
      return table_.holds(record) && CanReplace(record, earlier) && keeps(record);
    });
  }

  // Marks the row of an earlier record as kept if a record of the new table holds its ports.
  void FindInPlace(const ServiceRecord& earlier) {
    bool& kept = kept_.try_emplace(RowOf(earlier), false).first->second;
    const absl::Span<const RecordIndex> candidates =
        earlier.ports ? next_.AtPort(earlier.ports->first) : next_.ByName(earlier.service);
    (void)AnyReplaces(candidates, earlier, [&](const ServiceRecord& record) {
      const bool holds =
          !earlier.ports || *record.ports == *earlier.ports ||
          (record.ports->contains(*earlier.ports) && HasNameAndOwner(record, earlier));
      if (holds) used_.insert(RowOf(record));
      kept = kept || holds;
      // Looks at all records, because each one that holds the ports is in use.
      return false;
    });
  }

  // Marks the row of an earlier record as kept if it has moved to other ports.
  void FindMoved(const ServiceRecord& earlier) {
    bool& kept = kept_[RowOf(earlier)];
    if (kept || !earlier.ports) return;
    const auto takes = [&](const ServiceRecord& record) {
      return HasNameAndOwner(record, earlier) && used_.insert(RowOf(record)).second;
    };
    if (earlier.named()) {
      kept = AnyReplaces(next_.ByName(earlier.service), earlier, takes);
      return;
    }
    for (int port = earlier.ports->first; !kept && port <= earlier.ports->last; ++port) {
      kept = AnyReplaces(next_.AtPort(static_cast<Port>(port)), earlier, takes);
    }
  }

  const OwnTable& table_;
  const Registry& next_;
  bool has_live_ = false;
  // The rows being served that count; true: the new table keeps the row.
  absl::flat_hash_map<Row, bool> kept_;
  // The rows of the new table that keep one.
  absl::flat_hash_set<Row> used_;
};

}  // namespace

absl::Status CheckOwnRows(const Registry& served, const Registry& next) {
  for (const OwnTable& table : kOwnTables) {
    const TableComparison rows(table, served, next);
    const size_t lost = rows.lost();
    const bool loses_all = rows.all() > 0 && lost == rows.all();
    const bool loses_many = lost >= kLeastLost && 4 * lost > rows.all();
    if (!loses_all && !loses_many) continue;
    return absl::InvalidArgumentError(absl::StrFormat(
        "%s: %d of the %d rows being served are missing or retired, at most 25 %% of them or 9 "
        "rows may go at once, and not all; restore them, or take the loss by a restart or by "
        "--allow_fewer_rows",
        table.flag, lost, rows.all()));
  }
  return absl::OkStatus();
}

}  // namespace portreg::server
