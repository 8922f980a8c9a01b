// Provides the text of the data files, for tests.
#ifndef PORTREG_COMMON_EMBEDDED_EMBEDDED_CSV_H_
#define PORTREG_COMMON_EMBEDDED_EMBEDDED_CSV_H_

#include "absl/strings/string_view.h"

namespace portreg {

// Return the contents of iana.csv, common.csv and practice.csv at the time of the build.
absl::string_view EmbeddedIanaCsv();
absl::string_view EmbeddedCommonCsv();
absl::string_view EmbeddedPracticeCsv();

}  // namespace portreg

#endif  // PORTREG_COMMON_EMBEDDED_EMBEDDED_CSV_H_
