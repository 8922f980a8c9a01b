// Stores the distinct words of many texts.
#ifndef PORTREG_COMMON_SEARCH_TERMS_H_
#define PORTREG_COMMON_SEARCH_TERMS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/model/numbered_texts.h"

namespace portreg {

// Terms, numbered from 0 and stored one after the other in one text. Thread-safe.
//
// A term is a part of a text between white space, split as a query is. A word of a
// query therefore lies within a single term wherever it occurs.
class Terms {
 public:
  using Number = uint32_t;

  // Collects terms.
  class Builder {
   public:
    Builder() = default;
    Builder(const Builder&) = delete;
    Builder& operator=(const Builder&) = delete;

    // Returns the number of `term`, and adds the term if it is new. It must not be
    // empty or contain a NUL.
    Number Add(absl::string_view term) { return terms_.Add(term); }

    // Returns the terms. The builder must not be used afterwards.
    Terms Build() && { return Terms(std::move(terms_).TakeBytes()); }

   private:
    NumberedTexts terms_;
  };

  // Creates an empty list of terms.
  Terms() = default;

  // Returns a NUL, and then each term followed by a NUL.
  [[nodiscard]] absl::string_view text() const { return text_; }

  [[nodiscard]] size_t count() const { return count_; }

  // Returns the memory that the terms use, in bytes.
  [[nodiscard]] size_t MemoryBytes() const {
    return text_.capacity() + blocks_.capacity() * sizeof(blocks_[0]);
  }

  // Returns the term that contains the byte at `position` of the text. That byte must
  // not be a NUL.
  [[nodiscard]] Number At(size_t position) const;

 private:
  explicit Terms(std::string text);

  // Describes 64 bytes of the text.
  struct Block {
    // Bit i is set if byte i is the NUL that ends a term.
    uint64_t ends = 0;
    // The number of terms that end before the block.
    Number ended_before = 0;
  };

  std::string text_;
  size_t count_ = 0;
  std::vector<Block> blocks_;
};

}  // namespace portreg

#endif  // PORTREG_COMMON_SEARCH_TERMS_H_
