#include "common/search/similar_names.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdint>

#include "common/model/service_name.h"
#include "common/system/cancellation.h"

namespace portreg {
namespace {

constexpr size_t kMostSlips = 2;

// One row of the table of distances (see common/text/edit_distance.h), as bits. The
// row of the first `depth` bytes of a name covers the first depth - 2 to depth + 2
// bytes of the query, because no others can be within two slips. Bit b of near[s] is
// set if the first depth + b - 2 bytes of the query are within s slips of these bytes
// of the name.
struct Row {
  std::array<uint32_t, kMostSlips + 1> near = {};
};
constexpr int kMiddle = kMostSlips;
constexpr uint32_t kRowBits = (1 << (2 * kMostSlips + 1)) - 1;

// Limits the slips: their number, and their places. The first n bytes of the query may
// have s slips only if n is at least first_with[s].
struct Bounds {
  size_t slips;
  std::array<size_t, kMostSlips + 1> first_with;
};

// Walks through a trie and reports the names within the bounds of a query. Computes
// each row from the rows before it with a few operations on bits (Wu and Manber, "Fast
// text searching allowing errors", 1992).
class Walk {
 public:
  Walk(const SortedNames& names, const NameTrie& trie, absl::string_view query,
       const Bounds& bounds, absl::FunctionRef<void(uint32_t, size_t)> take,
       const std::atomic<bool>* cancelled)
      : names_(names),
        trie_(trie),
        size_(query.size()),
        slips_(bounds.slips),
        take_(take),
        cancelled_(cancelled) {
    assert(size_ <= kMaxServiceNameBytes);
    for (size_t depth = 0; depth <= size_ + kMostSlips; ++depth) {
      for (size_t slips = 1; slips <= bounds.slips; ++slips) {
        may_have_[depth][slips] = MayHave(bounds.first_with[slips], depth);
      }
    }
    for (size_t i = 0; i < size_; ++i) {
      equal_[static_cast<uint8_t>(NameTrie::ByteAt(query, i, trie.direction()))] |= uint64_t{1}
                                                                                    << i;
    }
  }

  void Run() {
    Row row;
    row.near[0] = 1 << kMiddle;
    for (size_t slips = 1; slips <= slips_; ++slips) {
      row.near[slips] = row.near[slips - 1] | (row.near[slips - 1] << 1 & may_have_[0][slips]);
    }
    Descend(NameTrie::kRoot, {.depth = 0, .row = row, .before = {}, .last = '\0'});
  }

 private:
  // The state of the walk after the first `depth` bytes of a name.
  struct Prefix {
    size_t depth;
    Row row;
    // The row of the prefix without its last byte, and that byte.
    Row before;
    char last;
  };

  // Returns the part of `bytes` that a row at `depth` covers: bit depth + b - 2 of
  // `bytes` becomes bit b.
  static uint32_t Window(uint64_t bytes, size_t depth) {
    if (depth < kMiddle) return static_cast<uint32_t>(bytes << (kMiddle - depth)) & kRowBits;
    const size_t shift = depth - kMiddle;
    return shift < 64 ? static_cast<uint32_t>(bytes >> shift) & kRowBits : 0;
  }

  // Returns bits for a row at `depth`: bit b is set if depth + b - 2 is at least
  // `first_with` and at most the size of the query.
  [[nodiscard]] uint32_t MayHave(size_t first_with, size_t depth) const {
    const auto bit_of = [depth](size_t bytes) {
      return std::clamp(static_cast<int>(bytes) + kMiddle - static_cast<int>(depth), 0, 8);
    };
    const uint32_t below_first = (uint32_t{1} << bit_of(first_with)) - 1;
    const uint32_t up_to_size = (uint32_t{1} << bit_of(size_ + 1)) - 1;
    return up_to_size & ~below_first & kRowBits;
  }

  // Returns true if `byte` is among the bytes of the query that are compared with a
  // name's byte at `depth`. All other bytes lead to the same row.
  [[nodiscard]] bool IsNear(size_t depth, char byte) const {
    constexpr size_t kReach = kMostSlips + 1;
    const uint64_t equal = equal_[static_cast<uint8_t>(byte)];
    const uint64_t from_first = depth > kReach ? equal >> (depth - kReach) : equal;
    const size_t count = kReach + 1 + std::min(depth, kReach);
    return (from_first & ((uint64_t{1} << count) - 1)) != 0;
  }

  // Returns the row of a prefix followed by `byte`.
  [[nodiscard]] Row Next(const Prefix& prefix, char byte) const {
    const size_t depth = prefix.depth;
    const uint64_t equal_byte = equal_[static_cast<uint8_t>(byte)];
    const uint32_t equal = Window(equal_byte, depth);
    // Set where the query contains the last two bytes in the opposite order.
    const uint32_t swapped = depth == 0
                                 ? 0
                                 : Window(equal_byte, depth - 1) &
                                       Window(equal_[static_cast<uint8_t>(prefix.last)], depth);
    Row next;
    next.near[0] = prefix.row.near[0] & equal;
    for (size_t slips = 1; slips <= slips_; ++slips) {
      const uint32_t fewer = prefix.row.near[slips - 1];
      const uint32_t replaced = fewer;
      const uint32_t inserted = fewer >> 1;
      const uint32_t left_out = next.near[slips - 1] << 1;
      const uint32_t swap = prefix.before.near[slips - 1] & swapped;
      const uint32_t same = prefix.row.near[slips] & equal;
      next.near[slips] = next.near[slips - 1] | ((same | replaced | inserted | left_out | swap) &
                                                 may_have_[depth + 1][slips]);
    }
    return next;
  }

  // Returns true if a similar name can continue from `next`, the row of `prefix`
  // followed by `byte`.
  [[nodiscard]] bool LeadsOn(const Prefix& prefix, char byte, const Row& next) const {
    if (next.near[slips_] != 0) return true;
    // The byte may be swapped with the byte that follows.
    const uint32_t swap = Window(equal_[static_cast<uint8_t>(byte)], prefix.depth + 1);
    return (prefix.row.near[slips_ - 1] & swap) != 0;
  }

  void Descend(NameTrie::Node node, const Prefix& prefix) {
    if (IsCancelled(cancelled_)) return;
    if (trie_.IsLeaf(node)) {
      FinishLeaf(trie_.NameOf(node), prefix);
      return;
    }
    if (trie_.IsName(node, prefix.depth)) Tell(trie_.NameOf(node), prefix);
    // All bytes that are not near (see IsNear) lead to the same row, which may be
    // empty.
    const Row elsewhere = Next(prefix, '\0');
    const bool all_lead_on = elsewhere.near[slips_] != 0;
    const auto [begin, end] = trie_.children(node);
    for (NameTrie::Node child = begin; child < end; ++child) {
      const char byte = trie_.byte(child);
      const bool is_near = IsNear(prefix.depth, byte);
      if (!is_near && !all_lead_on) continue;
      const Row next = is_near ? Next(prefix, byte) : elsewhere;
      if (is_near && !LeadsOn(prefix, byte, next)) continue;
      Descend(child, {.depth = prefix.depth + 1, .row = next, .before = prefix.row, .last = byte});
    }
  }

  void FinishLeaf(uint32_t name, Prefix prefix) const {
    const absl::string_view text = names_.name(name);
    while (prefix.depth < text.size()) {
      const char byte = NameTrie::ByteAt(text, prefix.depth, trie_.direction());
      const Row next = Next(prefix, byte);
      if (!LeadsOn(prefix, byte, next)) return;
      prefix = {.depth = prefix.depth + 1, .row = next, .before = prefix.row, .last = byte};
    }
    Tell(name, prefix);
  }

  // Reports a name that consists of `prefix`, if it is similar to the query.
  void Tell(uint32_t name, const Prefix& prefix) const {
    if (size_ + kMiddle < prefix.depth || size_ > prefix.depth + kMostSlips) return;
    const size_t bit = size_ + kMiddle - prefix.depth;
    for (size_t slips = 0; slips <= slips_; ++slips) {
      if ((prefix.row.near[slips] >> bit & 1) == 0) continue;
      take_(name, slips);
      return;
    }
  }

  const SortedNames& names_;
  const NameTrie& trie_;
  const size_t size_;
  const size_t slips_;
  const absl::FunctionRef<void(uint32_t, size_t)> take_;
  const std::atomic<bool>* const cancelled_;
  // Indexed by depth and slips. Bit b is set if the query has depth + b - 2 bytes and
  // may have that many slips in them.
  std::array<std::array<uint32_t, kMostSlips + 1>, kMaxServiceNameBytes + kMostSlips + 1>
      may_have_ = {};
  // Indexed by byte. Bit i is set if byte i of the query, in the trie's direction, is
  // that byte.
  std::array<uint64_t, 256> equal_ = {};
};

}  // namespace

size_t MaxSlips(size_t size) {
  if (size < 3 || size > kMaxServiceNameBytes) return 0;
  return size < 6 ? 1 : 2;
}

SimilarNames::SimilarNames(const SortedNames& names)
    : names_(names),
      forward_(names, NameTrie::Direction::kForward),
      backward_(names, NameTrie::Direction::kBackward) {}

void SimilarNames::ForEach(absl::string_view query, absl::FunctionRef<void(uint32_t, size_t)> take,
                           const std::atomic<bool>* cancelled) const {
  const size_t slips = MaxSlips(query.size());
  if (slips == 0 || names_.size() == 0) return;
  // Either the last slip is at byte `late` of the query, counted from 1, or behind it.
  // Or all slips are before that byte, so that it and the bytes behind it are right.
  const size_t late = slips == 1 ? query.size() / 2 : query.size() - 3;
  const size_t right_at_end = query.size() - late + 1;
  const Bounds late_slip = {slips, {0, slips == 1 ? late : 0, late}};
  const Bounds right_end = {slips, {0, right_at_end, right_at_end}};
  Walk(names_, forward_, query, late_slip, take, cancelled).Run();
  Walk(names_, backward_, query, right_end, take, cancelled).Run();
}

}  // namespace portreg
