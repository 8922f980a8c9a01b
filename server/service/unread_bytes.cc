#include "server/service/unread_bytes.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/answers/errors.h"

namespace portreg::server {

// The bytes of a reply. They count as long as this object exists.
struct UnreadBytes::HeldBytes {
  HeldBytes(std::shared_ptr<Held> counter, std::string text)
      : held(std::move(counter)), bytes(std::move(text)) {}
  ~HeldBytes() {
    held->bytes.fetch_sub(static_cast<int64_t>(bytes.size()), std::memory_order_relaxed);
  }

  HeldBytes(const HeldBytes&) = delete;
  HeldBytes& operator=(const HeldBytes&) = delete;

  const std::shared_ptr<Held> held;
  std::string bytes;
};

absl::StatusOr<grpc::Slice> UnreadBytes::Hold(std::string bytes) {
  const auto size = static_cast<int64_t>(bytes.size());
  const int64_t held = held_->bytes.fetch_add(size, std::memory_order_relaxed) + size;
  auto reply = std::make_unique<HeldBytes>(held_, std::move(bytes));
  if (held > limit_) {
    refused_.fetch_add(1, std::memory_order_relaxed);
    return ErrorFor(absl::StatusCode::kResourceExhausted, v1::ERROR_REASON_SERVER_BUSY,
                    absl::StrCat("with this reply of ", size, " bytes, ", held,
                                 " bytes of replies would be unread, the server allows ", limit_));
  }
  HeldBytes& kept = *reply.release();
  return grpc::Slice(
      kept.bytes.data(), kept.bytes.size(), [](void* it) { delete static_cast<HeldBytes*>(it); },
      &kept);
}

}  // namespace portreg::server
