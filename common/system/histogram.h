// Counts observations by size.
#ifndef PORTREG_COMMON_SYSTEM_HISTOGRAM_H_
#define PORTREG_COMMON_SYSTEM_HISTOGRAM_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace portreg {

// A histogram. An observation costs an addition to a bucket and one to the sum, and no
// lock.
//
// Thread-safe.
template <size_t kBounds>
class Histogram {
 public:
  using Bounds = std::array<int64_t, kBounds>;

  // `bounds` are the largest values of the buckets, in rising order. One more bucket
  // holds the values above the last bound. `bounds` must outlive the histogram.
  explicit constexpr Histogram(const Bounds& bounds) : bounds_(bounds) {}

  void Observe(int64_t value) {
    size_t bucket = 0;
    while (bucket < kBounds && value > bounds_[bucket]) ++bucket;
    counts_[bucket].fetch_add(1, std::memory_order_relaxed);
    sum_.fetch_add(value, std::memory_order_relaxed);
  }

  [[nodiscard]] const Bounds& bounds() const { return bounds_; }
  // Returns the observations in this bucket, without those in lower ones.
  [[nodiscard]] uint64_t count(size_t bucket) const {
    return counts_[bucket].load(std::memory_order_relaxed);
  }
  [[nodiscard]] int64_t sum() const { return sum_.load(std::memory_order_relaxed); }

 private:
  const Bounds& bounds_;
  std::array<std::atomic<uint64_t>, kBounds + 1> counts_{};
  std::atomic<int64_t> sum_ = 0;
};

// Bounds of durations in nanoseconds: from 10 us, within which most lookups are
// answered, to the half hour that a Watch lasts.
inline constexpr std::array<int64_t, 17> kDurationBounds = {
    10'000,        50'000,        100'000,        500'000,        1'000'000,        5'000'000,
    10'000'000,    25'000'000,    50'000'000,     100'000'000,    250'000'000,      500'000'000,
    1'000'000'000, 5'000'000'000, 10'000'000'000, 60'000'000'000, 1'800'000'000'000};
using DurationHistogram = Histogram<kDurationBounds.size()>;

}  // namespace portreg

#endif  // PORTREG_COMMON_SYSTEM_HISTOGRAM_H_
