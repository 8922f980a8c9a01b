// Writes lookup tables: a row for each slot, for programs that name ports by a table.
//
// Each format has a source of its own.
#ifndef PORTREG_CLIENT_CLI_LOOKUP_TABLES_SLOT_TABLE_H_
#define PORTREG_CLIENT_CLI_LOOKUP_TABLES_SLOT_TABLE_H_

#include <string>

#include "absl/types/span.h"
#include "client/cli/base/lookup_columns.h"
#include "client/cli/display/printer.h"
#include "common/names/named_slots.h"

namespace portreg::cli {

// Returns what the column has in the row of a slot. Empty if the record has no owner.
std::string SlotField(const NamedSlot& slot, LookupColumn column);

// Returns the key of a slot as one text: "443/tcp", "443/6" or "443".
std::string SlotKey(const NamedSlot& slot, LookupKey key);

// Writes CSV: a row of titles, then a row for each slot. RFC 4180, but rows end in LF.
void WriteSlotCsv(absl::Span<const NamedSlot> slots, const LookupTableOptions& options,
                  Printer out);

// Write an object (JSON) or a mapping (YAML): for each slot its SlotKey() and, in an object
// of their own, the columns that are no part of the key. If there is one such column, the
// value is its text. All values are texts, because some readers accept no others. The
// members are in the order of the slots, one a line.
void WriteSlotJson(absl::Span<const NamedSlot> slots, const LookupTableOptions& options,
                   Printer out);
void WriteSlotYaml(absl::Span<const NamedSlot> slots, const LookupTableOptions& options,
                   Printer out);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_LOOKUP_TABLES_SLOT_TABLE_H_
