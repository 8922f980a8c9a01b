// Writes records as a CSV table that iana_csv.h and own_table.h read.
#ifndef PORTREG_COMMON_DATA_RECORD_CSV_H_
#define PORTREG_COMMON_DATA_RECORD_CSV_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/model/detail_columns.h"
#include "common/model/record.h"

namespace portreg {

// The columns of a written table.
enum class RecordColumns : uint8_t {
  // IANA's, whether set or not.
  kIana,
  // IANA's, and those of an organisation's own table.
  kIanaAndOwn,
  // Those of an organisation's own table. Of IANA's further columns, those that are set
  // in some record.
  kOwn,
};

// Builds the text of a table, a row for each record, in the order in which they were
// added. Equal records give equal bytes. Not thread-safe.
class RecordCsv {
 public:
  explicit RecordCsv(RecordColumns columns);

  // Adds a row. Returns RESOURCE_EXHAUSTED if no reader would accept the table, because it
  // has more than kMaxRows rows, more than kMaxFileBytes, or a field above
  // CsvReader::kMaxFieldBytes. No row may be added afterwards.
  absl::Status Add(const ServiceRecord& record);

  // Returns the header and all rows.
  [[nodiscard]] std::string Text() const;

 private:
  enum class Content : uint8_t {
    kServiceName,
    kPortNumber,
    kTransport,
    kDescription,
    kAliases,
    kScope,
    kStatus,
    kDetail,
  };
  struct Column {
    Content content;
    absl::string_view header;
    // The place in kDetailColumns, for kDetail.
    size_t detail = 0;
  };
  // A row: the fields that every row has, and further details that are set.
  struct Row {
    std::string fields;
    std::vector<std::pair<size_t, std::string>> details;
  };

  static std::string TextOf(const ServiceRecord& record, const Column& column);
  // Returns the text in the form that a row has. Returns the error of Add().
  static absl::StatusOr<std::string> FieldOf(const ServiceRecord& record, const Column& column);
  // Adds the columns of kDetailColumns that exist in IANA's file, or the others.
  void AddDetails(bool local_only);

  // The columns that every row has.
  std::vector<Column> fixed_;
  // The further columns, which the table has if they are set in some row.
  std::vector<Column> further_;
  std::vector<bool> is_set_;
  std::vector<Row> rows_;
  size_t bytes_ = 0;
};

}  // namespace portreg

#endif  // PORTREG_COMMON_DATA_RECORD_CSV_H_
