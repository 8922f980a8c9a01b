#include "client/lookups/split_batch.h"

#include "absl/strings/str_cat.h"
#include "client/calls/status.h"

namespace portreg::internal {
namespace {

constexpr int kMaxAttempts = 3;

}  // namespace

SplitBatch::SplitBatch(const v1::BatchLookupRequest& request) : whole_(request) { BeginAnew(); }

void SplitBatch::BeginAnew() {
  ++attempts_;
  joined_.Clear();
  joined_bytes_ = 0;
  to_ask_.assign(1, {0, whole_.requests_size()});
}

const v1::BatchLookupRequest* SplitBatch::Next() {
  if (!status_.ok() || to_ask_.empty()) return nullptr;
  const auto [begin, end] = to_ask_.back();
  if (end - begin == whole_.requests_size()) return &whole_;
  part_.Clear();
  for (int i = begin; i < end; ++i) *part_.add_requests() = whole_.requests(i);
  return &part_;
}

void SplitBatch::Take(absl::StatusOr<v1::BatchLookupResponse> reply) {
  const auto [begin, end] = to_ask_.back();
  to_ask_.pop_back();
  if (reply.ok()) {
    Append(*std::move(reply));
  } else if (end - begin > 1 && IsBatchReplyTooLarge(reply.status())) {
    const int middle = begin + (end - begin) / 2;
    to_ask_.emplace_back(middle, end);
    to_ask_.emplace_back(begin, middle);
  } else {
    status_ = reply.status();
  }
}

void SplitBatch::Append(v1::BatchLookupResponse reply) {
  if (reply.results_size() < whole_.requests_size()) joined_bytes_ += reply.SpaceUsedLong();
  if (joined_bytes_ > kMaxJoinedBytes) {
    status_ = absl::ResourceExhaustedError(
        absl::StrCat("the replies to the parts of a batch take more than ", kMaxJoinedBytes >> 20,
                     " MiB, ask for fewer keys"));
    return;
  }
  if (joined_.results().empty()) {
    joined_ = std::move(reply);
    return;
  }
  if (reply.revision() != joined_.revision()) {
    if (attempts_ == kMaxAttempts) {
      status_ = absl::AbortedError(absl::StrCat("the registry changed from revision ",
                                                joined_.revision(), " to ", reply.revision(),
                                                " between the parts of a batch"));
    } else {
      BeginAnew();
    }
    return;
  }
  for (v1::LookupResult& result : *reply.mutable_results()) {
    *joined_.add_results() = std::move(result);
  }
}

absl::StatusOr<v1::BatchLookupResponse> SplitBatch::Result() && {
  if (!status_.ok()) return status_;
  return std::move(joined_);
}

}  // namespace portreg::internal
