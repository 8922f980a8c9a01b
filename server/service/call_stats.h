// Counts calls by method and status code.
#ifndef PORTREG_SERVER_SERVICE_CALL_STATS_H_
#define PORTREG_SERVER_SERVICE_CALL_STATS_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "common/system/histogram.h"
#include "grpcpp/support/status_code_enum.h"
#include "server/service/method.h"

namespace portreg::server {

// The bounds of the histogram of a batch's keys.
inline constexpr std::array<int64_t, 7> kBatchBounds = {1, 10, 50, 100, 250, 500, 1'000};

// The codes of grpc::StatusCode, 0 to 16.
inline constexpr size_t kStatusCodes = 17;

// The counts of one method's calls. Thread-safe.
struct alignas(64) MethodStats {
  std::atomic<uint64_t> started = 0;
  std::array<std::atomic<uint64_t>, kStatusCodes> handled{};
  // Messages that streams have sent. The messages of unary calls are not counted, because they
  // follow from the other counts: each call receives one, and sends one if its status is OK.
  std::atomic<uint64_t> stream_messages = 0;
  // Nanoseconds from the start of a call to its status.
  DurationHistogram handling{kDurationBounds};
};

// The counts of all calls. Thread-safe.
struct CallStats {
  [[nodiscard]] MethodStats& of(Method method) { return methods[static_cast<size_t>(method)]; }
  [[nodiscard]] const MethodStats& of(Method method) const {
    return methods[static_cast<size_t>(method)];
  }

  std::array<MethodStats, kMethods.size()> methods;
  Histogram<kBatchBounds.size()> batch_sizes{kBatchBounds};
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_SERVICE_CALL_STATS_H_
