#include "common/model/port.h"

#include <algorithm>
#include <charconv>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/text/quote.h"

namespace portreg {

std::string ToString(PortRange range) {
  if (range.first == range.last) return absl::StrCat(range.first);
  return absl::StrCat(range.first, "-", range.last);
}

absl::StatusOr<Port> CheckPort(int64_t number) {
  if (number < 0 || number > kMaxPort) {
    return absl::InvalidArgumentError(
        absl::StrCat("port ", number, " is out of range [0, ", kMaxPort, "]"));
  }
  return static_cast<Port>(number);
}

absl::StatusOr<Port> ParsePort(absl::string_view text) {
  Port port = 0;
  const auto [end, error] = std::from_chars(text.begin(), text.end(), port);
  const bool leading_zero = text.size() > 1 && text.front() == '0';
  if (error == std::errc() && end == text.end() && !leading_zero) return port;
  // Not a valid port. The rest only finds out which error to report.
  const auto is_digit = [](unsigned char c) { return absl::ascii_isdigit(c); };
  if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit)) {
    return absl::InvalidArgumentError(
        absl::StrCat("port ", Quoted(text), " is not a decimal number in [0, ", kMaxPort, "]"));
  }
  if (leading_zero) {
    return absl::InvalidArgumentError(
        absl::StrCat("port ", text, " has a leading zero, write it without"));
  }
  int64_t number;
  if (!absl::SimpleAtoi(text, &number)) {
    return absl::InvalidArgumentError(
        absl::StrCat("port ", text, " is out of range [0, ", kMaxPort, "]"));
  }
  return CheckPort(number);
}

absl::StatusOr<PortRange> ParsePortRange(absl::string_view text) {
  const size_t dash = text.find('-');
  if (dash == absl::string_view::npos) {
    const absl::StatusOr<Port> port = ParsePort(text);
    if (!port.ok()) return port.status();
    return PortRange{*port, *port};
  }
  const auto refuse = [text](absl::string_view why) {
    return absl::InvalidArgumentError(absl::StrCat("port range ", Quoted(text), ": ", why));
  };
  const absl::StatusOr<Port> first = ParsePort(text.substr(0, dash));
  if (!first.ok()) return refuse(first.status().message());
  const absl::StatusOr<Port> last = ParsePort(text.substr(dash + 1));
  if (!last.ok()) return refuse(last.status().message());
  if (*first > *last) return refuse("its first port must not be above its last");
  return PortRange{*first, *last};
}

absl::string_view ToString(Transport transport) {
  switch (transport) {
    case Transport::kNone:
      return "";
    case Transport::kTcp:
      return "tcp";
    case Transport::kUdp:
      return "udp";
    case Transport::kSctp:
      return "sctp";
    case Transport::kDccp:
      return "dccp";
  }
  return "";
}

std::optional<int> ProtocolNumber(Transport transport) {
  switch (transport) {
    case Transport::kNone:
      return std::nullopt;
    case Transport::kTcp:
      return 6;
    case Transport::kUdp:
      return 17;
    case Transport::kSctp:
      return 132;
    case Transport::kDccp:
      return 33;
  }
  return std::nullopt;
}

std::optional<Transport> TransportOfProtocol(int number) {
  for (const Transport transport : kTransports) {
    if (ProtocolNumber(transport) == number) return transport;
  }
  return std::nullopt;
}

std::optional<Transport> ParseTransport(absl::string_view text) {
  for (const Transport transport : kTransports) {
    if (absl::EqualsIgnoreCase(text, ToString(transport))) return transport;
  }
  return std::nullopt;
}

absl::string_view ToString(AssignmentState state) {
  switch (state) {
    case AssignmentState::kAssigned:
      return "assigned";
    case AssignmentState::kReserved:
      return "reserved";
    case AssignmentState::kUnassigned:
      return "unassigned";
    case AssignmentState::kDynamic:
      return "dynamic";
  }
  return "";
}

}  // namespace portreg
