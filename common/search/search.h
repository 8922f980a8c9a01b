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

// The way in which a record matches the words of a query, the best first. The values
// are those of the protocol's enum.
enum class MatchKind : uint8_t { kExactName = 1, kNamePrefix = 2, kWord = 3, kPartOfWord = 4 };

// A text of a record in which words are searched. The values are those of the
// protocol's enum.
enum class MatchField : uint8_t { kService = 1, kDescription = 2, kOwner = 3, kAssignee = 4 };

struct SearchMatch {
  RecordIndex record;
  MatchKind kind;
  // The texts that contain words of the query.
  bool in_service;
  bool in_description;
  bool in_owner = false;
  bool in_assignee = false;
};

// The arguments of a search.
struct SearchQuestion {
  // Words, separated by blanks.
  std::string query;
  // Records of this transport or of none. kNone: no filter.
  Transport transport = Transport::kNone;
  // Records of these layers. Empty: no filter.
  std::vector<Layer> layers;
  // Records of layer local whose scope overlaps this one. Other layers are not affected.
  // Empty: no filter.
  std::string scope = {};
  // The most matches to return, up to kMaxSearchResults. Default:
  // kDefaultSearchResults.
  size_t max_results = kDefaultSearchResults;
};

struct SearchResult {
  // Sorted, the best first.
  std::vector<SearchMatch> matches;
  // The number of all matches, including those beyond max_results.
  size_t total_count = 0;
  // Up to three names that differ from the query by a letter or two, nearest first.
  // Empty if a record has the whole query as its name.
  std::vector<absl::string_view> similar_services;
};

// Answers searches. The constructor indexes the words of the records' texts, their
// names, and the order in which records are shown. Thread-safe.
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

  // Returns an estimate of the memory that the index of a registry will use, in bytes. It
  // is larger than that memory, as a rule several times.
  static size_t BytesEstimate(const Registry& registry);

  // Returns the memory that the index uses in bytes, without the overhead of the
  // allocator.
  [[nodiscard]] size_t MemoryBytes() const {
    return ranks_.MemoryBytes() + words_.MemoryBytes() + names_.MemoryBytes() +
           similar_names_.MemoryBytes();
  }

  // Returns the matches that the RPC Search of port_registry_service.proto describes,
  // in its order. Returns an empty result soon after `*cancelled` becomes true. If
  // `cancelled` is nullptr, the search cannot be cancelled.
  [[nodiscard]] SearchResult Search(const SearchQuestion& question,
                                    const std::atomic<bool>* cancelled = nullptr) const;

 private:
  // The records that contain the words of a query, by rank.
  struct Found;

  [[nodiscard]] Found FindWords(const std::vector<absl::string_view>& words,
                                std::optional<Bitmap> filter,
                                const std::atomic<bool>* cancelled) const;

  // Returns the matches whose name is the phrase, ascending.
  [[nodiscard]] std::vector<Rank> ExactlyNamed(absl::string_view phrase, const Found& found) const;
  // Returns the first matches whose name begins with the phrase, ascending; at most
  // `max_count`.
  [[nodiscard]] std::vector<Rank> Prefixed(absl::string_view phrase, const Found& found,
                                           size_t max_count) const;
  [[nodiscard]] std::vector<SearchMatch> BestMatches(absl::string_view phrase,
                                                     const std::vector<Rank>& exact, Found found,
                                                     size_t max_results) const;
  // Sets in_owner and in_assignee of a match. `words` are those of the query.
  void MarkHolders(const std::vector<absl::string_view>& words, SearchMatch& match) const;
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
