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

// One record a line, in columns. Their widths are those of the first records,
// but for a few that are far wider; where later ones do not fit, they push
// their line to the right.
class TableWriter final : public RecordWriter {
 public:
  struct Shape {
    // Whether there are columns for what RecordDetails tell.
    bool wide = false;
    // Whether there is a column that tells why a search found the record.
    bool matches = false;
    // Whether the first line holds the columns' titles.
    bool headers = true;
  };

  TableWriter(const Shape& shape, const Terminal& terminal, Printer out);

  void Write(const v1::PortRecord& record) override;
  void WriteMatch(const v1::SearchMatch& match) override;
  void Finish(const std::string& revision) override;

 private:
  enum class Column : uint8_t {
    kPort,
    kService,
    kLayer,
    kMatch,
    kOwner,
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
  void Flush();
  void Measure(const Row& row);
  [[nodiscard]] StyledLine LineOf(const Row& row) const;

  const std::vector<Column> columns_;
  const bool headers_;
  const Terminal terminal_;
  const Printer out_;
  // What waits until the widths are known, and is written a screenful or two
  // at a time, or sooner where texts are long.
  std::vector<Row> rows_;
  size_t held_bytes_ = 0;
  std::vector<size_t> widths_;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FORMATS_TABLE_WRITER_H_
