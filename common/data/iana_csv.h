// Reads records from the CSV format of IANA's Service Name and Transport
// Protocol Port Number Registry.
#ifndef PORTREG_COMMON_DATA_IANA_CSV_H_
#define PORTREG_COMMON_DATA_IANA_CSV_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/model/layer.h"
#include "common/model/record.h"
#include "common/text/text_position.h"

namespace portreg {

// The most rows that are accepted in one text; IANA's had 14,512 in 2026.
inline constexpr size_t kMaxRows = 200'000;

struct ParsedIanaCsv {
  // In the order of their rows.
  std::vector<ServiceRecord> records;
  // The rows that were not used because their port, transport or name is invalid.
  std::vector<SetAsideRow> set_aside;
  // The columns of an own table that are not read, each with a message.
  std::vector<MessageAt> unread_columns;
};

// Reads every row of `text`. Finds columns by their header, in any order, ignoring
// case. "Service Name", "Port Number", "Transport Protocol" and "Description" are
// required. Other columns of IANA's are optional, and unknown columns are ignored. The
// column "Unauthorized Use Reported" may also have the name "Known Unauthorized Uses",
// which files from before about 2019 use.
//
// Returns INVALID_ARGUMENT, with line and column unless `text` is empty, if `text` is
// empty, is not CSV, is not UTF-8, contains NUL bytes, lacks a required column, has a
// row with more or fewer fields than the header, or has more than kMaxRows rows.
//
// Records hold views of `text` and of what is added to `kept`; both must outlive the
// records.
absl::StatusOr<ParsedIanaCsv> ParseIanaCsv(absl::string_view text, Layer layer, LayerText& kept);

}  // namespace portreg

#endif  // PORTREG_COMMON_DATA_IANA_CSV_H_
