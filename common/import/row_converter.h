// Converts the rows of foreign tables to rows of an organisation's own table.
#ifndef PORTREG_COMMON_IMPORT_ROW_CONVERTER_H_
#define PORTREG_COMMON_IMPORT_ROW_CONVERTER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/import/import_notes.h"
#include "common/import/port_cell.h"
#include "common/import/table_header.h"
#include "common/import/table_sink.h"
#include "common/import/transport_words.h"

namespace portreg {

// Writes rows with the columns OwnColumns(). A row that states several transports for
// several ports becomes a row for each set of transports. Checks only what is particular
// to foreign tables: ParseOwnTable must read the text and judge its rows. Not thread-safe.
class RowConverter final : public TableSink {
 public:
  // `words` and `notes` must outlive the converter. `default_transports` apply to rows of
  // tables that do not state transports.
  RowConverter(const TransportWords& words, Transports default_transports, ImportNotes& notes);

  void BeginTable(uint32_t line, const TableHeader& header) override;
  bool AddRow(uint32_t line, Cells cells) override;
  void LeaveOut(uint32_t line, absl::string_view reason) override;
  void Remark(uint32_t line, absl::string_view text) override;

  // Returns INVALID_ARGUMENT if there are more than kMaxRows rows, or more than
  // kMaxFileBytes of text.
  [[nodiscard]] const absl::Status& status() const { return status_; }

  // The own table that was written so far.
  [[nodiscard]] const std::string& text() const { return text_; }

  // Returns the line of the foreign table from which a line of text() comes.
  [[nodiscard]] uint32_t SourceLine(uint32_t line) const;

  [[nodiscard]] bool has_tables() const { return table_count_ > 0; }
  // True if the default transports were applied to some row.
  [[nodiscard]] bool used_default() const { return used_default_; }

 private:
  // Ports as own tables write them, and their transports.
  struct Group {
    std::vector<PortRange> ports;
    Transports transports;
  };

  absl::Status Convert(uint32_t line, Cells cells);
  // Returns the cell for a column of an own table; empty if there is none.
  [[nodiscard]] absl::string_view CellOf(size_t own, Cells cells) const;
  // Returns the texts for OwnColumns(), and remarks on those that it spells otherwise.
  absl::StatusOr<std::vector<std::string>> OwnTexts(uint32_t line, Cells cells);
  // Returns the ports that the cells state, each with the transports beside it.
  absl::StatusOr<std::vector<CellPorts>> ReadPorts(uint32_t line, Cells cells);
  // Returns the transports of a row's columns; nullopt if the table has no such column.
  [[nodiscard]] absl::StatusOr<std::optional<Transports>> ReadTransports(Cells cells) const;
  [[nodiscard]] absl::StatusOr<Transports> ReadTicks(Cells cells) const;
  // Returns the default transports, and notes that they are used.
  Transports DefaultTransports();
  static void AddToGroup(const std::vector<PortRange>& ports, const Transports& transports,
                         std::vector<Group>& groups);
  // Gives each item its transports, and puts items of equal transports together.
  absl::StatusOr<std::vector<Group>> GroupPorts(
      const std::vector<CellPorts>& items,
      const absl::StatusOr<std::optional<Transports>>& of_columns);
  void RemarkOnGaps(uint32_t line, Cells cells, bool portless);
  // Writes a row with the ports and transports of `group` in place of those in `texts`.
  absl::Status Write(uint32_t line, const Group& group, std::vector<std::string> texts);

  const TransportWords& words_;
  const Transports default_transports_;
  ImportNotes& notes_;
  TableHeader header_;
  std::string text_;
  // The line of text_ on which each row begins, and the line that it comes from.
  std::vector<std::pair<uint32_t, uint32_t>> origins_;
  uint32_t next_line_ = 1;
  size_t row_count_ = 0;
  size_t table_count_ = 0;
  bool used_default_ = false;
  // True until a remark says that rows of the table hold for any transport.
  bool may_remark_on_transport_ = false;
  absl::Status status_;
};

}  // namespace portreg

#endif  // PORTREG_COMMON_IMPORT_ROW_CONVERTER_H_
