#include "client/lookups/lookup_batch.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "client/lookups/lookup_queue.h"
#include "common/model/limits.h"
#include "portreg/error.h"

namespace portreg::internal {
namespace {

// Holds the requests of some ten lookups.
google::protobuf::ArenaOptions RequestArena() {
  google::protobuf::ArenaOptions options;
  options.start_block_size = 1 << 10;
  return options;
}

}  // namespace

void GatheredLookup::Cancel() { queue_->Cancel(shared_from_this()); }

LookupBatch::LookupBatch(MonotonicTime since)
    : since_(since),
      arena_(RequestArena()),
      request_(*google::protobuf::Arena::CreateMessage<v1::BatchLookupRequest>(&arena_)) {}

void LookupBatch::Add(const v1::LookupRequest& request, std::shared_ptr<GatheredLookup> lookup) {
  *request_.add_requests() = request;
  lookup->batch_ = this;
  Extend(lookup->deadline());
  lookups_.push_back(std::move(lookup));
  ++waiting_;
}

void LookupBatch::Extend(MonotonicTime deadline) {
  earliest_ = std::min(earliest_, deadline);
  latest_ = std::max(latest_, deadline);
}

bool LookupBatch::Takes() const { return !closed_ && lookups_.size() < kMaxBatchSize; }

void LookupBatch::Remove(GatheredLookup& lookup) {
  lookup.batch_ = nullptr;
  // A batch that is not closed yet may have others.
  if (--waiting_ == 0 && closed_) context_.TryCancel();
}

void LookupBatch::RemoveExpired(MonotonicTime now, Lookups& expired) {
  if (now < earliest_) return;
  earliest_ = MonotonicTime::InfiniteFuture();
  for (const std::shared_ptr<GatheredLookup>& lookup : lookups_) {
    if (lookup->batch_ == nullptr) continue;
    if (lookup->deadline() <= now) {
      Remove(*lookup);
      expired.push_back(lookup);
    } else {
      earliest_ = std::min(earliest_, lookup->deadline());
    }
  }
}

size_t LookupBatch::Compact() {
  if (waiting_ == lookups_.size()) return waiting_;
  earliest_ = MonotonicTime::InfiniteFuture();
  latest_ = MonotonicTime::InfinitePast();
  size_t kept = 0;
  for (size_t i = 0; i < lookups_.size(); ++i) {
    if (lookups_[i]->batch_ == nullptr) continue;
    Extend(lookups_[i]->deadline());
    if (kept != i) {
      std::swap(lookups_[kept], lookups_[i]);
      request_.mutable_requests()->SwapElements(static_cast<int>(kept), static_cast<int>(i));
    }
    ++kept;
  }
  lookups_.resize(kept);
  request_.mutable_requests()->DeleteSubrange(static_cast<int>(kept),
                                              request_.requests_size() - static_cast<int>(kept));
  return kept;
}

void LookupBatch::TakeAll() {
  for (std::shared_ptr<GatheredLookup>& lookup : lookups_) {
    if (lookup->batch_ == nullptr) {
      lookup = nullptr;
    } else {
      lookup->batch_ = nullptr;
    }
  }
  waiting_ = 0;
}

std::vector<std::shared_ptr<LookupBatch>> LookupBatch::Split(size_t parts, MonotonicTime now) {
  const size_t count = Compact();
  parts = std::min(parts, count);
  std::vector<std::shared_ptr<LookupBatch>> result;
  for (size_t part = 0; part < parts; ++part) {
    result.push_back(std::make_shared<LookupBatch>(now));
    result.back()->Close();
    for (size_t i = count * part / parts; i < count * (part + 1) / parts; ++i) {
      result.back()->Add(request_.requests(static_cast<int>(i)), std::move(lookups_[i]));
    }
  }
  lookups_.clear();
  waiting_ = 0;
  return result;
}

void LookupBatch::Start(const Connection& connection, const CallMetadata& metadata,
                        std::function<void(const grpc::Status&)> done) {
  Prepare(context_, latest_, metadata);
  if (size() == 1) {
    connection.Start(kLookup, &context_, &request_.requests(0), &answer_, std::move(done));
  } else {
    connection.Start(kBatchLookup, &context_, &request_, &answers_, std::move(done));
  }
}

void LookupBatch::Finish(const grpc::Status& status, const Connection& connection) {
  for (size_t i = 0; i < lookups_.size(); ++i) {
    const std::shared_ptr<GatheredLookup> lookup = std::move(lookups_[i]);
    if (lookup == nullptr) continue;
    if (status.ok()) {
      lookup->Finish(OutcomeAt(i));
    } else {
      lookup->Finish(connection.Explain(status, lookup->timeout()));
    }
  }
}

absl::StatusOr<v1::LookupResponse> LookupBatch::OutcomeAt(size_t index) {
  if (size() == 1) return std::move(answer_);
  v1::LookupResult& result = *answers_.mutable_results(static_cast<int>(index));
  if (absl::Status status = ToStatus(result); !status.ok()) return status;
  result.mutable_response()->set_revision(answers_.revision());
  return std::move(*result.mutable_response());
}

}  // namespace portreg::internal
