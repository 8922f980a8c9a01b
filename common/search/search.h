// Finds records by words.
#ifndef PORTREG_COMMON_SEARCH_SEARCH_H_
#define PORTREG_COMMON_SEARCH_SEARCH_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/model/limits.h"
#include "common/model/port.h"
#include "common/model/record.h"
#include "common/model/registry.h"
#include "common/search/bitmap.h"
#include "common/search/query_words.h"
#include "common/search/record_ranks.h"
#include "common/search/similar_names.h"
#include "common/search/sorted_names.h"
#include "common/search/word_index.h"

namespace portreg {

// How the words of a query stand in a record, best first. Values are the
// protocol's.
enum class MatchKind : uint8_t { kExactName = 1, kNamePrefix = 2, kWord = 3, kPartOfWord = 4 };

// A text of a record that words are looked for in. Values are the protocol's.
enum class MatchField : uint8_t { kService = 1, kDescription = 2 };

struct SearchMatch {
  RecordIndex record;
  MatchKind kind;
  // Where words of the query stand.
  bool in_service;
  bool in_description;
};

// What is wanted.
struct SearchQuestion {
  // Words with blanks between them.
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

// Answers searches from what is indexed once: the words of records' texts, their
// names, and the order in which they are shown. Thread-safe.
//
//   const SearchIndex index(registry);
//   for (const SearchMatch& match : index.Search({.query = "web server"}).matches) {
//     Show(registry.record(match.record));
//   }
class SearchIndex {
 public:
  // The registry must outlive the index.
  explicit SearchIndex(const Registry& registry);
  SearchIndex(const SearchIndex&) = delete;
  SearchIndex& operator=(const SearchIndex&) = delete;

  [[nodiscard]] const Registry& registry() const { return registry_; }

  // Bytes of memory that the index takes, but for what the allocator adds.
  [[nodiscard]] size_t MemoryBytes() const {
    return ranks_.MemoryBytes() + words_.MemoryBytes() + names_.MemoryBytes() +
           similar_names_.MemoryBytes();
  }

  // Finds the records that the RPC Search of port_registry_service.proto
  // describes, in its order. Returns an empty result soon after `*cancelled`
  // becomes true; nullptr: the search cannot be cancelled.
  [[nodiscard]] SearchResult Search(const SearchQuestion& question,
                                    const std::atomic<bool>* cancelled = nullptr) const;

 private:
  // Records by rank: what holds the words of a query.
  struct Found;

  [[nodiscard]] Found FindWords(const std::vector<absl::string_view>& words,
                                std::optional<Bitmap> filter,
                                const std::atomic<bool>* cancelled) const;

  // The matches whose name is the phrase, ascending.
  [[nodiscard]] std::vector<Rank> ExactlyNamed(absl::string_view phrase, const Found& found) const;
  // The first of the matches whose name begins with the phrase, ascending, at
  // most `max_count`.
  [[nodiscard]] std::vector<Rank> Prefixed(absl::string_view phrase, const Found& found,
                                           size_t max_count) const;
  [[nodiscard]] std::vector<SearchMatch> BestMatches(absl::string_view phrase,
                                                     const std::vector<Rank>& exact, Found found,
                                                     size_t max_results) const;
  [[nodiscard]] std::vector<absl::string_view> SimilarServices(
      absl::string_view phrase, const std::optional<Bitmap>& filter,
      const std::atomic<bool>* cancelled) const;

  const Registry& registry_;
  const RecordRanks ranks_;
  const WordIndex words_;
  const SortedNames names_;
  const SimilarNames similar_names_;
};

}  // namespace portreg

#endif  // PORTREG_COMMON_SEARCH_SEARCH_H_
