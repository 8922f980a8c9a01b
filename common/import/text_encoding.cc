#include "common/import/text_encoding.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/data/layer_file.h"
#include "common/text/quote.h"
#include "common/text/text_position.h"
#include "common/text/utf8.h"
#include "common/text/zip_archive.h"

namespace portreg {
namespace {

constexpr absl::string_view kLittleEndianMark = "\xFF\xFE";
constexpr absl::string_view kBigEndianMark = "\xFE\xFF";

constexpr std::array<std::pair<absl::string_view, TextEncoding>, 5> kEncodings = {{
    {"utf-8", TextEncoding::kUtf8},
    {"utf-16", TextEncoding::kUtf16},
    {"utf-16le", TextEncoding::kUtf16LittleEndian},
    {"utf-16be", TextEncoding::kUtf16BigEndian},
    {"windows-1252", TextEncoding::kWindows1252},
}};

// The characters of the bytes 0x80 to 0x9F (WHATWG Encoding, index windows-1252). 0: the
// byte has no character. Every other byte is the character of that number.
constexpr std::array<uint16_t, 32> kWindows1252 = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

void AppendUtf8(uint32_t code_point, std::string& text) {
  const auto put = [&text](uint32_t byte) { text.push_back(static_cast<char>(byte)); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xC0 | code_point >> 6);
    put(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    put(0xE0 | code_point >> 12);
    put(0x80 | (code_point >> 6 & 0x3F));
    put(0x80 | (code_point & 0x3F));
  } else {
    put(0xF0 | code_point >> 18);
    put(0x80 | (code_point >> 12 & 0x3F));
    put(0x80 | (code_point >> 6 & 0x3F));
    put(0x80 | (code_point & 0x3F));
  }
}

absl::Status ErrorOnLine(absl::string_view text_before, absl::string_view message) {
  const auto line = 1 + std::count(text_before.begin(), text_before.end(), '\n');
  return absl::InvalidArgumentError(absl::StrCat("line ", line, ": ", message));
}

absl::Status TooLarge() {
  return absl::InvalidArgumentError(absl::StrCat("larger than ", kMaxFileBytes, " bytes"));
}

std::string Hex(char byte) {
  return absl::StrCat("0x", absl::Hex(static_cast<unsigned char>(byte), absl::kZeroPad2));
}

absl::StatusOr<std::string> FromWindows1252(absl::string_view bytes) {
  if (absl::StartsWith(bytes, kUtf8ByteOrderMark) || absl::StartsWith(bytes, kLittleEndianMark) ||
      absl::StartsWith(bytes, kBigEndianMark)) {
    return absl::InvalidArgumentError(
        "begins with a byte order mark of UTF-8 or UTF-16, it is not windows-1252");
  }
  std::string text;
  for (const char each : bytes) {
    const auto byte = static_cast<unsigned char>(each);
    const bool in_table = byte >= 0x80 && byte < 0xA0;
    const uint32_t code_point = in_table ? kWindows1252[byte - 0x80] : byte;
    if (in_table && code_point == 0) {
      return ErrorOnLine(text,
                         absl::StrCat("byte ", Hex(each), " has no character in windows-1252"));
    }
    AppendUtf8(code_point, text);
  }
  return text;
}

absl::StatusOr<std::string> FromUtf16(absl::string_view bytes, bool big_endian) {
  if (bytes.size() % 2 != 0) {
    return absl::InvalidArgumentError("UTF-16 of an odd number of bytes, it seems cut off");
  }
  const auto unit = [&](size_t i) -> uint32_t {
    const auto first = static_cast<unsigned char>(bytes[i]);
    const auto second = static_cast<unsigned char>(bytes[i + 1]);
    return big_endian ? first << 8 | second : second << 8 | first;
  };
  constexpr uint32_t kHigh = 0xD800;
  constexpr uint32_t kLow = 0xDC00;
  constexpr uint32_t kBehindSurrogates = 0xE000;
  std::string text;
  for (size_t i = 0; i < bytes.size(); i += 2) {
    uint32_t code_point = unit(i);
    if (code_point >= kHigh && code_point < kBehindSurrogates) {
      const uint32_t low = i + 2 < bytes.size() ? unit(i + 2) : 0;
      if (code_point >= kLow || low < kLow || low >= kBehindSurrogates) {
        return ErrorOnLine(text, "not UTF-16, a surrogate is without its other half");
      }
      code_point = 0x10000 + ((code_point - kHigh) << 10) + (low - kLow);
      i += 2;
    }
    AppendUtf8(code_point, text);
  }
  return text;
}

absl::StatusOr<std::string> FromUtf8(absl::string_view bytes) {
  const size_t bad = FindInvalidUtf8(bytes);
  if (bad == bytes.size()) return std::string(bytes);
  return ErrorOnLine(
      bytes.substr(0, bad),
      absl::StrCat("byte ", Hex(bytes[bad]),
                   " is not valid UTF-8; --encoding=windows-1252 reads older Windows files"));
}

absl::StatusOr<std::string> Convert(absl::string_view bytes, TextEncoding encoding) {
  if (encoding == TextEncoding::kWindows1252) return FromWindows1252(bytes);
  const bool little = absl::ConsumePrefix(&bytes, kLittleEndianMark);
  const bool big = !little && absl::ConsumePrefix(&bytes, kBigEndianMark);
  const bool is_utf16_by_mark = encoding == TextEncoding::kByMark && (little || big);
  if (encoding == TextEncoding::kUtf16 || is_utf16_by_mark) return FromUtf16(bytes, big);
  if (encoding == TextEncoding::kByMark || encoding == TextEncoding::kUtf8) {
    if (little || big) {
      return absl::InvalidArgumentError("begins with a byte order mark of UTF-16, it is not utf-8");
    }
    absl::ConsumePrefix(&bytes, kUtf8ByteOrderMark);
    return FromUtf8(bytes);
  }
  const bool wants_big = encoding == TextEncoding::kUtf16BigEndian;
  if (wants_big ? little : big) {
    return absl::InvalidArgumentError("begins with the byte order mark of the other order");
  }
  return FromUtf16(bytes, wants_big);
}

}  // namespace

absl::StatusOr<TextEncoding> ReadTextEncoding(absl::string_view name) {
  for (const auto& [known, encoding] : kEncodings) {
    if (absl::EqualsIgnoreCase(name, known)) return encoding;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "encoding ", Quoted(name), " is not utf-8, utf-16, utf-16le, utf-16be or windows-1252"));
}

absl::StatusOr<std::string> DecodeText(absl::string_view bytes, TextEncoding encoding) {
  if (bytes.size() > kMaxFileBytes) return TooLarge();
  if (IsZipArchive(bytes)) return absl::InvalidArgumentError(kZipArchiveError);
  absl::StatusOr<std::string> text = Convert(bytes, encoding);
  if (!text.ok()) return text;
  if (text->size() > kMaxFileBytes) return TooLarge();
  if (const size_t nul = text->find('\0'); nul != std::string::npos) {
    return ErrorOnLine(absl::string_view(*text).substr(0, nul),
                       "a NUL, this is no text, or UTF-16 without a byte order mark; see "
                       "--encoding");
  }
  return text;
}

}  // namespace portreg
