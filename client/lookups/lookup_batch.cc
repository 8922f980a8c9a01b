#include "client/lookups/lookup_batch.h"

#include <algorithm>
#include <utility>

#include "common/model/limits.h"

namespace portreg::internal {
namespace {

// Has a first block that holds the requests of about ten lookups.
google::protobuf::ArenaOptions RequestArena() {
  google::protobuf::ArenaOptions options;
  options.start_block_size = 1 << 10;
  return options;
}

}  // namespace

LookupBatch::LookupBatch(MonotonicTime since)
    : since_(since),
      arena_(RequestArena()),
      request_(*google::protobuf::Arena::CreateMessage<v1::BatchLookupRequest>(&arena_)) {}

void LookupBatch::Add(const v1::LookupRequest& request, std::shared_ptr<GatheredLookup> lookup) {
  *request_.add_requests() = request;
  Extend(lookup->deadline());
  lookups_.push_back(std::move(lookup));
}

void LookupBatch::Extend(MonotonicTime deadline) {
  earliest_ = std::min(earliest_, deadline);
  latest_ = std::max(latest_, deadline);
}

bool LookupBatch::full() const { return closed_ || lookups_.size() >= kMaxBatchSize; }

bool LookupBatch::AnyWaits() {
  while (first_unclaimed_ < lookups_.size() && lookups_[first_unclaimed_]->claimed()) {
    ++first_unclaimed_;
  }
  return first_unclaimed_ < lookups_.size();
}

void LookupBatch::ClaimExpired(MonotonicTime now, Lookups& expired) {
  if (now < earliest_) return;
  earliest_ = MonotonicTime::InfiniteFuture();
  for (const std::shared_ptr<GatheredLookup>& lookup : lookups_) {
    if (lookup->claimed()) continue;
    if (lookup->deadline() > now) {
      earliest_ = std::min(earliest_, lookup->deadline());
    } else if (lookup->Claim()) {
      expired.push_back(lookup);
    }
  }
}

size_t LookupBatch::Compact() {
  const auto claimed = [](const auto& lookup) { return lookup->claimed(); };
  if (std::none_of(lookups_.begin(), lookups_.end(), claimed)) return lookups_.size();
  earliest_ = MonotonicTime::InfiniteFuture();
  latest_ = MonotonicTime::InfinitePast();
  first_unclaimed_ = 0;
  size_t kept = 0;
  for (size_t i = 0; i < lookups_.size(); ++i) {
    // Read once, because another thread may claim it at any time.
    if (lookups_[i]->claimed()) continue;
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

std::vector<std::unique_ptr<LookupBatch>> LookupBatch::Split(size_t parts, MonotonicTime now) {
  const size_t count = Compact();
  parts = std::min(parts, count);
  std::vector<std::unique_ptr<LookupBatch>> result;
  for (size_t part = 0; part < parts; ++part) {
    result.push_back(std::make_unique<LookupBatch>(now));
    for (size_t i = count * part / parts; i < count * (part + 1) / parts; ++i) {
      result.back()->Add(request_.requests(static_cast<int>(i)), std::move(lookups_[i]));
    }
    result.back()->closed_ = true;
  }
  lookups_.clear();
  first_unclaimed_ = 0;
  return result;
}

LookupBatch::Lookups LookupBatch::ClaimAll() {
  for (std::shared_ptr<GatheredLookup>& lookup : lookups_) {
    if (!lookup->Claim()) lookup = nullptr;
  }
  first_unclaimed_ = 0;
  return std::exchange(lookups_, {});
}

}  // namespace portreg::internal
