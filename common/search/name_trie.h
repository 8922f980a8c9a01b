// Builds a tree of names by their bytes, from the front or from the back.
#ifndef PORTREG_COMMON_SEARCH_NAME_TRIE_H_
#define PORTREG_COMMON_SEARCH_NAME_TRIE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/search/sorted_names.h"

namespace portreg {

// A tree in which names that begin with the same bytes share a path. With kBackward,
// names are read from their last byte to the first. Thread-safe. The names must outlive
// it.
//
// A node stands for all names that share its bytes. A node with a single name is a
// leaf, and the rest of that name is not in the tree, but read from the name.
class NameTrie {
 public:
  enum class Direction : bool { kForward, kBackward };
  using Node = uint32_t;
  static constexpr Node kRoot = 0;

  NameTrie(const SortedNames& names, Direction direction);

  // Returns true if NameOf(node) is the node's only name.
  [[nodiscard]] bool IsLeaf(Node node) const { return children(node).begin == children(node).end; }

  // Returns the only name of a leaf. For any other node, returns the name that ends at
  // the node if IsName() is true, and else one of the longer names.
  [[nodiscard]] uint32_t NameOf(Node node) const { return order_[first_[node]]; }

  // Returns true if a name ends at the node, which has `depth` bytes.
  [[nodiscard]] bool IsName(Node node, size_t depth) const {
    return names_.name(NameOf(node)).size() == depth;
  }

  struct Range {
    Node begin;
    Node end;
  };
  // Returns the nodes with one byte more, in ascending order of that byte.
  [[nodiscard]] Range children(Node node) const {
    return {child_begin_[node], child_begin_[node + 1]};
  }
  // Returns the last byte of a node.
  [[nodiscard]] char byte(Node node) const { return bytes_[node]; }

  // Returns the byte at `depth` of a name, counted in `direction`.
  [[nodiscard]] static char ByteAt(absl::string_view name, size_t depth, Direction direction) {
    return direction == Direction::kForward ? name[depth] : name[name.size() - 1 - depth];
  }

  // Returns the memory that the trie uses without the names, in bytes.
  [[nodiscard]] size_t MemoryBytes() const {
    return bytes_.capacity() + child_begin_.capacity() * sizeof(child_begin_[0]) +
           (order_.capacity() + first_.capacity()) * sizeof(order_[0]);
  }

  [[nodiscard]] Direction direction() const { return direction_; }

 private:
  const SortedNames& names_;
  const Direction direction_;
  // The names in the order of their bytes, read in the trie's direction. The names of a
  // node start at first_[node].
  std::vector<uint32_t> order_;
  // Indexed by node. Nodes are stored level by level, so that the children of one node
  // are adjacent and the next node's children follow them.
  std::vector<uint32_t> first_;
  std::vector<Node> child_begin_;
  std::string bytes_;
};

}  // namespace portreg

#endif  // PORTREG_COMMON_SEARCH_NAME_TRIE_H_
