// A batch of lookups that may have to be asked for in parts.
#ifndef PORTREG_CLIENT_LOOKUPS_SPLIT_BATCH_H_
#define PORTREG_CLIENT_LOOKUPS_SPLIT_BATCH_H_

#include <cstddef>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::internal {

// Says which call to make next, and puts the replies together: the whole
// first, and of what has too large a reply each half. Begins anew if the
// registry changed between two parts, up to three times in all.
//
//   SplitBatch batch(request);
//   while (const v1::BatchLookupRequest* part = batch.Next()) batch.Take(Call(*part));
//   return std::move(batch).Result();
class SplitBatch {
 public:
  // The most memory that the replies to parts take together.
  static constexpr size_t kMaxJoinedBytes = size_t{64} << 20;

  // The request must outlive the batch.
  explicit SplitBatch(const v1::BatchLookupRequest& request);

  // The next call to make, until Take(). nullptr when there is none: the result
  // stands.
  [[nodiscard]] const v1::BatchLookupRequest* Next();

  // Takes the reply to the call that Next() gave.
  void Take(absl::StatusOr<v1::BatchLookupResponse> reply);

  // The replies as one. ABORTED if the registry changed every time,
  // RESOURCE_EXHAUSTED if they take more than kMaxJoinedBytes.
  [[nodiscard]] absl::StatusOr<v1::BatchLookupResponse> Result() &&;

 private:
  void BeginAnew();
  void Append(v1::BatchLookupResponse reply);

  const v1::BatchLookupRequest& whole_;
  v1::BatchLookupRequest part_;
  // Of the requests, [first, second) each: what is yet to be asked for, the
  // first part at the back.
  std::vector<std::pair<int, int>> to_ask_;
  v1::BatchLookupResponse joined_;
  // Memory that joined_ takes, once there are parts.
  size_t joined_bytes_ = 0;
  int attempts_ = 0;
  absl::Status status_;
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_LOOKUPS_SPLIT_BATCH_H_
