#include "common/embedded/embedded_ranges.h"

#include <cstddef>

#include "common/data/range_table.h"

// Defined in range_bytes.S.
extern "C" {
extern const char portreg_ranges_csv_begin[];
extern const char portreg_ranges_csv_end[];
}

namespace portreg {

absl::string_view EmbeddedRangesCsv() {
  return {portreg_ranges_csv_begin,
          static_cast<size_t>(portreg_ranges_csv_end - portreg_ranges_csv_begin)};
}

const RangeRules& EmbeddedRangeRules() {
  static const auto* const rules = new RangeRules(ParseRangeTable(EmbeddedRangesCsv()).value());
  return *rules;
}

}  // namespace portreg
