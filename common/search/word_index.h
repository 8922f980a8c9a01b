// Finds where a word is, also within longer ones.
#ifndef PORTREG_COMMON_SEARCH_WORD_INDEX_H_
#define PORTREG_COMMON_SEARCH_WORD_INDEX_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/model/record.h"
#include "common/search/bitmap.h"
#include "common/search/number_sets.h"
#include "common/search/terms.h"

namespace portreg {

// Two texts of a record.
enum class RecordText : uint8_t { kService = 0, kDescription = 1 };

// The terms of records' names and descriptions (see common/search/terms.h), the records
// that hold each, and a tree of the terms' suffixes: a word is within a term
// where it begins one of the term's suffixes. What is common to very many terms
// or records is added up beforehand, so that a question's cost is bounded by
// the tree and not by how common the word is. Thread-safe.
//
// Records have numbers here: their places in the list they are given in.
class WordIndex {
 public:
  explicit WordIndex(absl::Span<const ServiceRecord* const> records);

  // Texts that hold a word: a bit for each text of each record.
  class Texts {
   public:
    explicit Texts(const WordIndex& index) : bits_(index.text_bound()) {}

    void Clear() { bits_.Clear(); }

    // Number 64 * i + b is bit b of word i.
    [[nodiscard]] absl::Span<const uint64_t> services() const {
      return bits_.words().first(bits_.words().size() / 2);
    }
    [[nodiscard]] absl::Span<const uint64_t> descriptions() const {
      return bits_.words().subspan(bits_.words().size() / 2);
    }

   private:
    friend class WordIndex;
    Bitmap bits_;
  };

  // Bytes of memory that the index takes.
  [[nodiscard]] size_t MemoryBytes() const {
    return terms_.MemoryBytes() + sets_.MemoryBytes() +
           suffixes_.capacity() * sizeof(suffixes_[0]) + nodes_.capacity() * sizeof(nodes_[0]);
  }

  // Adds to `holding` the texts that hold `word`, and to `whole` those in which
  // neither a letter nor a digit is beside it somewhere. The word must not be
  // empty and is compared with texts in lower case. May stop early once
  // `*cancelled` is true; nullptr: never.
  void Find(absl::string_view word, Texts& holding, Texts& whole,
            const std::atomic<bool>* cancelled) const;

 private:
  // Where a suffix of a term begins in the terms' text.
  using Suffix = uint32_t;
  using NodeIndex = uint32_t;

  static constexpr NumberSets::Id kNone = UINT32_MAX;

  // Suffixes that begin with the same bytes.
  struct Node {
    // suffixes_[begin, end).
    uint32_t begin;
    uint32_t end;
    // nodes_[first_child, first_child + child_count): the suffixes by their byte
    // at `depth`, ascending. None in a leaf, which is searched one by one.
    NodeIndex first_child;
    uint16_t child_count;
    // The byte by which the parent leads here; NUL: the suffixes are at their
    // end.
    uint8_t byte;
    // Bytes that the suffixes have in common. In a leaf: those that lead to it.
    uint32_t depth;
    // The texts that hold a suffix, and those that hold one which no word byte
    // is before. Kept where it costs much to add them up.
    std::array<NumberSets::Id, 2> sets;
  };
  // Index of Node::sets.
  enum Kind : uint8_t { kAll = 0, kLeft = 1 };

  class Builder;

  [[nodiscard]] size_t text_bound() const { return 2 * description_begin_; }
  [[nodiscard]] bool BeginsWord(Suffix suffix) const;
  [[nodiscard]] const Node* Child(const Node& node, char byte) const;

  // Adds the texts of a node's suffixes.
  void Collect(const Node& node, Kind kind, Bitmap& texts) const;
  void CollectWhole(const Node& node, size_t word_size, Bitmap& whole) const;
  void FindInLeaf(const Node& leaf, size_t matched, absl::string_view word, Texts& holding,
                  Texts& whole, const std::atomic<bool>* cancelled) const;

  // Text number: that of the record, for a description plus this.
  size_t description_begin_;
  Terms terms_;
  // By number the texts that hold each term, then what nodes keep.
  NumberSets sets_;
  std::vector<Suffix> suffixes_;
  // The root is the first.
  std::vector<Node> nodes_;
};

}  // namespace portreg

#endif  // PORTREG_COMMON_SEARCH_WORD_INDEX_H_
