#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/lookup_tables/slot_table.h"
#include "client/cli/lookup_tables/yaml.h"

namespace portreg::cli {
namespace {

std::string YamlValueOf(const NamedSlot& slot, const std::vector<TitledColumn>& columns) {
  if (columns.size() == 1) return YamlText(SlotField(slot, columns.front().column));
  const auto append = [&slot](std::string* members, const TitledColumn& each) {
    absl::StrAppend(members, YamlText(each.title), ": ", YamlText(SlotField(slot, each.column)));
  };
  return absl::StrCat("{", absl::StrJoin(columns, ", ", append), "}");
}

}  // namespace

void WriteSlotYaml(absl::Span<const NamedSlot> slots, const LookupTableOptions& options,
                   Printer out) {
  const std::vector<TitledColumn> columns = ValueColumns(options);
  // An empty document would not be a mapping.
  if (slots.empty()) out.PutData("{}\n");
  for (const NamedSlot& slot : slots) {
    // Quotes the key, because readers would take 443 for a number.
    out.PutData(absl::StrCat(YamlQuoted(SlotKey(slot, options.key)), ": ",
                             YamlValueOf(slot, columns), "\n"));
  }
}

}  // namespace portreg::cli
