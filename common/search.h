// Finds records by words.
#ifndef PORTREG_COMMON_SEARCH_H_
#define PORTREG_COMMON_SEARCH_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/limits.h"
#include "common/port.h"
#include "common/record.h"
#include "common/registry.h"

namespace portreg {

// How the words of a query stand in a record, best first. Values are the
// protocol's.
enum class MatchKind : uint8_t { kExactName = 1, kNamePrefix = 2, kWord = 3, kPartOfWord = 4 };

struct SearchMatch {
  RecordIndex record;
  MatchKind kind;
  // Where words of the query stand.
  bool in_service;
  bool in_description;
};

// What is wanted.
struct SearchQuestion {
  // 1 to kMaxQueryWords words with blanks between them, at most kMaxQueryBytes.
  std::string query;
  // Records of this transport or of none. kNone: no filter.
  Transport transport = Transport::kNone;
  // Records of these layers. Empty: no filter.
  std::vector<Layer> layers;
  // At most kMaxSearchResults.
  size_t max_results = kDefaultSearchResults;
};

struct SearchResult {
  // Best first.
  std::vector<SearchMatch> matches;
  // Matches in all, those beyond max_results among them.
  size_t total_count = 0;
  // Where no record has the whole query as its name: up to three names that
  // differ from it by a letter or two, nearest first.
  std::vector<absl::string_view> similar_services;
};

// The words of a registry's records. Any number of threads may search at once.
class SearchIndex {
 public:
  // The registry must outlive the index.
  explicit SearchIndex(const Registry& registry);

  // What is found, and in which order, is said at the RPC Search in
  // port_registry_service.proto.
  [[nodiscard]] SearchResult Search(const SearchQuestion& question) const;

 private:
  const Registry& registry_;
};

}  // namespace portreg

#endif  // PORTREG_COMMON_SEARCH_H_
