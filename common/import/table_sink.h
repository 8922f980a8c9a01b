// Receives the rows of foreign tables from the readers of each format.
#ifndef PORTREG_COMMON_IMPORT_TABLE_SINK_H_
#define PORTREG_COMMON_IMPORT_TABLE_SINK_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/import/table_header.h"

namespace portreg {

class TableSink {
 public:
  using Cells = absl::Span<const absl::string_view>;

  virtual ~TableSink() = default;

  // Begins a table, on the line of its header. The header must be of ports.
  virtual void BeginTable(uint32_t line, const TableHeader& header) = 0;

  // Adds a row to the table, with as many cells as the header. Returns false if no more
  // rows are accepted.
  virtual bool AddRow(uint32_t line, Cells cells) = 0;

  // Notes a row that the format's reader could not use (LeaveOut), or a value to check
  // (Remark).
  virtual void LeaveOut(uint32_t line, absl::string_view reason) = 0;
  virtual void Remark(uint32_t line, absl::string_view text) = 0;
};

}  // namespace portreg

#endif  // PORTREG_COMMON_IMPORT_TABLE_SINK_H_
