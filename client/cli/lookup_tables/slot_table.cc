#include "client/cli/lookup_tables/slot_table.h"

#include "absl/strings/str_cat.h"
#include "common/model/port.h"
#include "common/model/port_class.h"
#include "common/model/record.h"

namespace portreg::cli {

std::string SlotField(const NamedSlot& slot, LookupColumn column) {
  switch (column) {
    case LookupColumn::kSlot:
      return SlotKey(slot, LookupKey::kSlot);
    case LookupColumn::kPort:
      return absl::StrCat(slot.port);
    case LookupColumn::kTransport:
      return std::string(ToString(slot.transport));
    case LookupColumn::kProtocol:
      return absl::StrCat(*ProtocolNumber(slot.transport));
    case LookupColumn::kService:
      return std::string(slot.record->service);
    case LookupColumn::kLayer:
      return std::string(ToString(slot.record->layer));
    case LookupColumn::kClass:
      return std::string(ToString(ClassOf(slot.port).port_class));
    case LookupColumn::kOwner:
      break;
  }
  return std::string(slot.record->details->owner);
}

std::string SlotKey(const NamedSlot& slot, LookupKey key) {
  switch (key) {
    case LookupKey::kSlot:
      return absl::StrCat(slot.port, "/", ToString(slot.transport));
    case LookupKey::kNumber:
      return absl::StrCat(slot.port, "/", *ProtocolNumber(slot.transport));
    case LookupKey::kPort:
      break;
  }
  return absl::StrCat(slot.port);
}

}  // namespace portreg::cli
