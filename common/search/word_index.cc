#include "common/search/word_index.h"

#include <algorithm>
#include <cassert>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "common/search/query_words.h"
#include "common/system/cancellation.h"
#include "common/system/pages.h"

namespace portreg {
namespace {

// A node keeps the sum of its texts if adding them up costs more than this, where one
// text costs 1. In registries of very many records the limit grows with the size of a
// bitmap.
constexpr size_t kLeastDearCost = 16'384;
// The cost of finding the term of a suffix, where one of its texts costs 1.
constexpr size_t kSuffixCost = 4;
// An estimate of the terms of a record, to reserve memory for them.
constexpr size_t kTypicalTerms = 12;
// The most branches from the root to a leaf. The limit exists because a term that
// repeats itself ten thousand times would otherwise make a tree of that height.
constexpr int kMaxBranches = 32;
// The depth beyond which the suffixes of a node are not compared, because no word of a
// query is longer.
constexpr uint32_t kMaxDepth = 256;

// The parts of each text of a record, in the order of RecordText.
using PartsOfTexts = std::array<std::array<absl::string_view, 2>, kRecordTexts>;

PartsOfTexts TextsOf(const ServiceRecord& record) {
  return {{{record.service, record.aliases},
           {record.description, {}},
           {record.details->owner, record.details->assignee}}};
}

}  // namespace

// Builds the members of an index one after the other.
class WordIndex::Builder {
 public:
  explicit Builder(WordIndex& index) : index_(index) {}

  void IndexTerms(absl::Span<const ServiceRecord* const> records);
  void IndexSuffixes();

 private:
  // The terms in the order of the texts. Text i has terms[begin[i], begin[i + 1]). The
  // texts of record r begin with text kRecordTexts * r, in the order of RecordText.
  struct TermsOfTexts {
    std::vector<Terms::Number> terms;
    std::vector<uint32_t> begin;
  };

  static TermsOfTexts ReadTexts(absl::Span<const ServiceRecord* const> records,
                                Terms::Builder& terms);
  void AddTermSets(const TermsOfTexts& texts);

  // Adds children to a node or leaves it a leaf. Returns the cost of collecting the
  // texts of the node, by Kind.
  std::array<size_t, 2> Grow(NodeIndex node, int branches);
  void AddChildren(NodeIndex node);
  void ExtendDepth(Node& node) const;
  [[nodiscard]] std::array<size_t, 2> CostOfSuffixes(const Node& node) const;

  WordIndex& index_;
  size_t dear_cost_ = 0;
};

WordIndex::Builder::TermsOfTexts WordIndex::Builder::ReadTexts(
    absl::Span<const ServiceRecord* const> records, Terms::Builder& terms) {
  TermsOfTexts texts;
  texts.begin.reserve(kRecordTexts * records.size() + 1);
  texts.terms.reserve(kTypicalTerms * records.size());
  PopulatePages(texts.begin.data(), texts.begin.capacity());
  std::string folded;
  PartsOfTexts last = {};
  for (const ServiceRecord* const record : records) {
    const PartsOfTexts parts = TextsOf(*record);
    for (size_t text = 0; text < kRecordTexts; ++text) {
      texts.begin.push_back(static_cast<uint32_t>(texts.terms.size()));
      if (record != records.front() && parts[text] == last[text]) {
        // Copies the terms, because most records exist once for tcp and once for udp.
        const size_t same = texts.begin.size() - 1 - kRecordTexts;
        for (uint32_t i = texts.begin[same]; i < texts.begin[same + 1]; ++i) {
          texts.terms.push_back(texts.terms[i]);
        }
        continue;
      }
      for (const absl::string_view part : parts[text]) {
        folded.assign(part.data(), part.size());
        absl::AsciiStrToLower(&folded);
        absl::string_view rest = folded;
        for (auto word = TakeWord(&rest); !word.empty(); word = TakeWord(&rest)) {
          texts.terms.push_back(terms.Add(word));
        }
      }
    }
    last = parts;
  }
  texts.begin.push_back(static_cast<uint32_t>(texts.terms.size()));
  return texts;
}

void WordIndex::Builder::IndexTerms(absl::Span<const ServiceRecord* const> records) {
  Terms::Builder terms;
  const TermsOfTexts texts = ReadTexts(records, terms);
  index_.terms_ = std::move(terms).Build();
  AddTermSets(texts);
}

void WordIndex::Builder::AddTermSets(const TermsOfTexts& texts) {
  // Calls `take(term, text)` once for each text that holds a term.
  std::vector<uint32_t> last_text;
  const auto for_each = [&](auto take) {
    last_text.assign(index_.terms_.count(), UINT32_MAX);
    for (uint32_t i = 0; i + 1 < texts.begin.size(); ++i) {
      const size_t text = i / kRecordTexts + i % kRecordTexts * index_.stride_;
      for (uint32_t j = texts.begin[i]; j < texts.begin[i + 1]; ++j) {
        const Terms::Number term = texts.terms[j];
        if (last_text[term] == i) continue;
        last_text[term] = i;
        take(term, static_cast<uint32_t>(text));
      }
    }
  };
  std::vector<uint32_t> begin(index_.terms_.count() + 1);
  for_each([&](Terms::Number term, uint32_t /*text*/) { ++begin[term + 1]; });
  for (size_t i = 1; i < begin.size(); ++i) begin[i] += begin[i - 1];
  std::vector<uint32_t> by_term(begin.back());
  std::vector<uint32_t> next(begin.begin(), begin.end() - 1);
  for_each([&](Terms::Number term, uint32_t text) { by_term[next[term]++] = text; });
  for (size_t term = 0; term + 1 < begin.size(); ++term) {
    index_.sets_.Add(
        absl::MakeConstSpan(by_term).subspan(begin[term], begin[term + 1] - begin[term]));
  }
}

void WordIndex::Builder::IndexSuffixes() {
  const absl::string_view text = index_.terms_.text();
  std::vector<Suffix>& suffixes = index_.suffixes_;
  suffixes.reserve(text.size() - index_.terms_.count());
  PopulatePages(suffixes.data(), suffixes.capacity());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\0') suffixes.push_back(static_cast<Suffix>(i));
  }
  dear_cost_ = std::max(kLeastDearCost, index_.text_bound() / Bitmap::kWordBits);
  index_.nodes_.push_back({0, static_cast<uint32_t>(suffixes.size()), 0, 0, 0, 0, {kNone, kNone}});
  Grow(0, 0);
  suffixes.shrink_to_fit();
  index_.nodes_.shrink_to_fit();
  index_.sets_.ShrinkToFit();
}

std::array<size_t, 2> WordIndex::Builder::CostOfSuffixes(const Node& node) const {
  std::array<size_t, 2> cost = {0, node.end - node.begin};
  for (uint32_t i = node.begin; i < node.end; ++i) {
    const Suffix suffix = index_.suffixes_[i];
    const size_t each = kSuffixCost + index_.sets_.Cost(index_.terms_.At(suffix));
    cost[kAll] += each;
    if (index_.BeginsWord(suffix)) cost[kLeft] += each;
  }
  return cost;
}

std::array<size_t, 2> WordIndex::Builder::Grow(NodeIndex node, int branches) {
  std::array<size_t, 2> cost = CostOfSuffixes(index_.nodes_[node]);
  const Node& shape = index_.nodes_[node];
  const bool at_end = branches > 0 && shape.byte == '\0';
  const bool single = shape.end - shape.begin < 2;
  if (cost[kAll] > dear_cost_ && !single && !at_end && branches < kMaxBranches) {
    AddChildren(node);
    cost = {};
    for (uint16_t i = 0; i < index_.nodes_[node].child_count; ++i) {
      const auto of_child = Grow(index_.nodes_[node].first_child + i, branches + 1);
      for (const Kind kind : {kAll, kLeft}) cost[kind] += of_child[kind];
    }
  }
  // The root keeps no texts, because no search ends there.
  if (branches == 0) return cost;
  for (const Kind kind : {kAll, kLeft}) {
    if (cost[kind] <= dear_cost_ || single) continue;
    Bitmap texts(index_.text_bound());
    index_.Collect(index_.nodes_[node], kind, texts);
    const NumberSets::Id set = index_.sets_.Add(texts);
    index_.nodes_[node].sets[kind] = set;
    cost[kind] = kSuffixCost + index_.sets_.Cost(set);
  }
  return cost;
}

void WordIndex::Builder::ExtendDepth(Node& node) const {
  const char* const text = index_.terms_.text().data();
  const Suffix* const suffixes = &index_.suffixes_[0];
  const char* const first = text + suffixes[node.begin];
  uint32_t shared = node.depth;
  while (shared < kMaxDepth && first[shared] != '\0') ++shared;
  for (uint32_t i = node.begin + 1; i < node.end && shared > node.depth; ++i) {
    const char* const each = text + suffixes[i];
    shared = static_cast<uint32_t>(
        std::mismatch(first + node.depth, first + shared, each + node.depth).first - first);
  }
  node.depth = shared;
}

void WordIndex::Builder::AddChildren(NodeIndex index) {
  Node& node = index_.nodes_[index];
  if (index != 0) ExtendDepth(node);
  const uint32_t depth = node.depth;
  const char* const text = index_.terms_.text().data();
  const absl::Span<Suffix> suffixes =
      absl::MakeSpan(index_.suffixes_).subspan(node.begin, node.end - node.begin);
  const auto byte_of = [&](Suffix suffix) { return static_cast<uint8_t>(text[suffix + depth]); };

  std::array<uint32_t, 257> begin = {};
  for (const Suffix suffix : suffixes) ++begin[byte_of(suffix) + 1];
  for (size_t i = 1; i < begin.size(); ++i) begin[i] += begin[i - 1];
  // Sorts in place ("American flag sort"): puts each suffix where its byte belongs, and goes
  // on with the suffix that was there.
  std::array<uint32_t, 257> next = begin;
  for (size_t byte = 0; byte < 256; ++byte) {
    while (next[byte] < begin[byte + 1]) {
      Suffix suffix = suffixes[next[byte]];
      for (size_t own = byte_of(suffix); own != byte; own = byte_of(suffix)) {
        std::swap(suffix, suffixes[next[own]++]);
      }
      suffixes[next[byte]++] = suffix;
    }
  }

  node.first_child = static_cast<NodeIndex>(index_.nodes_.size());
  const uint32_t base = node.begin;
  uint16_t count = 0;
  for (size_t byte = 0; byte < 256; ++byte) {
    if (begin[byte] == begin[byte + 1]) continue;
    ++count;
    // Invalidates `node`.
    index_.nodes_.push_back({base + begin[byte],
                             base + begin[byte + 1],
                             0,
                             0,
                             static_cast<uint8_t>(byte),
                             depth + 1,
                             {kNone, kNone}});
  }
  index_.nodes_[index].child_count = count;
}

WordIndex::WordIndex(absl::Span<const ServiceRecord* const> records)
    : stride_(Bitmap::WordsFor(records.size()) * Bitmap::kWordBits), sets_(text_bound()) {
  Builder builder(*this);
  builder.IndexTerms(records);
  builder.IndexSuffixes();
}

bool WordIndex::BeginsWord(Suffix suffix) const { return !IsWordByte(terms_.text()[suffix - 1]); }

const WordIndex::Node* WordIndex::Child(const Node& node, char byte) const {
  const auto begin = nodes_.begin() + node.first_child;
  const auto end = begin + node.child_count;
  const auto child =
      std::lower_bound(begin, end, static_cast<uint8_t>(byte),
                       [](const Node& each, uint8_t wanted) { return each.byte < wanted; });
  if (child == end || child->byte != static_cast<uint8_t>(byte)) return nullptr;
  return &*child;
}

void WordIndex::Collect(const Node& node, Kind kind, Bitmap& texts) const {
  if (node.sets[kind] != kNone) {
    sets_.AddTo(node.sets[kind], texts);
    return;
  }
  for (uint16_t i = 0; i < node.child_count; ++i) {
    Collect(nodes_[node.first_child + i], kind, texts);
  }
  if (node.child_count > 0) return;
  for (uint32_t i = node.begin; i < node.end; ++i) {
    if (kind == kLeft && !BeginsWord(suffixes_[i])) continue;
    sets_.AddTo(terms_.At(suffixes_[i]), texts);
  }
}

void WordIndex::CollectWhole(const Node& node, size_t word_size, Bitmap& whole) const {
  if (word_size < node.depth) {
    // All suffixes have the same byte behind the word.
    const char next = terms_.text()[suffixes_[node.begin] + word_size];
    if (!IsWordByte(next)) Collect(node, kLeft, whole);
    return;
  }
  for (uint16_t i = 0; i < node.child_count; ++i) {
    const Node& child = nodes_[node.first_child + i];
    if (!IsWordByte(static_cast<char>(child.byte))) Collect(child, kLeft, whole);
  }
}

void WordIndex::FindInLeaf(const Node& leaf, size_t matched, absl::string_view word, Texts& holding,
                           Texts& whole, const std::atomic<bool>* cancelled) const {
  const absl::string_view text = terms_.text();
  const absl::string_view rest = word.substr(matched);
  for (uint32_t i = leaf.begin; i < leaf.end; ++i) {
    if (i % 64 == 0 && IsCancelled(cancelled)) return;
    const Suffix suffix = suffixes_[i];
    if (text.substr(suffix + matched, rest.size()) != rest) continue;
    const Terms::Number term = terms_.At(suffix);
    sets_.AddTo(term, holding.bits_);
    if (BeginsWord(suffix) && !IsWordByte(text[suffix + word.size()])) {
      sets_.AddTo(term, whole.bits_);
    }
  }
}

void WordIndex::Find(absl::string_view word, Texts& holding, Texts& whole,
                     const std::atomic<bool>* cancelled) const {
  assert(!word.empty());
  const absl::string_view text = terms_.text();
  const Node* node = &nodes_.front();
  size_t matched = 0;
  while (node->child_count > 0) {
    const size_t shared = std::min<size_t>(word.size(), node->depth);
    const absl::string_view here = word.substr(matched, shared - matched);
    if (text.substr(suffixes_[node->begin] + matched, here.size()) != here) return;
    matched = shared;
    if (matched == word.size()) {
      Collect(*node, kAll, holding.bits_);
      CollectWhole(*node, word.size(), whole.bits_);
      return;
    }
    node = Child(*node, word[matched]);
    if (node == nullptr) return;
  }
  FindInLeaf(*node, matched, word, holding, whole, cancelled);
}

}  // namespace portreg
