// The distinct words of many texts.
#ifndef PORTREG_COMMON_SEARCH_TERMS_H_
#define PORTREG_COMMON_SEARCH_TERMS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace portreg {

// Terms, numbered from 0, one after the other in a text. Thread-safe.
//
// A term is what lies between white space, as a query's word does: so a query's
// word lies within a single term wherever it is found.
class Terms {
 public:
  using Number = uint32_t;

  // Collects terms.
  class Builder {
   public:
    // `max_bytes`: bound of the terms' length in all, each counted with one byte
    // more.
    explicit Builder(size_t max_bytes);
    Builder(const Builder&) = delete;
    Builder& operator=(const Builder&) = delete;

    // The number of `term`, which must be neither empty nor hold a NUL.
    Number Add(absl::string_view term);

    // The terms. The builder is of no use afterwards.
    Terms Build() &&;

   private:
    // Never moves, because the keys are views of it.
    std::string text_;
    absl::flat_hash_map<absl::string_view, Number> numbers_;
  };

  // No terms.
  Terms() = default;

  // NUL, and each term with a NUL behind it.
  [[nodiscard]] absl::string_view text() const { return text_; }

  [[nodiscard]] size_t count() const { return count_; }

  // Bytes of memory that the terms take.
  [[nodiscard]] size_t MemoryBytes() const {
    return text_.capacity() + blocks_.capacity() * sizeof(blocks_[0]);
  }

  // The term that the byte at `position` of the text belongs to. Must not be
  // asked of a NUL.
  [[nodiscard]] Number At(size_t position) const;

 private:
  explicit Terms(std::string text);

  // 64 bytes of the text.
  struct Block {
    // Bit i: byte i is the NUL that ends a term.
    uint64_t ends = 0;
    // Terms that end before the block.
    Number ended_before = 0;
  };

  std::string text_;
  size_t count_ = 0;
  std::vector<Block> blocks_;
};

}  // namespace portreg

#endif  // PORTREG_COMMON_SEARCH_TERMS_H_
