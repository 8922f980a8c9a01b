// Finds names that are similar to a misspelt query.
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

// Returns the greatest edit distance at which a query of `size` bytes counts as a
// misspelt name: 0, 1 or 2.
size_t MaxSlips(size_t size);

// Keeps the names of a registry in two trees, one from the front and one from the back.
// Thread-safe. The names must outlive it.
//
// A slip is one edit (see common/text/edit_distance.h). If a name is within two slips
// of a query, either the beginning of the query has at most one of them, or its last
// bytes are right. ForEach looks for the first case from the front and allows one slip
// in the beginning. It looks for the second case from the back and allows no slip in
// the last bytes. Both searches visit few names.
class SimilarNames {
 public:
  explicit SimilarNames(const SortedNames& names);

  // Returns the memory that the trees use without the names, in bytes.
  [[nodiscard]] size_t MemoryBytes() const {
    return forward_.MemoryBytes() + backward_.MemoryBytes();
  }

  // Calls `take(name, distance)` once or twice for each name within MaxSlips of the
  // query. The least distance reported for a name is EditDistance(query, name). The
  // query and the names must be in lower case and contain no NUL. May stop early once
  // `*cancelled` is true. If `cancelled` is nullptr, never stops early.
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
