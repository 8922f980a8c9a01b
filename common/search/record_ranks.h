// Orders the records that match a search equally well.
#ifndef PORTREG_COMMON_SEARCH_RECORD_RANKS_H_
#define PORTREG_COMMON_SEARCH_RECORD_RANKS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/model/port.h"
#include "common/model/record.h"
#include "common/model/registry.h"
#include "common/search/bitmap.h"

namespace portreg {

// The place of a record among all, the best first: by layer, then shorter names first,
// then in listing order.
using Rank = uint32_t;

// Maps records to ranks and ranks to records. Thread-safe.
class RecordRanks {
 public:
  // The registry must outlive the ranks.
  explicit RecordRanks(const Registry& registry);

  [[nodiscard]] size_t size() const { return records_.size(); }
  [[nodiscard]] RecordIndex record(Rank rank) const { return records_[rank]; }
  [[nodiscard]] Rank rank(RecordIndex record) const { return ranks_[record]; }

  // Returns the memory that the ranks use, in bytes.
  [[nodiscard]] size_t MemoryBytes() const;

  // Returns by rank the records of `transport` or of none, in `layers` (empty: all
  // layers), that hold in `scope` (empty: anywhere). Returns nullopt if that is no
  // restriction.
  [[nodiscard]] std::optional<Bitmap> Answering(Transport transport, absl::Span<const Layer> layers,
                                                absl::string_view scope = {}) const;

 private:
  const Registry& registry_;
  std::vector<RecordIndex> records_;
  std::vector<Rank> ranks_;
  // Indexed by Layer: the first rank of the layer. The element after the last layer is
  // the end of its ranks.
  std::array<Rank, kLayers.size() + 2> layer_begin_ = {};
  // The records that answer a question about a transport, by rank. Indexed by the
  // Transport minus 1, because there is no set for kNone.
  std::vector<Bitmap> answering_;
};

}  // namespace portreg

#endif  // PORTREG_COMMON_SEARCH_RECORD_RANKS_H_
