// The key grammar: how a person writes a port, a range or a name.
#ifndef PORTREG_COMMON_MODEL_QUERY_H_
#define PORTREG_COMMON_MODEL_QUERY_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/model/port.h"

namespace portreg {

// A key, read: ports or else a service name, and perhaps a transport.
struct Query {
  // The key as it was written, one of a list without the list.
  std::string text;
  std::optional<PortRange> ports;
  std::string service;
  Transport transport = Transport::kNone;

  [[nodiscard]] bool is_port() const { return ports && ports->width() == 1; }
  [[nodiscard]] bool is_range() const { return ports && ports->width() > 1; }
};

// Reads a key or a list of keys with commas between them.
//
//   key   = [prefix ":"] ports ["/" transport]  |  name ["/" transport]
//   ports = number ["-" number]         number: decimal, no leading zero
//   prefix = "T" | "U" | "S"            tcp, udp, sctp, as nmap writes them
//
// What matches the first form entirely is ports; anything else is a name
// (3com, 9pfs, 914c/g), whose "/transport" is split off only if its tail is a
// transport. INVALID_ARGUMENT, naming the key, for what looks like ports and
// is none (0080, 90-80, 65536, -1, 80/foo, T:80/udp), for an empty key, blanks
// at either end, and a name above 64 bytes or not in UTF-8.
absl::StatusOr<std::vector<Query>> ParseQueries(absl::string_view keys);

// Reads one key, which may hold commas in a name.
absl::StatusOr<Query> ParseQuery(absl::string_view key);

}  // namespace portreg

#endif  // PORTREG_COMMON_MODEL_QUERY_H_
