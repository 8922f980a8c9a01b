// Reads foreign tables of ports: services(5), CSV of any dialect and Markdown.
#ifndef PORTREG_COMMON_IMPORT_IMPORT_TABLE_H_
#define PORTREG_COMMON_IMPORT_IMPORT_TABLE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/import/import_notes.h"
#include "common/import/table_header.h"
#include "common/import/text_encoding.h"
#include "common/import/transport_words.h"

namespace portreg {

struct ImportOptions {
  // Default: kByMark.
  TextEncoding encoding = TextEncoding::kByMark;
  // The meanings of columns. Default: those of their titles.
  std::vector<ColumnChoice> columns;
  // The transports of rows whose table does not state any. Default: any transport.
  Transports transports;
  // The words for transports, including the application protocols of the table.
  TransportWords words;
};

struct ImportedTable {
  // An organisation's own table, which ParseOwnTable reads completely. If RecordCsv wrote
  // the input with RecordColumns::kOwn, `csv` equals the input.
  std::string csv;
  size_t record_count = 0;
  // In the order of their lines.
  ImportNotes notes;
};

// Reads the bytes of a file, whose format it recognises. Rows that ParseOwnTable would not
// use are left out and noted. Each row of the result is one record: a range on one
// transport.
//
// Returns INVALID_ARGUMENT if the bytes cannot be decoded, if no table of ports is in
// them, if a header is ambiguous, if a chosen column exists in no table, or if the result
// would exceed the limits of own tables (kMaxFileBytes, kMaxRows).
absl::StatusOr<ImportedTable> ImportTable(absl::string_view bytes, const ImportOptions& options);

}  // namespace portreg

#endif  // PORTREG_COMMON_IMPORT_IMPORT_TABLE_H_
