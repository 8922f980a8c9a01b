// Finds records by words.
#ifndef PORTREG_COMMON_SEARCH_H_
#define PORTREG_COMMON_SEARCH_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/limits.h"
#include "common/port.h"
#include "common/record.h"
#include "common/registry.h"

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

// The words of `query`: what stands between ASCII white space. NUL counts as
// such: no text of a registry holds one.
std::vector<absl::string_view> QueryWords(absl::string_view query);

// The words of a registry's records. Any number of threads may search at once.
class SearchIndex {
 public:
  // The registry must outlive the index.
  explicit SearchIndex(const Registry& registry);

  [[nodiscard]] const Registry& registry() const { return registry_; }

  // Bytes of memory that the index takes, but for what the allocator adds.
  [[nodiscard]] size_t MemoryBytes() const {
    return text_.capacity() + places_.capacity() * sizeof(Place);
  }

  // Finds the records that the RPC Search of port_registry_service.proto
  // describes, in its order. Returns an empty result soon after `*cancelled`
  // becomes true; nullptr: the search cannot be cancelled.
  [[nodiscard]] SearchResult Search(const SearchQuestion& question,
                                    const std::atomic<bool>* cancelled = nullptr) const;

 private:
  // Where a record's folded texts stand in text_: the service name from
  // `service`, the description from `description` up to the next record.
  struct Place {
    uint32_t service;
    uint32_t description;
  };

  [[nodiscard]] absl::string_view Service(RecordIndex index) const;
  [[nodiscard]] absl::string_view Description(RecordIndex index) const;
  // The record that position `at` of text_ belongs to.
  [[nodiscard]] RecordIndex RecordAt(size_t at) const;

  // The records that hold all `words`, of which the phrase is made.
  [[nodiscard]] std::vector<SearchMatch> FindMatches(const SearchQuestion& question,
                                                     absl::string_view phrase,
                                                     absl::Span<const absl::string_view> words,
                                                     const std::atomic<bool>* cancelled) const;
  [[nodiscard]] std::vector<absl::string_view> SimilarServices(
      const SearchQuestion& question, absl::string_view phrase,
      const std::atomic<bool>* cancelled) const;

  const Registry& registry_;
  // The folded texts of all records, a NUL after each: no word reaches from one
  // to the next.
  std::string text_;
  // One for each record, and one behind the last.
  std::vector<Place> places_;
};

}  // namespace portreg

#endif  // PORTREG_COMMON_SEARCH_H_
