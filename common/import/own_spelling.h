// Spells the values of foreign tables as own tables do.
#ifndef PORTREG_COMMON_IMPORT_OWN_SPELLING_H_
#define PORTREG_COMMON_IMPORT_OWN_SPELLING_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace portreg {

// Removes blanks at both ends, among them no-break spaces and marks without width.
absl::string_view StripBlanks(absl::string_view text);

struct OwnSpelling {
  std::string text;
  // A note that the value was read as another one; empty if a person need not check that.
  std::string remark;
};

// Returns a value as the column `own` of OwnColumns() has it:
//
//   Aliases       "inv, invoices; bill/pay" becomes "inv invoices bill pay"
//   Scope         *, all, any, everywhere, 0.0.0.0 and :: become empty
//   Status        live, in use, used, running and production become active;
//                 decommissioned, removed and deleted become retired
//   Since, Until  31.12.2026, 2026/12/31 and 2026-12-31 00:00:00 become 2026-12-31
//   Bind          127.0.0.1, ::1 and localhost become loopback; *, all, any, 0.0.0.0 and
//                 :: become empty
//
// Returns any other value, and those of other columns, as it is. `value` must not have
// blanks at its ends.
OwnSpelling SpellAsOwn(size_t own, absl::string_view value);

// Returns names that commas or semicolons separate with blanks between them. Other texts
// remain as they are.
std::string SpellAliases(absl::string_view aliases);

}  // namespace portreg

#endif  // PORTREG_COMMON_IMPORT_OWN_SPELLING_H_
