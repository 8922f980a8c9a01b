#include "common/search/search.h"

#include <algorithm>
#include <array>
#include <bit>
#include <tuple>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "common/system/cancellation.h"

namespace portreg {
namespace {

constexpr size_t kMaxSimilarServices = 3;

// If at most this many records have a name that begins with the phrase, Prefixed looks
// at each of them. If there are more, it looks at the matches in order of rank, because
// it then soon finds enough of them.
constexpr size_t kMaxPrefixedListed = 1024;

// Returns the records in order of rank.
std::vector<const ServiceRecord*> Ranked(const Registry& registry, const RecordRanks& ranks) {
  std::vector<const ServiceRecord*> records;
  records.reserve(ranks.size());
  for (Rank rank = 0; rank < ranks.size(); ++rank) {
    records.push_back(&registry.record(ranks.record(rank)));
  }
  return records;
}

// Returns the distinct words of a phrase. Longest first, because the longest is usually
// the rarest, and the search stops when no record matches.
std::vector<absl::string_view> DistinctWords(absl::string_view phrase) {
  std::vector<absl::string_view> words = QueryWords(phrase);
  std::sort(words.begin(), words.end(), [](absl::string_view a, absl::string_view b) {
    return std::make_pair(b.size(), a) < std::make_pair(a.size(), b);
  });
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

// A name that is similar to the query, and the first record of that name.
struct Similar {
  size_t distance;
  Layer layer;
  RecordIndex record;
  uint32_t name;

  friend bool operator<(const Similar& a, const Similar& b) {
    return std::tie(a.distance, a.layer, a.record) < std::tie(b.distance, b.layer, b.record);
  }
};

// Keeps the best of the names added, each once.
class NearestNames {
 public:
  void Add(const Similar& similar) {
    const auto known = std::find_if(best_.begin(), best_.end(), [&similar](const Similar& each) {
      return each.name == similar.name;
    });
    if (known != best_.end()) {
      if (!(similar < *known)) return;
      best_.erase(known);
    }
    best_.insert(std::upper_bound(best_.begin(), best_.end(), similar), similar);
    if (best_.size() > kMaxSimilarServices) best_.pop_back();
  }

  [[nodiscard]] const std::vector<Similar>& best() const { return best_; }

 private:
  std::vector<Similar> best_;
};

}  // namespace

struct SearchIndex::Found {
  // The records that contain all words.
  Bitmap matches;
  // The records with a word in the name, those with a word in the description, those
  // with a word in the owner or the assignee, and those that contain each word as a
  // whole word. Meaningful for matches only.
  Bitmap in_service;
  Bitmap in_description;
  Bitmap in_holders;
  Bitmap whole;
};

SearchIndex::SearchIndex(const Registry& registry)
    : registry_(registry),
      ranks_(registry),
      words_(Ranked(registry, ranks_)),
      names_(Ranked(registry, ranks_)),
      similar_names_(names_) {}

size_t SearchIndex::BytesEstimate(const Registry& registry) {
  // A byte of text takes at most one byte of the terms and four of the suffixes. A word
  // takes four bytes in the set of its term, and as much again in the sets of the tree.
  constexpr size_t kBytesPerTextByte = 8;
  constexpr size_t kBytesPerRecord = 64;
  size_t bytes = kBytesPerRecord * registry.records().size();
  for (const ServiceRecord* const record : registry.records()) {
    bytes += kBytesPerTextByte *
             (record->service.size() + record->aliases.size() + record->description.size() +
              record->details->owner.size() + record->details->assignee.size());
  }
  return bytes;
}

SearchResult SearchIndex::Search(const SearchQuestion& question,
                                 const std::atomic<bool>* cancelled) const {
  const std::string folded = absl::AsciiStrToLower(question.query);
  const std::string phrase = absl::StrJoin(QueryWords(folded), " ");
  if (phrase.empty()) return {};
  const std::optional<Bitmap> filter =
      ranks_.Answering(question.transport, question.layers, question.scope);
  const std::vector<absl::string_view> words = DistinctWords(phrase);
  Found found = FindWords(words, filter, cancelled);
  const Bitmap in_holders = found.in_holders;
  const std::vector<Rank> exact = ExactlyNamed(phrase, found);

  SearchResult result;
  result.total_count = found.matches.Count();
  result.matches = BestMatches(phrase, exact, std::move(found), question.max_results);
  for (SearchMatch& match : result.matches) {
    if (in_holders.Test(ranks_.rank(match.record))) MarkHolders(words, match);
  }
  if (exact.empty()) result.similar_services = SimilarServices(phrase, filter, cancelled);
  if (IsCancelled(cancelled)) return {};
  return result;
}

SearchIndex::Found SearchIndex::FindWords(const std::vector<absl::string_view>& words,
                                          std::optional<Bitmap> filter,
                                          const std::atomic<bool>* cancelled) const {
  const size_t count = ranks_.size();
  Found found = {Bitmap(count), Bitmap(count), Bitmap(count), Bitmap(count), Bitmap(count)};
  found.whole.SetRange(0, count);
  if (filter) {
    found.matches = *std::move(filter);
  } else {
    found.matches.SetRange(0, count);
  }
  WordIndex::Texts holding(words_);
  WordIndex::Texts whole(words_);
  for (const absl::string_view word : words) {
    holding.Clear();
    whole.Clear();
    words_.Find(word, holding, whole, cancelled);
    if (IsCancelled(cancelled)) return found;
    uint64_t any = 0;
    for (size_t i = 0; i < found.matches.words().size(); ++i) {
      const uint64_t service = holding.services()[i];
      const uint64_t description = holding.descriptions()[i];
      const uint64_t holders = holding.holders()[i];
      found.in_service.words()[i] |= service;
      found.in_description.words()[i] |= description;
      found.in_holders.words()[i] |= holders;
      found.whole.words()[i] &= whole.services()[i] | whole.descriptions()[i] | whole.holders()[i];
      any |= found.matches.words()[i] &= service | description | holders;
    }
    if (any == 0) break;
  }
  return found;
}

std::vector<Rank> SearchIndex::ExactlyNamed(absl::string_view phrase, const Found& found) const {
  std::vector<Rank> exact;
  for (const RecordIndex record : registry_.ByName(phrase)) {
    // A record of this name contains all words, but the filter may exclude it.
    const Rank rank = ranks_.rank(record);
    if (found.matches.Test(rank)) exact.push_back(rank);
  }
  std::sort(exact.begin(), exact.end());
  return exact;
}

std::vector<Rank> SearchIndex::Prefixed(absl::string_view phrase, const Found& found,
                                        size_t max_count) const {
  std::vector<Rank> prefixed;
  const SortedNames::Range names = names_.BeginningWith(phrase);
  const absl::Span<const Rank> records = names_.records(names);
  if (records.size() <= kMaxPrefixedListed) {
    for (const Rank rank : records) {
      if (found.matches.Test(rank)) prefixed.push_back(rank);
    }
    const size_t count = std::min(max_count, prefixed.size());
    std::partial_sort(prefixed.begin(), prefixed.begin() + static_cast<ptrdiff_t>(count),
                      prefixed.end());
    prefixed.resize(count);
    return prefixed;
  }
  const absl::Span<const uint32_t> name_of_record = names_.name_of_record();
  found.matches.ForEachWhile([&](size_t rank) {
    if (prefixed.size() == max_count) return false;
    const uint32_t name = name_of_record[rank];
    if (names.first <= name && name < names.last) prefixed.push_back(static_cast<Rank>(rank));
    return true;
  });
  return prefixed;
}

std::vector<SearchMatch> SearchIndex::BestMatches(absl::string_view phrase,
                                                  const std::vector<Rank>& exact, Found found,
                                                  size_t max_results) const {
  std::vector<SearchMatch> matches;
  const auto take = [&](Rank rank, MatchKind kind) {
    if (matches.size() == max_results) return;
    matches.push_back(
        {ranks_.record(rank), kind, found.in_service.Test(rank), found.in_description.Test(rank)});
  };
  for (const Rank rank : exact) {
    take(rank, MatchKind::kExactName);
    found.matches.Reset(rank);
  }
  if (matches.size() == max_results) return matches;
  const size_t room = max_results - matches.size();
  // If Prefixed leaves out a record because of `room`, the result is full anyway.
  for (const Rank rank : Prefixed(phrase, found, room)) {
    take(rank, MatchKind::kNamePrefix);
    found.matches.Reset(rank);
  }

  // Sorts the other matches into six groups: whole words before parts of words, and
  // within each, words in the name, then words in the description, then words elsewhere.
  // Fills all groups in one pass.
  constexpr size_t kFieldGroups = 3;
  std::array<std::vector<Rank>, 2 * kFieldGroups> picked;
  const size_t still = max_results - matches.size();
  for (size_t i = 0; i < found.matches.words().size() && still > 0; ++i) {
    const uint64_t match = found.matches.words()[i];
    if (match == 0) continue;
    const uint64_t whole = match & found.whole.words()[i];
    const uint64_t part = match & ~whole;
    const uint64_t in_service = found.in_service.words()[i];
    const uint64_t in_description = found.in_description.words()[i] & ~in_service;
    const uint64_t elsewhere = ~(in_service | in_description);
    size_t count = 0;
    size_t group = 0;
    for (uint64_t rest : {whole & in_service, whole & in_description, whole & elsewhere,
                          part & in_service, part & in_description, part & elsewhere}) {
      std::vector<Rank>& ranks = picked[group++];
      for (; rest != 0 && count + ranks.size() < still; rest &= rest - 1) {
        ranks.push_back(static_cast<Rank>(i * Bitmap::kWordBits) +
                        static_cast<Rank>(std::countr_zero(rest)));
      }
      count += ranks.size();
      if (count >= still) break;
    }
  }
  for (size_t group = 0; group < picked.size(); ++group) {
    for (const Rank rank : picked[group]) {
      take(rank, group < kFieldGroups ? MatchKind::kWord : MatchKind::kPartOfWord);
    }
  }
  return matches;
}

void SearchIndex::MarkHolders(const std::vector<absl::string_view>& words,
                              SearchMatch& match) const {
  const RecordDetails& details = *registry_.record(match.record).details;
  const auto holds_any = [&words](absl::string_view text) {
    const std::string folded = absl::AsciiStrToLower(text);
    return std::any_of(words.begin(), words.end(), [&folded](absl::string_view word) {
      return absl::StrContains(folded, word);
    });
  };
  match.in_owner = holds_any(details.owner);
  match.in_assignee = holds_any(details.assignee);
}

std::vector<absl::string_view> SearchIndex::SimilarServices(
    absl::string_view phrase, const std::optional<Bitmap>& filter,
    const std::atomic<bool>* cancelled) const {
  NearestNames nearest;
  const auto add = [&](uint32_t name, size_t distance) {
    for (const Rank rank : names_.records(name)) {
      if (filter && !filter->Test(rank)) continue;
      const RecordIndex record = ranks_.record(rank);
      nearest.Add({distance, registry_.record(record).layer, record, name});
      return;
    }
  };
  similar_names_.ForEach(phrase, add, cancelled);
  std::vector<absl::string_view> similar;
  for (const Similar& each : nearest.best())
    similar.push_back(registry_.record(each.record).service);
  return similar;
}

}  // namespace portreg
