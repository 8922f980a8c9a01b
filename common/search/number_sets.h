// Stores many sets of numbers.
#ifndef PORTREG_COMMON_SEARCH_NUMBER_SETS_H_
#define PORTREG_COMMON_SEARCH_NUMBER_SETS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "common/search/bitmap.h"

namespace portreg {

// Sets of numbers below one bound, each stored as a list or as bits, whichever
// is smaller. Thread-safe once all sets are added.
class NumberSets {
 public:
  // The number of a set. Sets are numbered from 0 in the order in which they are added.
  using Id = uint32_t;

  explicit NumberSets(size_t bound) : bitmap_words_(Bitmap::WordsFor(bound)) {}

  // Adds a set of distinct numbers.
  Id Add(absl::Span<const uint32_t> numbers);
  Id Add(const Bitmap& numbers);

  // Adds the numbers of a set to `numbers`, whose bound must be that of the sets.
  void AddTo(Id set, Bitmap& numbers) const;

  // Returns the cost of AddTo, where a number in a list costs 1.
  [[nodiscard]] size_t Cost(Id set) const {
    return places_[set].count == kAsBits ? bitmap_words_ / 2 : places_[set].count;
  }

  // Returns the memory that the sets use, in bytes.
  [[nodiscard]] size_t MemoryBytes() const {
    return places_.capacity() * sizeof(places_[0]) + lists_.capacity() * sizeof(lists_[0]) +
           bits_.capacity() * sizeof(bits_[0]);
  }

  // Frees the memory that is reserved for further sets.
  void ShrinkToFit();

 private:
  // The place of a set's numbers: `count` numbers of lists_ from `begin` on. If the
  // count is kAsBits, bitmap_words_ words of bits_ from `begin` on.
  struct Place {
    uint32_t begin;
    uint32_t count;
  };
  static constexpr uint32_t kAsBits = UINT32_MAX;

  [[nodiscard]] bool IsSmallerAsBits(size_t count) const {
    return count * sizeof(uint32_t) > bitmap_words_ * sizeof(uint64_t);
  }

  size_t bitmap_words_;
  std::vector<Place> places_;
  std::vector<uint32_t> lists_;
  std::vector<uint64_t> bits_;
};

}  // namespace portreg

#endif  // PORTREG_COMMON_SEARCH_NUMBER_SETS_H_
