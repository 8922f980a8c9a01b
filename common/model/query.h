// Parses keys: ports, ranges and service names as people write them.
#ifndef PORTREG_COMMON_MODEL_QUERY_H_
#define PORTREG_COMMON_MODEL_QUERY_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/model/port.h"

namespace portreg {

// A service name with an optional transport.
struct ServiceKey {
  std::string service;
  Transport transport = Transport::kNone;
};

// A parsed key: either ports or a service name, and an optional transport.
struct Query {
  // The key as it was written. In a list of keys, this key alone.
  std::string text;
  std::optional<PortRange> ports;
  std::string service;
  Transport transport = Transport::kNone;
  // Present if the key may also be a service name as a whole. If a registry has a service
  // of that name, the key means the service; otherwise it means the members above.
  std::optional<ServiceKey> also_name = {};

  [[nodiscard]] bool is_port() const { return ports && ports->width() == 1; }
  [[nodiscard]] bool is_range() const { return ports && ports->width() > 1; }
};

// Parses a key, or a list of keys that commas separate, perhaps with blanks after the
// commas.
//
//   key    = [prefix ":"] ports ["/" tail]  |  other  |  name ["/" transport]
//   ports  = number ["-" number]       number: decimal, no leading zero
//   prefix = "T" | "U" | "S"           tcp, udp, sctp, as nmap writes them
//   tail   = proto | "6" | "17" | "33" | "132"      IANA's protocol numbers
//   proto  = transport ["6"]           tcp6, as netstat writes it
//   other  = proto ("/" | ":") (ports | pair) ["/" tail]      tcp/443, tcp:8100
//          | pair ["/" tail]                                  3478:3481
//          | host ":" ports ["/" tail]                        127.0.0.1:5432
//          | "_" (label | ports) "._" transport               _https._tcp, RFC 2782
//   pair   = number ":" number         a range, as iptables writes it
//   host   = ("*" | IPv4 address | "[" IPv6 address "]") ["%" zone]
//
// A key that matches the first form entirely is ports. A key of the form `other` is that,
// but may also be a name (Query::also_name). Any other key is a name (3com, 9pfs,
// 914c/g). Its "/transport" is split off only if the text behind the slash is a
// transport. Returns INVALID_ARGUMENT, with the key in the message, for a key that looks
// like ports but is not valid (0080, 90-80, 65536, -1, 80/foo, 80/99, T:80/udp,
// tcp/99999, [::]:), for an empty key, for blanks at either end, and for a name that is
// above 64 bytes or not UTF-8.
absl::StatusOr<std::vector<Query>> ParseQueries(absl::string_view keys);

// Parses one key. A name in it may contain commas.
absl::StatusOr<Query> ParseQuery(absl::string_view key);

}  // namespace portreg

#endif  // PORTREG_COMMON_MODEL_QUERY_H_
