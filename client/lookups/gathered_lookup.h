// Holds one caller's lookup until its outcome is known.
#ifndef PORTREG_CLIENT_LOOKUPS_GATHERED_LOOKUP_H_
#define PORTREG_CLIENT_LOOKUPS_GATHERED_LOOKUP_H_

#include <atomic>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/calls/callback_scope.h"
#include "common/system/monotonic_time.h"
#include "portreg/async.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::internal {

// A lookup that may share a call with others. Its outcome, its deadline and a
// cancellation compete for it: the first one to claim it finishes it.
class GatheredLookup {
 public:
  GatheredLookup(Callback<v1::LookupResponse> callback, absl::Duration timeout,
                 MonotonicTime deadline)
      : timeout_(timeout), deadline_(deadline), callback_(std::move(callback)) {}
  GatheredLookup(const GatheredLookup&) = delete;
  GatheredLookup& operator=(const GatheredLookup&) = delete;

  [[nodiscard]] absl::Duration timeout() const { return timeout_; }
  [[nodiscard]] MonotonicTime deadline() const { return deadline_; }

  // Returns true to exactly one caller, who then must call Finish(). Thread-safe.
  [[nodiscard]] bool Claim() { return !claimed_.exchange(true, std::memory_order_acq_rel); }
  // Returns true if somebody has claimed the lookup. Thread-safe.
  [[nodiscard]] bool claimed() const { return claimed_.load(std::memory_order_acquire); }

  // Runs the callback. Requires a successful Claim().
  void Finish(absl::StatusOr<v1::LookupResponse> outcome) {
    // The callback is destroyed here, although others may still hold the lookup.
    Callback<v1::LookupResponse> callback = std::move(callback_);
    const CallbackScope scope;
    std::move(callback)(std::move(outcome));
  }

 private:
  const absl::Duration timeout_;
  const MonotonicTime deadline_;
  std::atomic<bool> claimed_{false};
  Callback<v1::LookupResponse> callback_;
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_LOOKUPS_GATHERED_LOOKUP_H_
