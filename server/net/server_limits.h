// How much a server takes on.
#ifndef PORTREG_SERVER_NET_SERVER_LIMITS_H_
#define PORTREG_SERVER_NET_SERVER_LIMITS_H_

#include <cstdint>

#include "absl/time/time.h"
#include "common/model/limits.h"
#include "server/net/connections.h"

namespace portreg::server {

// What a server allows each connection and all of them together. Each limit
// says what it protects.
struct ServerLimits {
  // Protects descriptors and memory. Beyond it connections are closed at once.
  ConnectionLimits connections;
  // Streams that one connection may have open. Protects memory. A client learns
  // of it by SETTINGS and is held to it once it has acknowledged them.
  // Default: 100.
  int max_concurrent_streams = 100;
  // The longest request message, in bytes; longer ones are RESOURCE_EXHAUSTED.
  // Protects memory. Default: 256 KiB.
  int max_request_bytes = kMaxRequestBytes;
  // The most metadata that gRPC reads of a client that has acknowledged the
  // limit, in bytes. See ServiceOptions for other clients. Default: 8 KiB.
  int max_metadata_bytes = 8 << 10;
  // What gRPC may hold for all connections together, in bytes. Default: 256 MiB.
  int64_t memory_quota_bytes = int64_t{256} << 20;
  // How long a connection may take to shake hands: TLS, HTTP/2 preface,
  // SETTINGS. Protects descriptors. Default: 10 s.
  absl::Duration handshake_timeout = absl::Seconds(10);
  // How long a connection may be without a call. Default: 5 minutes.
  absl::Duration max_connection_idle = absl::Minutes(5);
  // How long a connection may live, give or take a tenth, and how long its calls
  // then have to end. Spreads clients over replicas anew, and ends whatever
  // never ends by itself: a call whose headers or message never come whole.
  // Default: 30 minutes and 30 s.
  absl::Duration max_connection_age = absl::Minutes(30);
  absl::Duration max_connection_age_grace = absl::Seconds(30);
  // After how long without a word the server asks whether the client is still
  // there, and how long it waits for the answer. Default: 60 s and 20 s.
  absl::Duration keepalive_time = absl::Seconds(60);
  absl::Duration keepalive_timeout = absl::Seconds(20);
  // Clients that ping more often than this without a call under way are sent
  // away (ENHANCE_YOUR_CALM). Default: 10 s.
  absl::Duration min_ping_interval = absl::Seconds(10);
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_NET_SERVER_LIMITS_H_
