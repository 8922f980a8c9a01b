// A tree of names by their bytes, from the front or from the back.
#ifndef PORTREG_COMMON_SEARCH_NAME_TRIE_H_
#define PORTREG_COMMON_SEARCH_NAME_TRIE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/search/sorted_names.h"

namespace portreg {

// Leads from the first byte of names, or from the last, to all that go on in the
// same way. Thread-safe. The names must outlive it.
//
// A node stands for the names that share its bytes; where that is a single name,
// the node is a leaf, and the rest of the name is read from the name.
class NameTrie {
 public:
  enum class Direction : bool { kForward, kBackward };
  using Node = uint32_t;
  static constexpr Node kRoot = 0;

  NameTrie(const SortedNames& names, Direction direction);

  // Returns whether the node's only name is NameOf(node).
  [[nodiscard]] bool IsLeaf(Node node) const { return children(node).begin == children(node).end; }

  // A leaf's only name. Of another node that name whose bytes are those of the
  // node, if there is one: see IsName.
  [[nodiscard]] uint32_t NameOf(Node node) const { return order_[first_[node]]; }

  // Returns whether a name ends at the node, which has `depth` bytes.
  [[nodiscard]] bool IsName(Node node, size_t depth) const {
    return names_.name(NameOf(node)).size() == depth;
  }

  struct Range {
    Node begin;
    Node end;
  };
  // Nodes with one byte more, by this byte ascending.
  [[nodiscard]] Range children(Node node) const {
    return {child_begin_[node], child_begin_[node + 1]};
  }
  // The last byte of a node.
  [[nodiscard]] char byte(Node node) const { return bytes_[node]; }

  // The byte at `depth` of a name, counted in the trie's direction.
  [[nodiscard]] static char ByteAt(absl::string_view name, size_t depth, Direction direction) {
    return direction == Direction::kForward ? name[depth] : name[name.size() - 1 - depth];
  }

  // Bytes of memory that the trie takes, without the names.
  [[nodiscard]] size_t MemoryBytes() const {
    return bytes_.capacity() + child_begin_.capacity() * sizeof(child_begin_[0]) +
           (order_.capacity() + first_.capacity()) * sizeof(order_[0]);
  }

  [[nodiscard]] Direction direction() const { return direction_; }

 private:
  const SortedNames& names_;
  const Direction direction_;
  // Names as the trie's direction orders them; a node has those from first_[node]
  // on.
  std::vector<uint32_t> order_;
  // By node, level by level: so children of neighbours are neighbours.
  std::vector<uint32_t> first_;
  std::vector<Node> child_begin_;
  std::string bytes_;
};

}  // namespace portreg

#endif  // PORTREG_COMMON_SEARCH_NAME_TRIE_H_
