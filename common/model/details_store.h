// Stores the details of records.
#ifndef PORTREG_COMMON_MODEL_DETAILS_STORE_H_
#define PORTREG_COMMON_MODEL_DETAILS_STORE_H_

#include <algorithm>
#include <cstddef>
#include <vector>

#include "common/model/detail_columns.h"
#include "common/model/record.h"

namespace portreg {

// Stores details once for consecutive records that have equal ones. Most services have
// a row for each transport, and these rows have the same details. Not thread-safe.
//
//   record.details = store.Add({.owner = "payments"});
class DetailsStore {
 public:
  DetailsStore() = default;
  // Movable only: a copy would leave records with pointers to the original.
  DetailsStore(DetailsStore&&) = default;
  DetailsStore& operator=(DetailsStore&&) = default;

  // Makes room for `count` details at once, which costs less than many small pieces.
  void Reserve(size_t count) { blocks_.emplace_back().reserve(count); }

  // Returns equal details, valid while the store exists.
  const RecordDetails* Add(const RecordDetails& details) {
    if (IsEmpty(details)) return &kNoDetails;
    if (last_ == nullptr || *last_ != details) last_ = Append(details);
    return last_;
  }

  // Returns the memory that the details use in bytes, without the allocator's overhead.
  [[nodiscard]] size_t MemoryBytes() const {
    size_t bytes = 0;
    for (const auto& block : blocks_) bytes += block.capacity() * sizeof(RecordDetails);
    return bytes;
  }

 private:
  static bool IsEmpty(const RecordDetails& details) {
    return std::all_of(kDetailColumns.begin(), kDetailColumns.end(),
                       [&](const auto& column) { return (details.*column.member).empty(); });
  }

  const RecordDetails* Append(const RecordDetails& details) {
    if (blocks_.empty() || blocks_.back().size() == blocks_.back().capacity()) {
      Reserve(kBlockSize);
    }
    return &blocks_.back().emplace_back(details);
  }

  static constexpr size_t kBlockSize = 128;
  // Filled one after the other, because details must never move. A std::deque would
  // allocate memory for every second element.
  std::vector<std::vector<RecordDetails>> blocks_;
  const RecordDetails* last_ = nullptr;
};

}  // namespace portreg

#endif  // PORTREG_COMMON_MODEL_DETAILS_STORE_H_
