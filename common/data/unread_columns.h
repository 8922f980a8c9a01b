// Finds the columns of a table that no reader knows.
#ifndef PORTREG_COMMON_DATA_UNREAD_COLUMNS_H_
#define PORTREG_COMMON_DATA_UNREAD_COLUMNS_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/data/csv.h"
#include "common/text/text_position.h"

namespace portreg {

// Returns a message for each column of the header that has a title other than the known
// ones, ignoring case: that it is not read, and which known title it resembles.
std::vector<MessageAt> FindUnreadColumns(absl::Span<const CsvField> header,
                                         absl::Span<const absl::string_view> known);

}  // namespace portreg

#endif  // PORTREG_COMMON_DATA_UNREAD_COLUMNS_H_
