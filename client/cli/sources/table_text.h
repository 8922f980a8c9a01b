// Reads the files of a table without parsing them, and finds out their format.
#ifndef PORTREG_CLIENT_CLI_SOURCES_TABLE_TEXT_H_
#define PORTREG_CLIENT_CLI_SOURCES_TABLE_TEXT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace portreg::cli {

// The formats of tables that portreg reads.
enum class TableFormat : uint8_t {
  // An organisation's own table (common/data/own_table.h).
  kOwnTable,
  // IANA's CSV, or an excerpt of it.
  kIanaCsv,
  // The records that `export --format=json` and `list -o json` and `-o ndjson` write.
  kJson
};

struct TableFile {
  // The path, or "standard input".
  std::string name;
  std::string bytes;
};

struct TableText {
  TableFormat format = TableFormat::kOwnTable;
  // One file, or all tables of a folder.
  std::vector<TableFile> files;
};

// Reads the table at `path`: a file, a pipe, or a folder as FindTableFiles() describes.
// "-" is standard input. Returns the errors of FindTableFiles() and ReadFileBytes(), and
// INVALID_ARGUMENT if a pipe holds more than kMaxFileBytes, or if a folder holds more in
// all or tables of several formats. The message begins with the file.
absl::StatusOr<TableText> ReadTableText(const std::string& path);

// Returns the format of a file's bytes. JSON begins with "{". A CSV is IANA's if it has all
// columns of IANA's file and none that only own tables have; everything else is taken for
// an own table, whose reader explains what is wrong with it.
TableFormat FormatOf(absl::string_view bytes);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_SOURCES_TABLE_TEXT_H_
