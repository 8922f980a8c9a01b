#include "common/embedded/embedded_csv.h"

#include <cstddef>

// Defined in csv_bytes.S.
extern "C" {
extern const char portreg_iana_csv_begin[];
extern const char portreg_iana_csv_end[];
extern const char portreg_common_csv_begin[];
extern const char portreg_common_csv_end[];
extern const char portreg_practice_csv_begin[];
extern const char portreg_practice_csv_end[];
}

namespace portreg {
namespace {

absl::string_view Bytes(const char* begin, const char* end) {
  return {begin, static_cast<size_t>(end - begin)};
}

}  // namespace

absl::string_view EmbeddedIanaCsv() { return Bytes(portreg_iana_csv_begin, portreg_iana_csv_end); }

absl::string_view EmbeddedCommonCsv() {
  return Bytes(portreg_common_csv_begin, portreg_common_csv_end);
}

absl::string_view EmbeddedPracticeCsv() {
  return Bytes(portreg_practice_csv_begin, portreg_practice_csv_end);
}

}  // namespace portreg
