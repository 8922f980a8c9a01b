// Decodes the bytes of a table to UTF-8.
#ifndef PORTREG_COMMON_IMPORT_TEXT_ENCODING_H_
#define PORTREG_COMMON_IMPORT_TEXT_ENCODING_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace portreg {

enum class TextEncoding : uint8_t {
  // The encoding that a byte order mark names; UTF-8 without one.
  kByMark,
  kUtf8,
  // The byte order that a byte order mark names; little-endian without one.
  kUtf16,
  kUtf16LittleEndian,
  kUtf16BigEndian,
  kWindows1252,
};

// Reads utf-8, utf-16, utf-16le, utf-16be or windows-1252, ignoring case. Returns
// INVALID_ARGUMENT, naming these, for any other name.
absl::StatusOr<TextEncoding> ReadTextEncoding(absl::string_view name);

// Returns `bytes` as UTF-8 without a byte order mark. Returns INVALID_ARGUMENT if the
// bytes are not text of the encoding, contain a NUL, or are more than kMaxFileBytes
// before or after the conversion. The error names the line if one byte is at fault.
absl::StatusOr<std::string> DecodeText(absl::string_view bytes, TextEncoding encoding);

}  // namespace portreg

#endif  // PORTREG_COMMON_IMPORT_TEXT_ENCODING_H_
