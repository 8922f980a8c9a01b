#include "common/search/name_trie.h"

#include <algorithm>
#include <numeric>

#include "common/search/text_order.h"

namespace portreg {
namespace {

std::vector<uint32_t> InOrder(const SortedNames& names, NameTrie::Direction direction) {
  if (direction == NameTrie::Direction::kForward) {
    std::vector<uint32_t> order(names.size());
    std::iota(order.begin(), order.end(), 0);
    return order;
  }
  std::string reversed;
  std::vector<uint32_t> begin = {0};
  for (size_t i = 0; i < names.size(); ++i) {
    const absl::string_view name = names.name(i);
    reversed.append(name.rbegin(), name.rend());
    begin.push_back(static_cast<uint32_t>(reversed.size()));
  }
  return OrderByText(names.size(), [&](uint32_t i) {
    return absl::string_view(reversed).substr(begin[i], begin[i + 1] - begin[i]);
  });
}

}  // namespace

NameTrie::NameTrie(const SortedNames& names, Direction direction)
    : names_(names), direction_(direction), order_(InOrder(names, direction)) {
  // The end of the names of each node, and the depth of each node.
  std::vector<uint32_t> end;
  std::vector<uint8_t> depth;
  const auto add = [&](char byte, uint32_t first, size_t node_depth) {
    bytes_.push_back(byte);
    first_.push_back(first);
    end.push_back(first);
    depth.push_back(static_cast<uint8_t>(node_depth));
  };
  add('\0', 0, 0);
  end[kRoot] = static_cast<uint32_t>(order_.size());
  for (Node node = 0; node < first_.size(); ++node) {
    child_begin_.push_back(static_cast<Node>(first_.size()));
    const size_t at = depth[node];
    if (end[node] - first_[node] < 2 && node != kRoot) continue;
    const size_t first_child = first_.size();
    for (uint32_t i = first_[node]; i < end[node]; ++i) {
      const absl::string_view name = names_.name(order_[i]);
      if (name.size() == at) continue;
      const char byte = ByteAt(name, at, direction);
      if (first_.size() == first_child || bytes_.back() != byte) add(byte, i, at + 1);
      end.back() = i + 1;
    }
  }
  child_begin_.push_back(static_cast<Node>(first_.size()));
  first_.shrink_to_fit();
  child_begin_.shrink_to_fit();
  bytes_.shrink_to_fit();
}

}  // namespace portreg
