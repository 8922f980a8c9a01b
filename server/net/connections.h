// The connections that are open, and how many may be.
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

// What becomes of a connection that comes while as many are open as may be.
enum class WhenFull {
  // It is turned away.
  kRefuse,
  // It takes the place of the oldest one of the peer that has most: one peer
  // cannot keep another out.
  kEvictOldest,
};

struct ConnectionLimits {
  // Connections open at once. Default: 10,000.
  int total = 10'000;
  // Of these, from one IP address; 0 is no limit. Unix sockets have no such
  // limit. Default: 0, since proxies stand for many.
  int per_peer = 0;
  // What happens at `total`; a connection beyond `per_peer` is always turned
  // away. Default: kRefuse, since those who are connected are served first.
  WhenFull when_full = WhenFull::kRefuse;
};

// Why a connection was turned away.
enum class Refusal { kNone, kTotal, kPeer };

// Counts open connections by their descriptors. These are gRPC's once they are
// handed over, and it tells nobody when it closes one: a descriptor counts for
// as long as it leads to the same socket.
//
// Any number of threads may use it at once.
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

  // Whether the connection that was accepted as `fd`, from `peer`, may stay;
  // one that may not is the caller's to close. Empty `peer`: no limit by peer.
  [[nodiscard]] Refusal Admit(int fd, const std::string& peer);

  // Returns whether connections may be accepted now. They must wait while as many
  // as may be open have been evicted and are not yet closed.
  [[nodiscard]] bool MayAccept();

  // A connection was turned away before it had a descriptor to stay with.
  void RefusedForDescriptors();

  // Ends reading from each open connection: gRPC takes that for the client's
  // end, and closes it. What was written before is still sent.
  void HangUp();

  // How things stand now.
  [[nodiscard]] Counts Count();

  [[nodiscard]] const ConnectionLimits& limits() const { return limits_; }

 private:
  struct Connection {
    ino_t socket = 0;
    std::string peer;
    // Later ones have larger numbers.
    uint64_t number = 0;
    // Evicted, but not yet closed by who serves it.
    bool evicted = false;
  };

  void Forget(int fd) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // The connection no longer counts for its peer.
  void Uncount(const Connection& connection) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Makes room for one, which already counts for its peer.
  void EvictOne() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void ForgetClosed() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  [[nodiscard]] Refusal Check(const std::string& peer) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const ConnectionLimits limits_;
  Mutex mutex_;
  absl::flat_hash_map<int, Connection> open_ ABSL_GUARDED_BY(mutex_);
  // Those in open_ that were evicted.
  size_t evicted_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::flat_hash_map<std::string, int> by_peer_ ABSL_GUARDED_BY(mutex_);
  MonotonicTime next_look_ ABSL_GUARDED_BY(mutex_) = MonotonicTime::InfinitePast();
  Counts counts_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_NET_CONNECTIONS_H_
