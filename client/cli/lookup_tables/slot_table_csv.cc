#include <string>
#include <vector>

#include "client/cli/formats/delimited_writer.h"
#include "client/cli/lookup_tables/slot_table.h"

namespace portreg::cli {

void WriteSlotCsv(absl::Span<const NamedSlot> slots, const LookupTableOptions& options,
                  Printer out) {
  std::vector<std::string> fields;
  for (const TitledColumn& each : options.columns) fields.push_back(each.title);
  out.PutData(DelimitedRow(Format::kCsv, fields));
  for (const NamedSlot& slot : slots) {
    for (size_t i = 0; i < fields.size(); ++i) {
      fields[i] = SlotField(slot, options.columns[i].column);
    }
    out.PutData(DelimitedRow(Format::kCsv, fields));
  }
}

}  // namespace portreg::cli
