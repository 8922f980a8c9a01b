// Finds names that are nearly a query.
#ifndef PORTREG_COMMON_SEARCH_SIMILAR_NAMES_H_
#define PORTREG_COMMON_SEARCH_SIMILAR_NAMES_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "common/search/name_trie.h"
#include "common/search/sorted_names.h"

namespace portreg {

// How far a name may be from a query of `size` bytes to be taken for a slip of
// the keyboard: 0, 1 or 2.
size_t MaxSlips(size_t size);

// The names of a registry in two trees, from the front and from the back.
// Thread-safe. The names must outlive it.
//
// Where a name is within two slips of a query, either at most one of them is in
// the query's beginning, or its last bytes are right. The first case is looked for
// from the front and allows one slip in the beginning; the second from the back,
// and allows none in the last bytes. Both leave few names to look at.
class SimilarNames {
 public:
  explicit SimilarNames(const SortedNames& names);

  // Bytes of memory that the trees take, without the names.
  [[nodiscard]] size_t MemoryBytes() const {
    return forward_.MemoryBytes() + backward_.MemoryBytes();
  }

  // Calls `take(name, distance)` with each name within MaxSlips of the query,
  // once or twice; the least distance told of it is EditDistance(query, name).
  // Both are in lower case, and no NUL is
  // in either. May stop early once `*cancelled` is true; nullptr: never.
  void ForEach(absl::string_view query,
               absl::FunctionRef<void(uint32_t name, size_t distance)> take,
               const std::atomic<bool>* cancelled) const;

 private:
  const SortedNames& names_;
  const NameTrie forward_;
  const NameTrie backward_;
};

}  // namespace portreg

#endif  // PORTREG_COMMON_SEARCH_SIMILAR_NAMES_H_
