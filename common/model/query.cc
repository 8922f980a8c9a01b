#include "common/model/query.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/model/service_name.h"
#include "common/text/quote.h"
#include "common/text/utf8.h"

namespace portreg {
namespace {

// The most bytes of a key that a message shows. No valid key is longer.
constexpr size_t kMaxKeyBytes = 80;

absl::Status Refuse(absl::string_view key, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("key ", Quoted(key, kMaxKeyBytes), ": ", why));
}

bool IsDigits(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](unsigned char byte) { return absl::ascii_isdigit(byte); });
}

// Removes a leading "T:", "U:" or "S:" and returns its transport. Returns kNone if
// there is no such prefix.
Transport TakePrefix(absl::string_view& text) {
  if (text.size() < 3 || text[1] != ':') return Transport::kNone;
  Transport transport = Transport::kNone;
  switch (absl::ascii_toupper(static_cast<unsigned char>(text[0]))) {
    case 'T':
      transport = Transport::kTcp;
      break;
    case 'U':
      transport = Transport::kUdp;
      break;
    case 'S':
      transport = Transport::kSctp;
      break;
    default:
      return Transport::kNone;
  }
  text.remove_prefix(2);
  return transport;
}

// Parses "tcp", or "tcp6" for a socket of IPv6.
std::optional<Transport> ParseProto(absl::string_view text) {
  absl::ConsumeSuffix(&text, "6");
  return ParseTransport(text);
}

// Parses what follows the slash behind ports: a transport or IANA's number of one.
std::optional<Transport> ParseTail(absl::string_view text) {
  int number = 0;
  if (!IsDigits(text) || text.front() == '0' || !absl::SimpleAtoi(text, &number)) {
    return ParseProto(text);
  }
  return TransportOfProtocol(number);
}

// Returns true if a text is meant as ports: a number, perhaps with a minus sign or with
// a dash and a second number.
bool LooksLikePorts(absl::string_view text) {
  if (!text.empty() && text.front() == '-') text.remove_prefix(1);
  if (text.empty() || !absl::ascii_isdigit(static_cast<unsigned char>(text.front()))) return false;
  const auto digit_or_dash = [](unsigned char c) { return absl::ascii_isdigit(c) || c == '-'; };
  return std::all_of(text.begin(), text.end(), digit_or_dash);
}

// A text that may be ports with a transport behind.
struct PortsText {
  // `text` is split at its last slash.
  explicit PortsText(absl::string_view text)
      : ports(text.substr(0, text.rfind('/'))), has_tail(ports.size() < text.size()) {
    if (has_tail) tail = text.substr(ports.size() + 1);
  }

  // Returns true if the ports are two numbers with a colon between them.
  [[nodiscard]] bool IsPair() const {
    const size_t colon = ports.find(':');
    return colon != absl::string_view::npos && IsDigits(ports.substr(0, colon)) &&
           IsDigits(ports.substr(colon + 1));
  }

  absl::string_view ports;
  bool has_tail;
  absl::string_view tail;
};

absl::Status RefuseTail(absl::string_view key, absl::string_view tail) {
  if (IsDigits(tail)) {
    return Refuse(key, absl::StrCat("protocol number ", tail,
                                    " is not 6 (tcp), 17 (udp), 33 (dccp) or 132 (sctp)"));
  }
  return Refuse(key, absl::StrCat("transport ", Quoted(tail), " is not tcp, udp, sctp or dccp"));
}

// Reads ports that LooksLikePorts or IsPair accepts. `prefix` is the transport written in
// front of them.
absl::StatusOr<Query> ReadPorts(absl::string_view key, const PortsText& text, Transport prefix) {
  Query query{.text = std::string(key), .ports = {}, .service = {}, .transport = prefix};
  int64_t negative;
  if (absl::SimpleAtoi(text.ports, &negative) && negative < 0) {
    return Refuse(key, CheckPort(negative).status().message());
  }
  const absl::StatusOr<PortRange> range =
      ParsePortRange(absl::StrReplaceAll(text.ports, {{":", "-"}}));
  if (!range.ok()) return Refuse(key, range.status().message());
  query.ports = *range;
  if (!text.has_tail) return query;

  const std::optional<Transport> transport = ParseTail(text.tail);
  if (!transport) return RefuseTail(key, text.tail);
  if (prefix != Transport::kNone && prefix != *transport) {
    return Refuse(key, absl::StrCat("names two transports, ", ToString(prefix), " and ",
                                    ToString(*transport)));
  }
  query.transport = *transport;
  return query;
}

absl::StatusOr<Query> ReadName(absl::string_view key) {
  Query query{.text = std::string(key), .ports = {}, .service = std::string(key), .transport = {}};
  const PortsText text(key);
  if (const std::optional<Transport> transport = ParseTransport(text.tail); transport) {
    query.service = std::string(text.ports);
    query.transport = *transport;
  }
  if (query.service.empty()) return Refuse(key, "has no service name before its transport");
  if (query.service.size() > kMaxServiceNameBytes) {
    return Refuse(key, absl::StrCat("service name has ", query.service.size(), " bytes, at most ",
                                    kMaxServiceNameBytes, " are allowed"));
  }
  return query;
}

// Removes a leading "tcp/", "tcp6:" or the like, and returns its transport.
std::optional<Transport> TakeProto(absl::string_view& text) {
  const size_t end = text.find_first_of("/:");
  if (end == absl::string_view::npos) return std::nullopt;
  const std::optional<Transport> transport = ParseProto(text.substr(0, end));
  if (transport) text.remove_prefix(end + 1);
  return transport;
}

// Removes a leading host and its colon, such as "127.0.0.1:", "[::1%lo]:" or "*:".
// Returns false if there is none.
bool TakeHost(absl::string_view& text) {
  const bool bracketed = absl::StartsWith(text, "[");
  const size_t colon = bracketed ? text.find("]:") : text.find(':');
  if (colon == absl::string_view::npos) return false;
  std::string host(text.substr(bracketed ? 1 : 0, bracketed ? colon - 1 : colon));
  const size_t percent = host.find('%');
  if (percent != std::string::npos) {
    if (percent + 1 == host.size()) return false;
    host.resize(percent);
  }
  // inet_pton() would ignore what follows a NUL.
  if (host.find('\0') != std::string::npos) return false;
  in6_addr address;
  const bool is_host = bracketed ? inet_pton(AF_INET6, host.c_str(), &address) == 1
                                 : host == "*" || inet_pton(AF_INET, host.c_str(), &address) == 1;
  if (is_host) text.remove_prefix(colon + (bracketed ? 2 : 1));
  return is_host;
}

// Reads the owner name of a DNS SRV record without its domain, such as _https._tcp. TLSA
// records (RFC 6698) have a port in place of the service. Returns nullopt for other keys.
std::optional<absl::StatusOr<Query>> ReadSrvName(absl::string_view key) {
  absl::string_view label = key;
  const size_t dot = key.find('.');
  if (dot == absl::string_view::npos || !absl::ConsumePrefix(&label, "_")) return std::nullopt;
  label = label.substr(0, dot - 1);
  absl::string_view proto = key.substr(dot + 1);
  if (!absl::ConsumePrefix(&proto, "_")) return std::nullopt;
  const std::optional<Transport> transport = ParseTransport(proto);
  if (!transport || label.empty()) return std::nullopt;
  if (LooksLikePorts(label)) return ReadPorts(key, PortsText(label), *transport);
  const auto is_label_byte = [](unsigned char byte) {
    return absl::ascii_isalnum(byte) || byte == '-' || byte == '_' || byte == '+';
  };
  if (!std::all_of(label.begin(), label.end(), is_label_byte)) return std::nullopt;
  absl::StatusOr<Query> query = ReadName(label);
  if (!query.ok()) return Refuse(key, query.status().message());
  query->text = std::string(key);
  query->transport = *transport;
  return query;
}

// Reads a key of the form `other` of the grammar. Returns nullopt for any other key.
std::optional<absl::StatusOr<Query>> ReadOtherForm(absl::string_view key) {
  if (std::optional<absl::StatusOr<Query>> srv = ReadSrvName(key); srv) return srv;
  absl::string_view rest = key;
  const std::optional<Transport> proto = TakeProto(rest);
  const bool has_host = !proto && TakeHost(rest);
  const PortsText text(rest);
  if (has_host && text.ports.empty()) return Refuse(key, "has no port behind its address");
  const bool is_ports = has_host ? LooksLikePorts(text.ports)
                                 : text.IsPair() || (proto && LooksLikePorts(text.ports));
  if (!is_ports) return std::nullopt;
  return ReadPorts(key, text, proto.value_or(Transport::kNone));
}

}  // namespace

absl::StatusOr<Query> ParseQuery(absl::string_view key) {
  if (key.empty()) return Refuse(key, "is empty, expected a port, a range or a service name");
  if (!IsValidUtf8(key)) return Refuse(key, "is not valid UTF-8");
  if (absl::StripAsciiWhitespace(key) != key) {
    return Refuse(key, "has a blank at its beginning or end");
  }
  absl::string_view rest = key;
  const Transport prefix = TakePrefix(rest);
  const PortsText text(rest);
  if (LooksLikePorts(text.ports)) return ReadPorts(key, text, prefix);
  absl::StatusOr<Query> name = ReadName(key);
  std::optional<absl::StatusOr<Query>> other = ReadOtherForm(key);
  if (!other) return name;
  if (other->ok() && name.ok()) {
    (*other)->also_name = ServiceKey{std::move(name->service), name->transport};
  }
  return *std::move(other);
}

absl::StatusOr<std::vector<Query>> ParseQueries(absl::string_view keys) {
  std::vector<Query> queries;
  for (absl::string_view key : absl::StrSplit(keys, ',')) {
    if (!queries.empty()) key = absl::StripLeadingAsciiWhitespace(key);
    if (key.empty() && !keys.empty()) return Refuse(keys, "has nothing beside a comma");
    absl::StatusOr<Query> query = ParseQuery(key);
    if (!query.ok()) return query.status();
    queries.push_back(*std::move(query));
  }
  return queries;
}

}  // namespace portreg
