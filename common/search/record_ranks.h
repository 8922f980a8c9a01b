// The order in which a search shows records that match equally well.
#ifndef PORTREG_COMMON_SEARCH_RECORD_RANKS_H_
#define PORTREG_COMMON_SEARCH_RECORD_RANKS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "common/model/port.h"
#include "common/model/record.h"
#include "common/model/registry.h"
#include "common/search/bitmap.h"

namespace portreg {

// A record's place among all, the best first: by layer, then the shorter name
// first, then in the order of a listing. Thread-safe.
using Rank = uint32_t;

class RecordRanks {
 public:
  explicit RecordRanks(const Registry& registry);

  [[nodiscard]] size_t size() const { return records_.size(); }
  [[nodiscard]] RecordIndex record(Rank rank) const { return records_[rank]; }
  [[nodiscard]] Rank rank(RecordIndex record) const { return ranks_[record]; }

  // Bytes of memory that the ranks take.
  [[nodiscard]] size_t MemoryBytes() const;

  // The records of a transport, or of none, and of layers (none given: all).
  // Nothing: all records.
  [[nodiscard]] std::optional<Bitmap> Answering(Transport transport,
                                                absl::Span<const Layer> layers) const;

 private:
  std::vector<RecordIndex> records_;
  std::vector<Rank> ranks_;
  // By Layer: where its records begin; behind the last where they end.
  std::array<Rank, kLayers.size() + 2> layer_begin_ = {};
  // By Transport, but for kNone: what answers a question about it.
  std::vector<Bitmap> answering_;
};

}  // namespace portreg

#endif  // PORTREG_COMMON_SEARCH_RECORD_RANKS_H_
