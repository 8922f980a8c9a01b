// Writes records as a table for people.
#ifndef PORTREG_CLIENT_CLI_FORMATS_TABLE_WRITER_H_
#define PORTREG_CLIENT_CLI_FORMATS_TABLE_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "client/cli/display/printer.h"
#include "client/cli/display/terminal.h"
#include "client/cli/formats/record_writer.h"

namespace portreg::cli {

// Writes one record a line, in columns. Not thread-safe.
//
// The first records determine the widths of the columns, except for very long texts. A
// later text that does not fit moves the rest of its line to the right. The column of
// owners appears with the first owner; if rows were written before, the titles are written
// again.
class TableWriter final : public RecordWriter {
 public:
  struct Shape {
    // Adds columns for RecordDetails, the source and what own tables have. Default: false.
    bool wide = false;
    // Adds a column that says why a search found the record. Default: false.
    bool matches = false;
    // Writes the columns' titles as the first line. Default: true.
    bool headers = true;
  };

  TableWriter(const Shape& shape, const Terminal& terminal, Printer out);

  void Write(const v1::PortRecord& record) override;
  void WriteMatch(const v1::SearchMatch& match) override;
  void Flush() override;
  void Finish(const std::string& revision) override;

 private:
  enum class Column : uint8_t {
    kPort,
    kService,
    kLayer,
    kMatch,
    kOwner,
    kScope,
    kStatus,
    kAliases,
    kReference,
    kRegistered,
    kModified,
    kSource,
    kDescription
  };
  struct Cell {
    std::string text;
    absl::string_view style;
  };
  using Row = std::vector<Cell>;

  static std::vector<Column> ColumnsOf(const Shape& shape);
  static absl::string_view TitleOf(Column column);
  static std::string TextOf(Column column, const v1::PortRecord& record, absl::string_view match);

  void Add(const v1::PortRecord& record, absl::string_view match);
  void Measure(const Row& row);
  // Adds the column of owners, if a held row has one. Returns true if it was added.
  bool RevealOwners();
  // Measures the held rows, and writes the titles.
  void Begin();
  [[nodiscard]] bool IsShown(size_t column) const {
    return shows_owners_ || columns_[column] != Column::kOwner;
  }
  [[nodiscard]] StyledLine LineOf(const Row& row) const;

  const std::vector<Column> columns_;
  // False if no row with an owner has been written yet.
  bool shows_owners_;
  const bool headers_;
  const Terminal terminal_;
  const Printer out_;
  // Rows that are written together, because the first ones determine the widths of the
  // columns. Bounded in number and in bytes.
  std::vector<Row> rows_;
  size_t held_bytes_ = 0;
  std::vector<size_t> widths_;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FORMATS_TABLE_WRITER_H_
