#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/formats/json.h"
#include "client/cli/lookup_tables/slot_table.h"

namespace portreg::cli {
namespace {

std::string JsonValueOf(const NamedSlot& slot, const std::vector<TitledColumn>& columns) {
  if (columns.size() == 1) return JsonString(SlotField(slot, columns.front().column));
  const auto append = [&slot](std::string* members, const TitledColumn& each) {
    absl::StrAppend(members, JsonString(each.title), ":", JsonString(SlotField(slot, each.column)));
  };
  return absl::StrCat("{", absl::StrJoin(columns, ",", append), "}");
}

}  // namespace

void WriteSlotJson(absl::Span<const NamedSlot> slots, const LookupTableOptions& options,
                   Printer out) {
  const std::vector<TitledColumn> columns = ValueColumns(options);
  out.PutData("{");
  for (size_t i = 0; i < slots.size(); ++i) {
    out.PutData(absl::StrCat(i == 0 ? "\n" : ",\n", JsonString(SlotKey(slots[i], options.key)), ":",
                             JsonValueOf(slots[i], columns)));
  }
  out.PutData("\n}\n");
}

}  // namespace portreg::cli
