// Bounds the memory of replies that clients have not read.
#ifndef PORTREG_SERVER_SERVICE_UNREAD_BYTES_H_
#define PORTREG_SERVER_SERVICE_UNREAD_BYTES_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "grpcpp/support/slice.h"

namespace portreg::server {

// Counts the bytes of replies that were each made for one call, until gRPC or the web door has
// sent them. Without a limit, a client that asks for batches and never reads the replies could
// make the server hold any number of bytes. Stored replies are not counted, because calls share
// them.
//
// Thread-safe.
class UnreadBytes {
 public:
  explicit UnreadBytes(int64_t limit) : held_(std::make_shared<Held>()), limit_(limit) {}

  // Returns the bytes as a slice, and counts them until the last reference to the slice is
  // released. The slice may outlive this object. Returns RESOURCE_EXHAUSTED with reason
  // SERVER_BUSY if the bytes would exceed the limit.
  [[nodiscard]] absl::StatusOr<grpc::Slice> Hold(std::string bytes);

  [[nodiscard]] int64_t held() const { return held_->bytes.load(std::memory_order_relaxed); }
  // Replies refused because of the limit.
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
