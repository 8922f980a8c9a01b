// Searches a registry by reading every record. Tests compare SearchIndex with it.
#ifndef PORTREG_TESTS_COMMON_SEARCH_SEARCH_ORACLE_H_
#define PORTREG_TESTS_COMMON_SEARCH_SEARCH_ORACLE_H_

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "common/model/registry.h"
#include "common/model/scope.h"
#include "common/search/search.h"
#include "common/text/edit_distance.h"

namespace portreg {

// How a text contains a word: not at all, as part of a longer word, or as a whole word.
// The weakest first.
enum class WordStanding { kAbsent, kPart, kWhole };

inline WordStanding StandingOf(absl::string_view word, absl::string_view text) {
  const auto joins = [text](size_t at) {
    if (at >= text.size()) return false;
    const auto byte = static_cast<unsigned char>(text[at]);
    return byte >= 0x80 || absl::ascii_isalnum(byte);
  };
  WordStanding standing = WordStanding::kAbsent;
  for (size_t at = text.find(word); at != absl::string_view::npos; at = text.find(word, at + 1)) {
    // For the first byte, at - 1 wraps around to the greatest size_t, which joins() treats as
    // outside the text.
    if (!joins(at - 1) && !joins(at + word.size())) return WordStanding::kWhole;
    standing = WordStanding::kPart;
  }
  return standing;
}

// Returns the greatest edit distance of a similar name from a query of `size` bytes.
inline size_t SlipsAllowed(size_t size) {
  if (size < 3 || size > 64) return 0;
  return size < 6 ? 1 : 2;
}

class SearchOracle {
 public:
  // The registry must outlive the oracle.
  explicit SearchOracle(const Registry& registry) : registry_(registry) {
    for (const ServiceRecord* const record : registry.records()) {
      const std::string service = absl::AsciiStrToLower(record->service);
      texts_.push_back({service, absl::StrCat(service, " ", absl::AsciiStrToLower(record->aliases)),
                        absl::AsciiStrToLower(record->description),
                        absl::AsciiStrToLower(record->details->owner),
                        absl::AsciiStrToLower(record->details->assignee)});
    }
  }

  [[nodiscard]] SearchResult Search(const SearchQuestion& question) const {
    const std::string folded = absl::AsciiStrToLower(question.query);
    const std::vector<std::string> words = absl::StrSplit(
        folded, absl::ByAnyChar(absl::string_view(" \t\n\v\f\r\0", 7)), absl::SkipEmpty());
    if (words.empty()) return {};
    const std::string phrase = absl::StrJoin(words, " ");
    SearchResult result;
    for (RecordIndex i = 0; i < texts_.size(); ++i) {
      if (IsWanted(question, i)) AddMatch(i, phrase, words, result.matches);
    }
    std::sort(result.matches.begin(), result.matches.end(),
              [this](const SearchMatch& a, const SearchMatch& b) { return Key(a) < Key(b); });
    result.total_count = result.matches.size();
    if (result.matches.empty() || result.matches[0].kind != MatchKind::kExactName) {
      result.similar_services = Similar(question, phrase);
    }
    result.matches.resize(std::min(result.total_count, question.max_results));
    return result;
  }

 private:
  struct Texts {
    std::string service;
    // The service and its aliases.
    std::string names;
    std::string description;
    std::string owner;
    std::string assignee;
  };

  [[nodiscard]] bool IsWanted(const SearchQuestion& question, RecordIndex index) const {
    const ServiceRecord& record = registry_.record(index);
    const std::vector<Layer>& layers = question.layers;
    return Answers(record.transport, question.transport) &&
           (record.layer != Layer::kLocal || ScopesOverlap(record.scope, question.scope)) &&
           (layers.empty() ||
            std::find(layers.begin(), layers.end(), record.layer) != layers.end());
  }

  void AddMatch(RecordIndex index, absl::string_view phrase, const std::vector<std::string>& words,
                std::vector<SearchMatch>& matches) const {
    const auto& [service, names, description, owner, assignee] = texts_[index];
    SearchMatch match = {index, MatchKind::kWord, false, false};
    for (const std::string& word : words) {
      const WordStanding in_service = StandingOf(word, names);
      const WordStanding in_description = StandingOf(word, description);
      const WordStanding in_owner = StandingOf(word, owner);
      const WordStanding in_assignee = StandingOf(word, assignee);
      const WordStanding best = std::max({in_service, in_description, in_owner, in_assignee});
      if (best == WordStanding::kAbsent) return;
      if (best == WordStanding::kPart) match.kind = MatchKind::kPartOfWord;
      match.in_service |= in_service != WordStanding::kAbsent;
      match.in_description |= in_description != WordStanding::kAbsent;
      match.in_owner |= in_owner != WordStanding::kAbsent;
      match.in_assignee |= in_assignee != WordStanding::kAbsent;
    }
    if (absl::StartsWith(service, phrase)) match.kind = MatchKind::kNamePrefix;
    if (HasName(index, phrase)) match.kind = MatchKind::kExactName;
    matches.push_back(match);
  }

  [[nodiscard]] bool HasName(RecordIndex index, absl::string_view phrase) const {
    const ServiceRecord& record = registry_.record(index);
    const std::string service = absl::AsciiStrToLower(record.service);
    if (service == phrase) return true;
    for (const absl::string_view alias : Aliases(record)) {
      if (absl::EqualsIgnoreCase(alias, phrase)) return true;
    }
    if (!record.is_named_for_people()) return false;
    const std::vector<absl::string_view> parts = absl::StrSplit(service, " / ");
    return std::find(parts.begin(), parts.end(), phrase) != parts.end();
  }

  [[nodiscard]] std::tuple<MatchKind, int, Layer, size_t, RecordIndex> Key(
      const SearchMatch& match) const {
    const int field = match.in_service ? 0 : match.in_description ? 1 : 2;
    return {match.kind, field, registry_.record(match.record).layer,
            texts_[match.record].service.size(), match.record};
  }

  [[nodiscard]] std::vector<absl::string_view> Similar(const SearchQuestion& question,
                                                       absl::string_view phrase) const {
    const size_t limit = SlipsAllowed(phrase.size());
    if (limit == 0) return {};
    // Maps each name to the distance, layer and index of its best record.
    std::map<absl::string_view, std::tuple<size_t, Layer, RecordIndex>> found;
    for (RecordIndex i = 0; i < texts_.size(); ++i) {
      const ServiceRecord& record = registry_.record(i);
      if (!record.named() || !IsWanted(question, i)) continue;
      const size_t distance = EditDistance(phrase, texts_[i].service, limit);
      if (distance > limit) continue;
      const auto key = std::make_tuple(distance, record.layer, i);
      const auto [known, is_new] = found.try_emplace(texts_[i].service, key);
      if (!is_new) known->second = std::min(known->second, key);
    }
    std::vector<std::tuple<size_t, Layer, RecordIndex>> keys;
    for (const auto& [name, key] : found) keys.push_back(key);
    std::sort(keys.begin(), keys.end());
    keys.resize(std::min<size_t>(keys.size(), 3));
    std::vector<absl::string_view> similar;
    for (const auto& key : keys) similar.push_back(registry_.record(std::get<2>(key)).service);
    return similar;
  }

  const Registry& registry_;
  std::vector<Texts> texts_;
};

}  // namespace portreg

#endif  // PORTREG_TESTS_COMMON_SEARCH_SEARCH_ORACLE_H_
