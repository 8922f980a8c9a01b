// Reads ports, protocols and TCP flags from the fields of a line.
#ifndef PORTREG_CLIENT_CLI_FLOW_LOGS_FLOW_VALUES_H_
#define PORTREG_CLIENT_CLI_FLOW_LOGS_FLOW_VALUES_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "absl/strings/string_view.h"

namespace portreg::cli {

// The functions below return kBadValue for a text that is not a valid value, and kNoValue for an
// empty text or a hyphen, which stand for no value.
inline constexpr int kBadValue = -1;
inline constexpr int kNoValue = -2;
// A protocol that has a name but no ports that portreg knows.
inline constexpr int kPortlessProtocol = 256;

// The largest number of digits that are read.
inline constexpr size_t kMaxDigits = 8;

// Returns the decimal number in `text`. Returns kBadValue if it exceeds `max`, which must have at
// most kMaxDigits digits. Requires that the kMaxDigits bytes before the end of `text` can be read.
inline int ReadPaddedNumber(absl::string_view text, int max) {
  if (text.empty() || text.size() > kMaxDigits) return text.empty() ? kNoValue : kBadValue;
  if constexpr (std::endian::native == std::endian::little) {
    // Reads eight digits at once: those of the text, after as many zeros as needed.
    uint64_t digits = 0;
    std::memcpy(&digits, text.data() + text.size() - kMaxDigits, kMaxDigits);
    constexpr uint64_t kZeros = 0x3030303030303030;
    constexpr uint64_t kHighHalves = 0xF0F0F0F0F0F0F0F0;
    const uint64_t used = ~uint64_t{0} << (8 * (kMaxDigits - text.size()));
    digits = (digits & used) | (kZeros & ~used);
    const uint64_t beyond_nine = digits + 0x0606060606060606;
    if ((digits & kHighHalves) != kZeros || (beyond_nine & kHighHalves) != kZeros) {
      return text == "-" ? kNoValue : kBadValue;
    }
    digits -= kZeros;
    digits = digits * 10 + (digits >> 8);
    const uint64_t value = ((digits & 0x000000FF000000FF) * 0x000F424000000064 +
                            ((digits >> 16) & 0x000000FF000000FF) * 0x0000271000000001) >>
                           32;
    return value <= static_cast<uint64_t>(max) ? static_cast<int>(value) : kBadValue;
  }
  int value = 0;
  for (const char digit : text) {
    if (digit < '0' || digit > '9') return text == "-" ? kNoValue : kBadValue;
    value = value * 10 + (digit - '0');
  }
  return value <= max ? value : kBadValue;
}

// Reads a port, 0-65535, without a sign.
int ReadPort(absl::string_view text);

// Reads a protocol: IANA's number, 0-255, or a keyword in any case. Returns
// kPortlessProtocol for any other word of letters, digits and "-_./+()".
int ReadProtocol(absl::string_view text);

// Reads the flags of TCP as a number, as in VPC flow logs, or as hexadecimal (0x1b), or as
// letters such as ...AP.SF, as nfdump writes them.
int ReadTcpFlags(absl::string_view text);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FLOW_LOGS_FLOW_VALUES_H_
