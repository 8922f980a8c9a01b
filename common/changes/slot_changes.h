// Finds the slots (a port on a transport) whose names differ between two registries.
#ifndef PORTREG_COMMON_CHANGES_SLOT_CHANGES_H_
#define PORTREG_COMMON_CHANGES_SLOT_CHANGES_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "common/model/port.h"
#include "common/model/registry.h"

namespace portreg {

// Neighbouring slots of one transport whose names change alike.
struct SlotChange {
  PortRange ports;
  // kNone: the ports on all four transports.
  Transport transport;
  // The names that NameOfSlot chooses, views of the registries' texts. Empty: none.
  absl::string_view before;
  absl::string_view after;
};

// Returns the slots whose names differ between two registries, which must outlive the
// result, by first port and transport. Names that differ in case are different. A port
// whose name changes alike on all transports is one slot of kNone. Neighbouring slots of a
// transport whose names change alike form one element, so that a range takes one element.
std::vector<SlotChange> CompareSlots(const Registry& before, const Registry& after);

}  // namespace portreg

#endif  // PORTREG_COMMON_CHANGES_SLOT_CHANGES_H_
