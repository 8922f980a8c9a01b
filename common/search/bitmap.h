// Stores a set of numbers as bits.
#ifndef PORTREG_COMMON_SEARCH_BITMAP_H_
#define PORTREG_COMMON_SEARCH_BITMAP_H_

#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace portreg {

// A set of numbers below a bound. Copyable. Several threads may read the same set at
// the same time.
//
//   Bitmap odd(100);
//   odd.Set(3);
//   odd.ForEach([](size_t number) { Show(number); });
class Bitmap {
 public:
  static constexpr size_t kWordBits = 64;

  static constexpr size_t WordsFor(size_t bound) { return (bound + kWordBits - 1) / kWordBits; }

  // Creates the empty set of numbers below `bound`.
  explicit Bitmap(size_t bound) : words_(WordsFor(bound)) {}

  void Set(size_t number) {
    assert(number / kWordBits < words_.size());
    words_[number / kWordBits] |= uint64_t{1} << (number % kWordBits);
  }

  void Reset(size_t number) {
    assert(number / kWordBits < words_.size());
    words_[number / kWordBits] &= ~(uint64_t{1} << (number % kWordBits));
  }

  [[nodiscard]] bool Test(size_t number) const {
    assert(number / kWordBits < words_.size());
    return (words_[number / kWordBits] >> (number % kWordBits) & 1) != 0;
  }

  // Adds the numbers in [begin, end).
  void SetRange(size_t begin, size_t end) {
    for (size_t i = begin; i < end;) {
      if (i % kWordBits == 0 && end - i >= kWordBits) {
        words_[i / kWordBits] = ~uint64_t{0};
        i += kWordBits;
      } else {
        Set(i++);
      }
    }
  }

  Bitmap& operator&=(const Bitmap& other) {
    assert(other.words_.size() == words_.size());
    for (size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
    return *this;
  }

  void Clear() { words_.assign(words_.size(), 0); }

  // Return the words of bits. Number 64 * i + b is bit b of word i.
  [[nodiscard]] absl::Span<const uint64_t> words() const { return words_; }
  [[nodiscard]] absl::Span<uint64_t> words() { return absl::MakeSpan(words_); }

  // Returns the memory that the bits use, in bytes.
  [[nodiscard]] size_t MemoryBytes() const { return words_.capacity() * sizeof(words_[0]); }

  [[nodiscard]] size_t Count() const {
    size_t count = 0;
    for (const uint64_t word : words_) count += CountBits(word);
    return count;
  }

  // Calls `take(number)` for each number of the set, in ascending order.
  template <typename Take>
  void ForEach(Take take) const {
    for (size_t i = 0; i < words_.size(); ++i) {
      for (uint64_t rest = words_[i]; rest != 0; rest &= rest - 1) {
        take(i * kWordBits + static_cast<size_t>(std::countr_zero(rest)));
      }
    }
  }

  // Does the same as ForEach, but stops when `take` returns false.
  template <typename Take>
  void ForEachWhile(Take take) const {
    for (size_t i = 0; i < words_.size(); ++i) {
      for (uint64_t rest = words_[i]; rest != 0; rest &= rest - 1) {
        if (!take(i * kWordBits + static_cast<size_t>(std::countr_zero(rest)))) return;
      }
    }
  }

  // Returns the number of bits of `word` that are 1. Uses arithmetic, because the
  // oldest x86-64 has no instruction for it, and because the compiler can process
  // several words at once.
  static constexpr size_t CountBits(uint64_t word) {
    word -= word >> 1 & 0x5555555555555555;
    word = (word & 0x3333333333333333) + (word >> 2 & 0x3333333333333333);
    word = (word + (word >> 4)) & 0x0f0f0f0f0f0f0f0f;
    word += word >> 8;
    word += word >> 16;
    word += word >> 32;
    return word & 0x7f;
  }

 private:
  std::vector<uint64_t> words_;
};

}  // namespace portreg

#endif  // PORTREG_COMMON_SEARCH_BITMAP_H_
