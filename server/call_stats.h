// What is counted of calls.
#ifndef PORTREG_SERVER_CALL_STATS_H_
#define PORTREG_SERVER_CALL_STATS_H_

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "grpcpp/support/status_code_enum.h"
#include "server/method.h"

namespace portreg {

// A histogram whose observations any number of threads may add at once: one
// addition each to a bucket and to the sum, no lock.
template <size_t kBounds>
class Histogram {
 public:
  using Bounds = std::array<int64_t, kBounds>;

  // `bounds` are the largest values of the buckets, rising; what is above the
  // last one has a bucket too.
  explicit constexpr Histogram(const Bounds& bounds) : bounds_(bounds) {}

  void Observe(int64_t value) {
    size_t bucket = 0;
    while (bucket < kBounds && value > bounds_[bucket]) ++bucket;
    counts_[bucket].fetch_add(1, std::memory_order_relaxed);
    sum_.fetch_add(value, std::memory_order_relaxed);
  }

  [[nodiscard]] const Bounds& bounds() const { return bounds_; }
  // Observations in the bucket alone, not in those below it.
  [[nodiscard]] uint64_t count(size_t bucket) const {
    return counts_[bucket].load(std::memory_order_relaxed);
  }
  [[nodiscard]] int64_t sum() const { return sum_.load(std::memory_order_relaxed); }

 private:
  const Bounds& bounds_;
  std::array<std::atomic<uint64_t>, kBounds + 1> counts_{};
  std::atomic<int64_t> sum_ = 0;
};

// How long calls take, in nanoseconds: from 10 us, which most lookups stay
// below, to the half hour of a Watch.
inline constexpr std::array<int64_t, 17> kHandlingBounds = {
    10'000,        50'000,        100'000,        500'000,        1'000'000,        5'000'000,
    10'000'000,    25'000'000,    50'000'000,     100'000'000,    250'000'000,      500'000'000,
    1'000'000'000, 5'000'000'000, 10'000'000'000, 60'000'000'000, 1'800'000'000'000};

// How many keys a batch has.
inline constexpr std::array<int64_t, 7> kBatchBounds = {1, 10, 50, 100, 250, 500, 1'000};

// The codes of grpc::StatusCode, 0 to 16.
inline constexpr size_t kStatusCodes = 17;

// What is counted of one method's calls. Any number of threads may count.
struct alignas(64) MethodStats {
  std::atomic<uint64_t> started = 0;
  std::array<std::atomic<uint64_t>, kStatusCodes> handled{};
  // Messages of streams; a unary call receives one, and sends one if it is OK.
  std::atomic<uint64_t> stream_messages = 0;
  // In nanoseconds, from the start of a call to its status.
  Histogram<kHandlingBounds.size()> handling{kHandlingBounds};
};

struct CallStats {
  [[nodiscard]] MethodStats& of(Method method) { return methods[static_cast<size_t>(method)]; }
  [[nodiscard]] const MethodStats& of(Method method) const {
    return methods[static_cast<size_t>(method)];
  }

  std::array<MethodStats, kMethods.size()> methods;
  Histogram<kBatchBounds.size()> batch_sizes{kBatchBounds};
};

}  // namespace portreg

#endif  // PORTREG_SERVER_CALL_STATS_H_
