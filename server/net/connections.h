// Counts and limits the open connections.
#ifndef PORTREG_SERVER_NET_CONNECTIONS_H_
#define PORTREG_SERVER_NET_CONNECTIONS_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "common/system/monotonic_time.h"
#include "common/system/mutex.h"

namespace portreg::server {

// Says which connection is closed when a new one exceeds the limit.
enum class WhenFull {
  // The new one.
  kRefuse,
  // The oldest one of the peer that has most connections, so that one peer cannot
  // keep another out.
  kEvictOldest,
};

struct ConnectionLimits {
  // Connections that may be open at once. Default: 10,000.
  int total = 10'000;
  // Connections that may be open from one IPv4 address or IPv6 /64 network; 0 is no
  // limit.
  // Does not apply to Unix sockets. Default: 0, because all clients behind a proxy
  // share its address.
  int per_peer = 0;
  // Applies to `total`; a connection beyond `per_peer` is always refused.
  // Default: kRefuse, so that new connections do not disturb existing ones.
  WhenFull when_full = WhenFull::kRefuse;
};

// The limit because of which a connection is refused.
enum class Refusal { kNone, kTotal, kPeer };

// Counts open connections by their descriptors. gRPC owns a descriptor once the
// connection is handed over, and does not report when it closes it. Therefore a
// connection counts as open as long as its descriptor leads to the same socket.
//
// Thread-safe.
class Connections {
 public:
  struct Counts {
    size_t open = 0;
    uint64_t accepted = 0;
    uint64_t refused_total = 0;
    uint64_t refused_peer = 0;
    uint64_t refused_descriptors = 0;
  };

  explicit Connections(const ConnectionLimits& limits) : limits_(limits) {}

  // Decides whether the connection from `peer` that was accepted as `fd` may stay.
  // If it is refused, the caller must close it. `peer` is empty for a connection
  // that has no limit by peer.
  [[nodiscard]] Refusal Admit(int fd, const std::string& peer);

  // Returns false while connections must wait, because as many as the limit allows
  // have been evicted and are not yet closed.
  [[nodiscard]] bool MayAccept();

  // Counts a connection that was refused because descriptors are short.
  void RefusedForDescriptors();

  // Ends reading from each open connection. gRPC then behaves as if the client had
  // closed it: it sends what was written before, and closes the connection.
  void HangUp();

  // Returns the current counts.
  [[nodiscard]] Counts Count();

  [[nodiscard]] const ConnectionLimits& limits() const { return limits_; }

 private:
  struct Connection {
    ino_t socket = 0;
    std::string peer;
    // Later connections have larger numbers.
    uint64_t number = 0;
    // True if it was evicted, but gRPC has not closed it yet.
    bool evicted = false;
  };

  void Forget(int fd) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Stops counting the connection for its peer.
  void Uncount(const Connection& connection) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Makes room for a new connection, which already counts for its peer.
  void EvictOne() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void ForgetClosed() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  [[nodiscard]] Refusal Check(const std::string& peer) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const ConnectionLimits limits_;
  Mutex mutex_;
  absl::flat_hash_map<int, Connection> open_ ABSL_GUARDED_BY(mutex_);
  // Number of evicted connections in open_.
  size_t evicted_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::flat_hash_map<std::string, int> by_peer_ ABSL_GUARDED_BY(mutex_);
  MonotonicTime next_look_ ABSL_GUARDED_BY(mutex_) = MonotonicTime::InfinitePast();
  Counts counts_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_NET_CONNECTIONS_H_
