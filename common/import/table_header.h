// Finds out what each column of a foreign table holds.
#ifndef PORTREG_COMMON_IMPORT_TABLE_HEADER_H_
#define PORTREG_COMMON_IMPORT_TABLE_HEADER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/model/port.h"

namespace portreg {

// Returns the titles of the columns of an organisation's own table (own_table.h). The
// first four are required.
const std::vector<absl::string_view>& OwnColumns();

// The places of some columns in OwnColumns().
inline constexpr size_t kServiceNameColumn = 0;
inline constexpr size_t kPortNumberColumn = 1;
inline constexpr size_t kTransportColumn = 2;
inline constexpr size_t kDescriptionColumn = 3;
size_t OwnColumn(absl::string_view title);

// A user's choice for the columns of a title.
struct ColumnChoice {
  std::string title;
  // The place in OwnColumns(). Absent: the column is not used.
  std::optional<size_t> own;
};

// Reads a text such as "App=Service Name", or "Type=-" for a column that shall not be
// used. Returns INVALID_ARGUMENT, naming the form or the columns that are allowed, for any
// other text.
absl::StatusOr<ColumnChoice> ReadColumnChoice(absl::string_view text);

// The meaning of a column of a foreign table.
struct ForeignColumn {
  enum class Content : uint8_t {
    kUnused,
    // Holds the values of the column `own` of an own table.
    kOwn,
    // Marks the rows of `transport`.
    kTick,
    // The ports on `transport`.
    kPortsOfTransport,
  };
  Content content = Content::kUnused;
  size_t own = 0;
  Transport transport = Transport::kNone;
};

struct TableHeader {
  // Titles without surrounding blanks.
  std::vector<std::string> titles;
  std::vector<ForeignColumn> columns;
  // True if the table has the four titles that an own table must have. Its texts are
  // copied as they are.
  bool is_own_table = false;
  // Remarks on the columns whose title does not resemble that of an own table, and on those
  // that are not used.
  std::vector<std::string> remarks;

  // Returns the column that holds what the column `own` of an own table holds.
  [[nodiscard]] std::optional<size_t> PlaceOf(size_t own) const;
  [[nodiscard]] bool Has(ForeignColumn::Content content) const;
  // Returns true if there are columns for ports, and for services or owners. Any table
  // needs these, so that other rows are no headers.
  [[nodiscard]] bool IsOfPorts() const;
  // Returns how many columns are used.
  [[nodiscard]] size_t UsedCount() const;
};

// Recognises titles and their synonyms, ignoring case and anything but letters and
// digits. The user's choices precede them. If several columns could hold the same, uses
// only the one with the more exact title. Returns INVALID_ARGUMENT if two columns of one
// meaning have equal titles, or are chosen for the same column.
absl::StatusOr<TableHeader> ReadTableHeader(absl::Span<const absl::string_view> titles,
                                            absl::Span<const ColumnChoice> choices);

// Returns true if `title` is the title of the choice, by the comparison above.
bool IsTitleOf(const ColumnChoice& choice, absl::string_view title);

}  // namespace portreg

#endif  // PORTREG_COMMON_IMPORT_TABLE_HEADER_H_
