// Limits of connections and of what clients may send.
#ifndef PORTREG_SERVER_NET_SERVER_LIMITS_H_
#define PORTREG_SERVER_NET_SERVER_LIMITS_H_

#include <cstdint>

#include "absl/time/time.h"
#include "common/model/limits.h"
#include "server/net/connections.h"

namespace portreg::server {

// The limits of each connection, and of all of them together. The comment of a limit
// says what it protects.
struct ServerLimits {
  // Connections beyond it are closed at once. Protects descriptors and memory.
  ConnectionLimits connections;
  // Streams that one connection may have open. A client learns the limit from
  // SETTINGS, and gRPC enforces it once the client has acknowledged them. Protects
  // memory. Default: 100.
  int max_concurrent_streams = 100;
  // Longest request message, in bytes; a longer one gets RESOURCE_EXHAUSTED.
  // Protects memory. Default: 256 KiB.
  int max_request_bytes = kMaxRequestBytes;
  // Bytes of metadata that gRPC reads from a client that has acknowledged the limit.
  // ServiceOptions holds the limit for other clients. Default: 8 KiB.
  int max_metadata_bytes = 8 << 10;
  // Bytes that gRPC may hold for all connections together. Default: 256 MiB.
  int64_t memory_quota_bytes = int64_t{256} << 20;
  // How long the handshake of a connection may take: TLS, HTTP/2 preface, SETTINGS.
  // Protects descriptors. Default: 10 s.
  absl::Duration handshake_timeout = absl::Seconds(10);
  // How long a connection may be without a call. Default: 5 minutes.
  absl::Duration max_connection_idle = absl::Minutes(5);
  // How long a connection may exist, plus or minus a tenth, and how long its calls may
  // then take to end. Distributes clients over replicas again, and ends calls whose
  // headers or message never become complete. Default: 30 minutes and 30 s.
  absl::Duration max_connection_age = absl::Minutes(30);
  absl::Duration max_connection_age_grace = absl::Seconds(30);
  // How long a client may be silent before the server pings it, and how long the
  // server waits for the answer. Default: 60 s and 20 s.
  absl::Duration keepalive_time = absl::Seconds(60);
  absl::Duration keepalive_timeout = absl::Seconds(20);
  // Shortest interval of pings from a client without a call. If a client pings more
  // often, the server closes the connection (ENHANCE_YOUR_CALM). Default: 10 s.
  absl::Duration min_ping_interval = absl::Seconds(10);
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_NET_SERVER_LIMITS_H_
