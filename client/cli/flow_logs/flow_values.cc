#include "client/cli/flow_logs/flow_values.h"

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "common/flows/flow_ports.h"
#include "common/model/port.h"

namespace portreg::cli {
namespace {

constexpr int kMaxProtocol = 255;
// The largest value: eight flags, and the four bits that RFC 9293 reserves.
constexpr int kMaxTcpFlags = 0xFFF;
constexpr size_t kLongestWord = 40;

// Returns the flag that a letter stands for in nfdump and other programs.
std::optional<unsigned> BitOf(char letter) {
  switch (letter) {
    case 'F':
      return 0x01;
    case 'S':
      return kTcpSyn;
    case 'R':
      return 0x04;
    case 'P':
      return 0x08;
    case 'A':
      return kTcpAck;
    case 'U':
      return 0x20;
    case 'E':
      return 0x40;
    case 'C':
    case 'W':
      return 0x80;
    case '.':
    case ' ':
      return 0;
    default:
      return std::nullopt;
  }
}

// Like ReadPaddedNumber(), but does not read bytes before `text`.
int ReadNumber(absl::string_view text, int max) {
  if (text.empty() || text.size() > kMaxDigits) return text.empty() ? kNoValue : kBadValue;
  char padded[kMaxDigits] = {};
  std::copy(text.begin(), text.end(), padded + kMaxDigits - text.size());
  return ReadPaddedNumber({padded + kMaxDigits - text.size(), text.size()}, max);
}

bool IsWord(absl::string_view text) {
  return text.size() <= kLongestWord && std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
                  absl::string_view("-_./+() ").find(c) != absl::string_view::npos;
         });
}

}  // namespace

int ReadPort(absl::string_view text) { return ReadNumber(text, kMaxPort); }

int ReadProtocol(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  if (text.empty() || text == "-") return kNoValue;
  if (absl::ascii_isdigit(static_cast<unsigned char>(text.front()))) {
    return ReadNumber(text, kMaxProtocol);
  }
  if (const std::optional<int> number = ProtocolOfKeyword(text)) return *number;
  return IsWord(text) ? kPortlessProtocol : kBadValue;
}

int ReadTcpFlags(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  if (text.empty() || text == "-") return kNoValue;
  uint32_t hex = 0;
  if (absl::ConsumePrefix(&text, "0x")) {
    return absl::SimpleHexAtoi(text, &hex) && hex <= kMaxTcpFlags ? static_cast<int>(hex)
                                                                  : kBadValue;
  }
  if (absl::ascii_isdigit(static_cast<unsigned char>(text.front()))) {
    return ReadNumber(text, kMaxTcpFlags);
  }
  unsigned flags = 0;
  for (const char letter : text) {
    const std::optional<unsigned> bit = BitOf(letter);
    if (!bit) return kBadValue;
    flags |= *bit;
  }
  return static_cast<int>(flags);
}

}  // namespace portreg::cli
