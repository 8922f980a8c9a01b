// Writes lookup tables, with which other programs name ports. A table has a row for each slot.
//
// The functions for a format are in slot_table_FORMAT.cc.
#ifndef PORTREG_CLIENT_CLI_LOOKUP_TABLES_SLOT_TABLE_H_
#define PORTREG_CLIENT_CLI_LOOKUP_TABLES_SLOT_TABLE_H_

#include <string>

#include "absl/types/span.h"
#include "client/cli/base/lookup_columns.h"
#include "client/cli/display/printer.h"
#include "common/names/named_slots.h"

namespace portreg::cli {

// Returns the text of a column in the row of a slot. The column of owners may be empty.
std::string SlotField(const NamedSlot& slot, LookupColumn column);

// Returns the key of a slot as one text: "443/tcp", "443/6" or "443".
std::string SlotKey(const NamedSlot& slot, LookupKey key);

// Writes CSV: a row of titles, then a row for each slot. RFC 4180, but rows end in LF.
void WriteSlotCsv(absl::Span<const NamedSlot> slots, const LookupTableOptions& options,
                  Printer out);

// Write an object (JSON) or a mapping (YAML). Each slot is a member whose name is its SlotKey().
// The value is an object of the columns that are not part of the key; if there is only one such
// column, the value is its text. All values are texts, because some readers accept nothing else.
// The members are in the order of the slots, one on each line.
void WriteSlotJson(absl::Span<const NamedSlot> slots, const LookupTableOptions& options,
                   Printer out);
void WriteSlotYaml(absl::Span<const NamedSlot> slots, const LookupTableOptions& options,
                   Printer out);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_LOOKUP_TABLES_SLOT_TABLE_H_
