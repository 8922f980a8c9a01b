#include "common/import/transport_words.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/text/quote.h"

namespace portreg {
namespace {

constexpr std::array<std::pair<absl::string_view, Transport>, 4> kNumbers = {{
    {"6", Transport::kTcp},
    {"17", Transport::kUdp},
    {"33", Transport::kDccp},
    {"132", Transport::kSctp},
}};

// Protocols without port numbers, for which --protocol would be no help.
constexpr std::array<absl::string_view, 12> kPortless = {
    "icmp", "icmpv6", "icmp6", "igmp", "gre", "esp", "ah", "ospf", "vrrp", "ipip", "ddp", "divert"};

constexpr absl::string_view kAllowed = "tcp, udp, sctp or dccp";

absl::Status UnknownWord(absl::string_view word) {
  const std::string lower = absl::AsciiStrToLower(word);
  if (std::find(kPortless.begin(), kPortless.end(), lower) != kPortless.end()) {
    return absl::InvalidArgumentError(
        absl::StrCat("protocol ", Quoted(word), " is not ", kAllowed, ", which have ports"));
  }
  const bool plain = std::all_of(word.begin(), word.end(), [](unsigned char c) {
    return absl::ascii_isalnum(c) || c == '-' || c == '.';
  });
  return absl::InvalidArgumentError(
      absl::StrCat("protocol ", Quoted(word), " is not ", kAllowed,
                   plain ? absl::StrCat("; --protocol ", word, "=tcp says which it uses") : ""));
}

}  // namespace

std::string ToString(const Transports& transports) {
  return absl::StrJoin(transports, "/", [](std::string* text, Transport transport) {
    absl::StrAppend(text, ToString(transport));
  });
}

void MergeTransports(Transports& transports, const Transports& more) {
  transports.insert(transports.end(), more.begin(), more.end());
  std::sort(transports.begin(), transports.end());
  transports.erase(std::unique(transports.begin(), transports.end()), transports.end());
  if (!transports.empty() && transports.front() == Transport::kNone) transports.resize(1);
}

absl::Status TransportWords::Add(absl::string_view protocol_and_transports) {
  const size_t equals = protocol_and_transports.rfind('=');
  const auto refuse = [&](absl::string_view why) {
    return absl::InvalidArgumentError(
        absl::StrCat("protocol ", Quoted(protocol_and_transports), " ", why));
  };
  if (equals == absl::string_view::npos) {
    return refuse("is not NAME=TRANSPORT, such as HTTP=tcp or DNS=tcp/udp");
  }
  const std::string name =
      absl::AsciiStrToLower(absl::StripAsciiWhitespace(protocol_and_transports.substr(0, equals)));
  const absl::string_view value =
      absl::StripAsciiWhitespace(protocol_and_transports.substr(equals + 1));
  if (name.empty() || name.size() > kMaxProtocolBytes) {
    return refuse(absl::StrCat("needs a name of 1 to ", kMaxProtocolBytes, " bytes before \"=\""));
  }
  if (TransportWords().Find(name)) return refuse("names what already is a transport");
  const absl::StatusOr<Transports> transports = TransportWords().Read(value);
  if (!transports.ok() || transports->empty()) {
    return refuse(
        "has no transport behind \"=\", allowed are tcp, udp, sctp, dccp, a list of "
        "these such as tcp/udp, and any");
  }
  protocols_[name] = *transports;
  return absl::OkStatus();
}

std::optional<Transports> TransportWords::Find(absl::string_view word) const {
  const std::string lower = absl::AsciiStrToLower(word);
  if (const auto added = protocols_.find(lower); added != protocols_.end()) return added->second;
  if (lower == "any" || lower == "all" || lower == "*") return Transports{Transport::kNone};
  absl::string_view name = lower;
  if (name.size() > 3 && (name.back() == '4' || name.back() == '6')) name.remove_suffix(1);
  const std::optional<Transport> transport = ParseTransport(name);
  if (!transport || *transport == Transport::kNone) return std::nullopt;
  return Transports{*transport};
}

absl::StatusOr<Transports> TransportWords::Read(absl::string_view cell) const {
  cell = absl::StripAsciiWhitespace(cell);
  if (const std::optional<Transports> whole = Find(cell)) return *whole;
  Transports transports;
  for (const auto& [number, transport] : kNumbers) {
    if (cell == number) return Transports{transport};
  }
  for (const absl::string_view word :
       absl::StrSplit(cell, absl::ByAnyChar(",/+&;| \t\r\n"), absl::SkipEmpty())) {
    if (absl::EqualsIgnoreCase(word, "and")) continue;
    const std::optional<Transports> found = Find(word);
    if (!found) return UnknownWord(word);
    MergeTransports(transports, *found);
  }
  return transports;
}

}  // namespace portreg
