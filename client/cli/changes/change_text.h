// Describes what differs between two registries, for the writers of changes.
#ifndef PORTREG_CLIENT_CLI_CHANGES_CHANGE_TEXT_H_
#define PORTREG_CLIENT_CLI_CHANGES_CHANGE_TEXT_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/changes/record_changes.h"
#include "common/changes/slot_changes.h"

namespace portreg::cli {

// All that differs between two registries, which must outlive it.
struct Changes {
  std::vector<SlotChange> slots;
  // In the order of their keys.
  std::vector<ChangedRecord> records;

  [[nodiscard]] bool empty() const { return slots.empty() && records.empty(); }
};

// Returns all that differs between two registries.
Changes ChangesBetween(const Registry& before, const Registry& after,
                       SourceComparison sources = SourceComparison::kCompared);

// Returns text such as "2 slots renamed; 1 record added, 3 removed, 0 changed". A slot
// counts once for each port and transport.
std::string CountsOf(const Changes& changes);

// Returns "added", "removed" or "changed", or "+", "-" or "~" for these.
absl::string_view KindOf(const ChangedRecord& changed);
absl::string_view SignOf(const ChangedRecord& changed);

// Returns the later record, or the earlier one if it is removed.
const ServiceRecord& EitherOf(const ChangedRecord& changed);

// Returns ports and transport: "7100-7199/tcp", "7100", "-/tcp" without a port.
std::string PortsText(const SlotChange& slot);
std::string PortsText(const ServiceRecord& record);

// Returns what a table says of a change besides the record's key: the description of a
// record that is added or removed, and a text such as "until: - -> 2026-11-29" for each
// field that changes. The texts are printable.
std::vector<std::string> RemarksOn(const ChangedRecord& changed);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_CHANGES_CHANGE_TEXT_H_
