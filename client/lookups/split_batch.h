// Splits a batch of lookups whose reply is too large.
#ifndef PORTREG_CLIENT_LOOKUPS_SPLIT_BATCH_H_
#define PORTREG_CLIENT_LOOKUPS_SPLIT_BATCH_H_

#include <cstddef>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::internal {

// Determines the calls of a batch, and joins their replies. The first call is the
// whole batch; a part whose reply is too large becomes two halves. Starts again if the
// registry changed between two parts, but makes at most three attempts. Not
// thread-safe.
//
//   SplitBatch batch(request);
//   while (const v1::BatchLookupRequest* part = batch.Next()) batch.Take(Call(*part));
//   return std::move(batch).Result();
class SplitBatch {
 public:
  // The most memory of the joined replies.
  static constexpr size_t kMaxJoinedBytes = size_t{64} << 20;

  // The request must outlive the batch.
  explicit SplitBatch(const v1::BatchLookupRequest& request);

  // Returns the next call to make; the same one until Take(). nullptr if Result() is
  // complete.
  [[nodiscard]] const v1::BatchLookupRequest* Next();

  // Takes the reply to the call that Next() returned.
  void Take(absl::StatusOr<v1::BatchLookupResponse> reply);

  // Returns the joined replies. ABORTED if the registry changed in every attempt,
  // RESOURCE_EXHAUSTED if the replies take more than kMaxJoinedBytes.
  [[nodiscard]] absl::StatusOr<v1::BatchLookupResponse> Result() &&;

 private:
  void BeginAnew();
  void Append(v1::BatchLookupResponse reply);

  const v1::BatchLookupRequest& whole_;
  v1::BatchLookupRequest part_;
  // The parts still to be asked for, as ranges [first, second) of the requests. The
  // next one is at the back.
  std::vector<std::pair<int, int>> to_ask_;
  v1::BatchLookupResponse joined_;
  // The memory of joined_ if there are several parts.
  size_t joined_bytes_ = 0;
  int attempts_ = 0;
  absl::Status status_;
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_LOOKUPS_SPLIT_BATCH_H_
