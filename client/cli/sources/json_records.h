// Reads records from the JSON documents and lines that portreg writes.
#ifndef PORTREG_CLIENT_CLI_SOURCES_JSON_RECORDS_H_
#define PORTREG_CLIENT_CLI_SOURCES_JSON_RECORDS_H_

#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/text/text_position.h"
#include "portreg/v1/port_record.pb.h"

namespace portreg::cli {

// A record in JSON, and where it begins.
struct JsonRecord {
  absl::string_view text;
  TextPosition position;
};

// Finds the records of a text: JSON objects, which blanks or line ends may separate. An
// object is a record (as in `list -o ndjson`), unless it has a member "records", whose
// elements then are records (as in `export --format=json`). Returns INVALID_ARGUMENT, with
// line and column, if the text is not JSON of this form. Does not look into the records.
absl::StatusOr<std::vector<JsonRecord>> FindJsonRecords(absl::string_view text);

// Calls `take` with each record of a text until `take` returns an error, and returns that
// error with the position of the record. Ignores unknown fields. Returns
// INVALID_ARGUMENT, with line and column, also if an object is not a record.
absl::Status ReadJsonRecords(absl::string_view text,
                             absl::FunctionRef<absl::Status(v1::PortRecord)> take);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_SOURCES_JSON_RECORDS_H_
