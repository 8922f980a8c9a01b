// Counts the size of HTTP's fields, which gRPC calls metadata.
#ifndef PORTREG_COMMON_TEXT_FIELD_SIZE_H_
#define PORTREG_COMMON_TEXT_FIELD_SIZE_H_

#include <cstddef>

#include "absl/strings/string_view.h"

namespace portreg {

// The bytes that count for each field beside its name and its value.
inline constexpr size_t kFieldOverheadBytes = 32;

// The most bytes of a call's metadata that portregd accepts, and gRPC by default.
inline constexpr size_t kMaxMetadataBytes = 8 << 10;

// Returns the size of a field as HTTP/2 counts it (RFC 9113, section 6.5.2).
constexpr size_t FieldSize(absl::string_view name, absl::string_view value) {
  return name.size() + value.size() + kFieldOverheadBytes;
}

}  // namespace portreg

#endif  // PORTREG_COMMON_TEXT_FIELD_SIZE_H_
