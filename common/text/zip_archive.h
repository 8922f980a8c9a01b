// Recognises zip archives, which the files of spreadsheet programs (.xlsx, .ods) are.
#ifndef PORTREG_COMMON_TEXT_ZIP_ARCHIVE_H_
#define PORTREG_COMMON_TEXT_ZIP_ARCHIVE_H_

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

namespace portreg {

// The error for a zip archive where a table is expected.
inline constexpr absl::string_view kZipArchiveError =
    "this is a spreadsheet or another zip archive; save the table as CSV in UTF-8";

// Returns true if `bytes` begin like a zip archive.
inline bool IsZipArchive(absl::string_view bytes) { return absl::StartsWith(bytes, "PK\x03\x04"); }

}  // namespace portreg

#endif  // PORTREG_COMMON_TEXT_ZIP_ARCHIVE_H_
