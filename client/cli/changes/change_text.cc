#include "client/cli/changes/change_text.h"

#include <array>
#include <cstddef>
#include <optional>

#include "absl/strings/str_cat.h"
#include "common/model/port.h"
#include "common/text/quote.h"

namespace portreg::cli {
namespace {

std::string PortsAndTransport(std::optional<PortRange> ports, Transport transport) {
  return absl::StrCat(ports ? ToString(*ports) : "-", transport == Transport::kNone ? "" : "/",
                      ToString(transport));
}

std::string ShownValue(absl::string_view text) { return text.empty() ? "-" : Printable(text); }

}  // namespace

Changes ChangesBetween(const Registry& before, const Registry& after, SourceComparison sources) {
  return {CompareSlots(before, after), InOrderOfKeys(CompareRecords(before, after, sources))};
}

std::string CountsOf(const Changes& changes) {
  size_t slots = 0;
  for (const SlotChange& slot : changes.slots) {
    const size_t transports = slot.transport == Transport::kNone ? kTransports.size() : 1;
    slots += transports * static_cast<size_t>(slot.ports.width());
  }
  size_t added = 0;
  size_t removed = 0;
  for (const ChangedRecord& changed : changes.records) {
    if (changed.before == nullptr) ++added;
    if (changed.after == nullptr) ++removed;
  }
  return absl::StrCat(slots, slots == 1 ? " slot" : " slots", " renamed; ", added,
                      added == 1 ? " record" : " records", " added, ", removed, " removed, ",
                      changes.records.size() - added - removed, " changed");
}

absl::string_view KindOf(const ChangedRecord& changed) {
  return changed.before == nullptr ? "added" : changed.after == nullptr ? "removed" : "changed";
}

absl::string_view SignOf(const ChangedRecord& changed) {
  return changed.before == nullptr ? "+" : changed.after == nullptr ? "-" : "~";
}

const ServiceRecord& EitherOf(const ChangedRecord& changed) {
  return changed.after != nullptr ? *changed.after : *changed.before;
}

std::string PortsText(const SlotChange& slot) {
  return PortsAndTransport(slot.ports, slot.transport);
}

std::string PortsText(const ServiceRecord& record) {
  return PortsAndTransport(record.ports, record.transport);
}

std::vector<std::string> RemarksOn(const ChangedRecord& changed) {
  if (changed.before == nullptr || changed.after == nullptr) {
    return {Printable(EitherOf(changed).description)};
  }
  std::vector<std::string> remarks;
  for (const ChangedField& field : ChangedFields(changed)) {
    remarks.push_back(
        absl::StrCat(field.name, ": ", ShownValue(field.before), " -> ", ShownValue(field.after)));
  }
  return remarks;
}

}  // namespace portreg::cli
