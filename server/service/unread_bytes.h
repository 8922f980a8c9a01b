// A bound on replies that their readers leave lying.
#ifndef PORTREG_SERVER_SERVICE_UNREAD_BYTES_H_
#define PORTREG_SERVER_SERVICE_UNREAD_BYTES_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "grpcpp/support/slice.h"

namespace portreg::server {

// Counts the bytes of replies that were made for one call each, from the moment
// they are given to gRPC until it has sent them. A client that asks for batches
// and never reads holds such bytes for as long as it likes. Replies that are
// stored once for all cost nothing more and are not counted.
//
// Any number of threads may use it at once.
class UnreadBytes {
 public:
  explicit UnreadBytes(int64_t limit) : held_(std::make_shared<Held>()), limit_(limit) {}

  // The bytes as a slice that counts for as long as any part of it is alive,
  // even beyond this object's life. RESOURCE_EXHAUSTED (SERVER_BUSY) if with
  // them the limit would be passed.
  [[nodiscard]] absl::StatusOr<grpc::Slice> Hold(std::string bytes);

  [[nodiscard]] int64_t held() const { return held_->bytes.load(std::memory_order_relaxed); }
  // How many replies were refused for the limit.
  [[nodiscard]] uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }

 private:
  struct Held {
    std::atomic<int64_t> bytes = 0;
  };
  struct HeldBytes;

  const std::shared_ptr<Held> held_;
  const int64_t limit_;
  std::atomic<uint64_t> refused_ = 0;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_SERVICE_UNREAD_BYTES_H_
