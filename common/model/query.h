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

// A parsed key: either ports or a service name, and an optional transport.
struct Query {
  // The key as it was written. In a list of keys, this key alone.
  std::string text;
  std::optional<PortRange> ports;
  std::string service;
  Transport transport = Transport::kNone;

  [[nodiscard]] bool is_port() const { return ports && ports->width() == 1; }
  [[nodiscard]] bool is_range() const { return ports && ports->width() > 1; }
};

// Parses a key, or a list of keys that commas separate.
//
//   key   = [prefix ":"] ports ["/" transport]  |  name ["/" transport]
//   ports = number ["-" number]         number: decimal, no leading zero
//   prefix = "T" | "U" | "S"            tcp, udp, sctp, as nmap writes them
//
// A key that matches the first form entirely is ports. Any other key is a name (3com,
// 9pfs, 914c/g). Its "/transport" is split off only if the text behind the slash is a
// transport. Returns INVALID_ARGUMENT, with the key in the message, for a key that
// looks like ports but is not valid (0080, 90-80, 65536, -1, 80/foo, T:80/udp), for an
// empty key, for blanks at either end, and for a name that is above 64 bytes or not
// UTF-8.
absl::StatusOr<std::vector<Query>> ParseQueries(absl::string_view keys);

// Parses one key. A name in it may contain commas.
absl::StatusOr<Query> ParseQuery(absl::string_view key);

}  // namespace portreg

#endif  // PORTREG_COMMON_MODEL_QUERY_H_
