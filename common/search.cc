#include "common/search.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/edit_distance.h"
#include "common/service_name.h"

namespace portreg {
namespace {

constexpr absl::string_view kWhiteSpace(" \t\n\v\f\r\0", 7);
constexpr size_t kMaxSimilarServices = 3;

// Letters and digits, and whatever is not ASCII.
bool IsWordByte(char byte) {
  const auto value = static_cast<unsigned char>(byte);
  return value >= 0x80 || absl::ascii_isalnum(value);
}

// How a word stands in a text.
enum class Standing { kAbsent, kPart, kWhole };

Standing StandingOf(absl::string_view word, absl::string_view text) {
  Standing standing = Standing::kAbsent;
  for (size_t at = text.find(word); at != absl::string_view::npos; at = text.find(word, at + 1)) {
    const size_t end = at + word.size();
    const bool joined =
        (at > 0 && IsWordByte(text[at - 1])) || (end < text.size() && IsWordByte(text[end]));
    if (!joined) return Standing::kWhole;
    standing = Standing::kPart;
  }
  return standing;
}

bool Wanted(const SearchQuestion& question, const ServiceRecord& record) {
  if (!Answers(record.transport, question.transport)) return false;
  const std::vector<Layer>& layers = question.layers;
  return layers.empty() || std::find(layers.begin(), layers.end(), record.layer) != layers.end();
}

bool IsCancelled(const std::atomic<bool>* cancelled) {
  return cancelled != nullptr && cancelled->load(std::memory_order_relaxed);
}

// How far a name may be from a query of `size` bytes to be taken for a slip of
// the keyboard.
size_t MaxSlips(size_t size) {
  if (size < 3 || size > kMaxServiceNameBytes) return 0;
  return size < 6 ? 1 : 2;
}

}  // namespace

std::vector<absl::string_view> QueryWords(absl::string_view query) {
  return absl::StrSplit(query, absl::ByAnyChar(kWhiteSpace), absl::SkipEmpty());
}

SearchIndex::SearchIndex(const Registry& registry) : registry_(registry) {
  places_.reserve(registry.records().size() + 1);
  const auto append = [this](absl::string_view text) {
    const auto begin = static_cast<uint32_t>(text_.size());
    absl::StrAppend(&text_, text, absl::string_view("\0", 1));
    return begin;
  };
  for (const ServiceRecord* record : registry.records()) {
    const uint32_t service = append(record->service);
    places_.push_back({service, append(record->description)});
  }
  const auto end = static_cast<uint32_t>(text_.size());
  places_.push_back({end, end});
  absl::AsciiStrToLower(&text_);
  text_.shrink_to_fit();
}

absl::string_view SearchIndex::Service(RecordIndex index) const {
  const auto [begin, end] = places_[index];
  return absl::string_view(text_).substr(begin, end - begin - 1);
}

absl::string_view SearchIndex::Description(RecordIndex index) const {
  const uint32_t begin = places_[index].description;
  return absl::string_view(text_).substr(begin, places_[index + 1].service - begin - 1);
}

RecordIndex SearchIndex::RecordAt(size_t at) const {
  const auto next = std::upper_bound(
      places_.begin(), places_.end(), at,
      [](size_t position, const Place& place) { return position < place.service; });
  return static_cast<RecordIndex>(next - places_.begin() - 1);
}

SearchResult SearchIndex::Search(const SearchQuestion& question,
                                 const std::atomic<bool>* cancelled) const {
  const std::string folded = absl::AsciiStrToLower(question.query);
  std::vector<absl::string_view> words = QueryWords(folded);
  if (words.empty()) return {};
  const std::string phrase = absl::StrJoin(words, " ");
  // Said twice, a word says no more. The longest first: it is the rarest.
  std::sort(words.begin(), words.end(), [](absl::string_view a, absl::string_view b) {
    return std::make_pair(b.size(), a) < std::make_pair(a.size(), b);
  });
  words.erase(std::unique(words.begin(), words.end()), words.end());
  SearchResult result;
  result.matches = FindMatches(question, phrase, words, cancelled);
  result.total_count = result.matches.size();

  const auto key = [this](const SearchMatch& match) {
    return std::make_tuple(match.kind, !match.in_service, registry_.record(match.record).layer,
                           Service(match.record).size(), match.record);
  };
  const auto better = [&key](const SearchMatch& a, const SearchMatch& b) {
    return key(a) < key(b);
  };
  const size_t shown = std::min(question.max_results, result.matches.size());
  std::partial_sort(result.matches.begin(), result.matches.begin() + static_cast<ptrdiff_t>(shown),
                    result.matches.end(), better);
  const bool has_exact =
      !result.matches.empty() &&
      std::min_element(result.matches.begin(), result.matches.end(), better)->kind ==
          MatchKind::kExactName;
  result.matches.resize(shown);
  if (!has_exact) result.similar_services = SimilarServices(question, phrase, cancelled);
  if (IsCancelled(cancelled)) return {};
  return result;
}

std::vector<SearchMatch> SearchIndex::FindMatches(const SearchQuestion& question,
                                                  absl::string_view phrase,
                                                  absl::Span<const absl::string_view> words,
                                                  const std::atomic<bool>* cancelled) const {
  const absl::Span<const RecordIndex> exact = registry_.ByName(phrase);
  const absl::string_view rarest = words.front();
  const absl::string_view text = text_;
  std::vector<SearchMatch> matches;
  for (size_t at = text.find(rarest); at != absl::string_view::npos;) {
    if (IsCancelled(cancelled)) return {};
    const RecordIndex index = RecordAt(at);
    const absl::string_view service = Service(index);
    const absl::string_view description = Description(index);
    at = text.find(rarest, places_[index + 1].service);
    if (!Wanted(question, registry_.record(index))) continue;

    SearchMatch match{index, MatchKind::kWord, false, false};
    const bool found = std::all_of(words.begin(), words.end(), [&](absl::string_view word) {
      const Standing in_service = StandingOf(word, service);
      const Standing in_description = StandingOf(word, description);
      match.in_service |= in_service != Standing::kAbsent;
      match.in_description |= in_description != Standing::kAbsent;
      const Standing best = std::max(in_service, in_description);
      if (best == Standing::kPart) match.kind = MatchKind::kPartOfWord;
      return best != Standing::kAbsent;
    });
    if (!found) continue;
    if (std::find(exact.begin(), exact.end(), index) != exact.end()) {
      match.kind = MatchKind::kExactName;
    } else if (absl::StartsWith(service, phrase)) {
      match.kind = MatchKind::kNamePrefix;
    }
    matches.push_back(match);
  }
  return matches;
}

std::vector<absl::string_view> SearchIndex::SimilarServices(
    const SearchQuestion& question, absl::string_view phrase,
    const std::atomic<bool>* cancelled) const {
  const size_t limit = MaxSlips(phrase.size());
  if (limit == 0) return {};
  // (distance, layer, record)
  std::vector<std::tuple<size_t, Layer, RecordIndex>> found;
  absl::string_view last;
  for (RecordIndex index = 0; index < registry_.records().size(); ++index) {
    if (IsCancelled(cancelled)) return {};
    const ServiceRecord& record = registry_.record(index);
    const absl::string_view service = Service(index);
    // Most names stand once for each transport.
    if (!record.named() || service == last || !Wanted(question, record)) continue;
    last = service;
    const size_t distance = EditDistance(phrase, service, limit);
    if (distance <= limit) found.emplace_back(distance, record.layer, index);
  }
  std::sort(found.begin(), found.end());

  std::vector<absl::string_view> similar;
  absl::flat_hash_set<absl::string_view> seen;
  for (const auto& [distance, layer, index] : found) {
    if (similar.size() == kMaxSimilarServices) break;
    if (seen.insert(Service(index)).second) similar.push_back(registry_.record(index).service);
  }
  return similar;
}

}  // namespace portreg
