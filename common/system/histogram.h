// Counts observations by size.
#ifndef PORTREG_COMMON_SYSTEM_HISTOGRAM_H_
#define PORTREG_COMMON_SYSTEM_HISTOGRAM_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

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

// Durations in nanoseconds: from 10 us, which most lookups stay below, to the
// half hour of a Watch.
inline constexpr std::array<int64_t, 17> kDurationBounds = {
    10'000,        50'000,        100'000,        500'000,        1'000'000,        5'000'000,
    10'000'000,    25'000'000,    50'000'000,     100'000'000,    250'000'000,      500'000'000,
    1'000'000'000, 5'000'000'000, 10'000'000'000, 60'000'000'000, 1'800'000'000'000};
using DurationHistogram = Histogram<kDurationBounds.size()>;

}  // namespace portreg

#endif  // PORTREG_COMMON_SYSTEM_HISTOGRAM_H_
