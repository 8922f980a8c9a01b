// Finds the texts that contain a word, also within longer words.
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

// The texts of a record that are searched. A name includes its aliases. The owner and
// the assignee are one text, because an index of three texts takes less memory than one
// of four.
enum class RecordText : uint8_t { kService = 0, kDescription = 1, kHolders = 2 };
inline constexpr size_t kRecordTexts = 3;

// Indexes the terms of records' texts (see common/search/terms.h): the
// records that contain each term, and a tree of the terms' suffixes. A term contains a
// word if one of the term's suffixes begins with the word. The texts of a node with
// very many terms or records are added up beforehand. The cost of a search is therefore
// bounded by the tree, however common the word is. Thread-safe.
//
// Records are numbered by their places in the list that the constructor receives.
class WordIndex {
 public:
  explicit WordIndex(absl::Span<const ServiceRecord* const> records);

  // A set of texts that contain a word, with one bit for each text of each record.
  class Texts {
   public:
    explicit Texts(const WordIndex& index) : bits_(index.text_bound()) {}

    void Clear() { bits_.Clear(); }

    // Return the bits of all names, those of all descriptions, and those of all owners
    // and assignees. Record 64 * i + b is bit b of word i.
    [[nodiscard]] absl::Span<const uint64_t> services() const { return Of(RecordText::kService); }
    [[nodiscard]] absl::Span<const uint64_t> descriptions() const {
      return Of(RecordText::kDescription);
    }
    [[nodiscard]] absl::Span<const uint64_t> holders() const { return Of(RecordText::kHolders); }

   private:
    friend class WordIndex;

    [[nodiscard]] absl::Span<const uint64_t> Of(RecordText text) const {
      const size_t size = bits_.words().size() / kRecordTexts;
      return bits_.words().subspan(static_cast<size_t>(text) * size, size);
    }

    Bitmap bits_;
  };

  // Returns the memory that the index uses, in bytes.
  [[nodiscard]] size_t MemoryBytes() const {
    return terms_.MemoryBytes() + sets_.MemoryBytes() +
           suffixes_.capacity() * sizeof(suffixes_[0]) + nodes_.capacity() * sizeof(nodes_[0]);
  }

  // Adds to `holding` the texts that contain `word`. Adds to `whole` the texts that
  // contain it somewhere as a whole word, without a word byte (see IsWordByte) beside
  // it. The word must not be empty and must be in lower case. May stop early once
  // `*cancelled` is true. If `cancelled` is nullptr, never stops early.
  void Find(absl::string_view word, Texts& holding, Texts& whole,
            const std::atomic<bool>* cancelled) const;

 private:
  // The position in the text of the terms at which a suffix of a term begins.
  using Suffix = uint32_t;
  using NodeIndex = uint32_t;

  static constexpr NumberSets::Id kNone = UINT32_MAX;

  // The suffixes that begin with the same bytes.
  struct Node {
    // The suffixes are suffixes_[begin, end).
    uint32_t begin;
    uint32_t end;
    // The children are nodes_[first_child, first_child + child_count). They divide the
    // suffixes by their byte at `depth`, ascending. A leaf has no children; its
    // suffixes are compared one by one.
    NodeIndex first_child;
    uint16_t child_count;
    // The byte that leads from the parent to this node. NUL: the suffixes end here.
    uint8_t byte;
    // The number of bytes that the suffixes have in common. In a leaf: the number of
    // bytes that lead to it.
    uint32_t depth;
    // The texts that contain a suffix of the node, and those that contain one with no
    // word byte before it. Indexed by Kind. kNone unless adding up the texts is
    // expensive.
    std::array<NumberSets::Id, 2> sets;
  };
  // The index of a set in Node::sets.
  enum Kind : uint8_t { kAll = 0, kLeft = 1 };

  class Builder;

  [[nodiscard]] size_t text_bound() const { return kRecordTexts * stride_; }
  [[nodiscard]] bool BeginsWord(Suffix suffix) const;
  [[nodiscard]] const Node* Child(const Node& node, char byte) const;

  // Adds to `texts` the texts that contain a suffix of the node.
  void Collect(const Node& node, Kind kind, Bitmap& texts) const;
  void CollectWhole(const Node& node, size_t word_size, Bitmap& whole) const;
  void FindInLeaf(const Node& leaf, size_t matched, absl::string_view word, Texts& holding,
                  Texts& whole, const std::atomic<bool>* cancelled) const;

  // The number of a text is that of its record plus a multiple of stride_, by the order
  // of RecordText.
  size_t stride_;
  Terms terms_;
  // First the texts that contain each term, by the number of the term; then the sets of
  // the nodes.
  NumberSets sets_;
  std::vector<Suffix> suffixes_;
  // The first node is the root.
  std::vector<Node> nodes_;
};

}  // namespace portreg

#endif  // PORTREG_COMMON_SEARCH_WORD_INDEX_H_
