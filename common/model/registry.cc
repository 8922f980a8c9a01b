#include "common/model/registry.h"

#include <algorithm>
#include <future>
#include <numeric>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/model/detail_columns.h"
#include "common/model/port_class.h"
#include "common/model/scope.h"
#include "common/model/service_name.h"
#include "common/text/quote.h"
#include "common/text/sha256.h"

namespace portreg {
namespace {

constexpr absl::string_view kAlternatives = " / ";

// Returns a key that orders the records of one port or one name, least first: by layer,
// named before nameless, narrower range first, transport. It is one number of
// kLookupKeyBits, because it is compared a hundred thousand times. Records with equal
// keys keep the source's order.
constexpr int kLookupKeyBits = 23;
uint64_t LookupKey(const ServiceRecord& record) {
  const int width = record.ports ? record.ports->width() : kMaxPort + 2;
  auto key = static_cast<uint64_t>(record.layer);
  key = key << 1 | (record.named() ? 0 : 1);
  key = key << 17 | static_cast<uint64_t>(width);
  return key << 3 | static_cast<uint64_t>(record.transport);
}

// Returns the numbers 0 to size - 1, sorted by `key(number)`; numbers with equal keys
// ascend. Sorts key and number as one word, because one word is compared fastest.
constexpr int kIndexBits = 24;
template <typename Key>
std::vector<RecordIndex> SortedBy(size_t size, Key key) {
  std::vector<uint64_t> keyed;
  keyed.reserve(size);
  for (size_t i = 0; i < size; ++i) keyed.push_back(key(i) << kIndexBits | i);
  std::sort(keyed.begin(), keyed.end());
  std::vector<RecordIndex> order;
  order.reserve(size);
  constexpr uint64_t kIndexMask = (1 << kIndexBits) - 1;
  for (const uint64_t each : keyed) order.push_back(static_cast<RecordIndex>(each & kIndexMask));
  return order;
}
constexpr int kPortBits = 17;  // kPortCount needs 17 bits
static_assert(kPortBits + kLookupKeyBits + kIndexBits <= 64);

size_t FirstPortOrLast(const ServiceRecord& record) {
  return record.ports ? record.ports->first : kPortCount;
}

// Calls `take` with each folded name that finds `record`.
template <typename Take>
void ForEachNameOf(const ServiceRecord& record, Take take) {
  if (!record.named()) return;
  const std::string whole = FoldServiceName(record.service);
  for (const absl::string_view alias : Aliases(record)) {
    const std::string folded = FoldServiceName(alias);
    if (folded != whole) take(folded);
  }
  if (record.is_named_for_people()) {
    std::vector<std::string> parts = absl::StrSplit(whole, kAlternatives);
    if (parts.size() > 1) {
      std::sort(parts.begin(), parts.end());
      parts.erase(std::unique(parts.begin(), parts.end()), parts.end());
      for (const std::string& part : parts) take(part);
    }
  }
  take(whole);
}

void AppendText(absl::string_view text, std::string& bytes) {
  bytes.push_back('\0');
  bytes.append(text.data(), text.size());
}

// Returns the details that the hash of a record always includes.
std::string DetailsForHash(const RecordDetails& details) {
  std::string bytes;
  for (const DetailColumn& column : kDetailColumns) {
    if (!column.hashed_if_set) AppendText(details.*column.member, bytes);
  }
  return bytes;
}

// Appends the fields of a record; `details` are its DetailsForHash. The result is
// unambiguous, because texts contain no NUL bytes.
void AppendForHash(const ServiceRecord& record, absl::string_view details, std::string& bytes) {
  if (record.ports) bytes += ToString(*record.ports);
  AppendText(ToString(record.transport), bytes);
  AppendText(ToString(record.layer), bytes);
  AppendText(record.service, bytes);
  AppendText(record.description, bytes);
  bytes.append(details.data(), details.size());
  // Fields that later versions added are hashed only if set, because the revision of
  // older data must not change.
  if (!record.aliases.empty()) AppendText(record.aliases, bytes);
  if (!record.source.empty() && record.source != SourceOf(record.layer)) {
    AppendText(record.source, bytes);
  }
  // An empty text and a name precede each of these, so that equal texts in different
  // columns differ.
  const auto append_named = [&bytes](absl::string_view name, absl::string_view text) {
    if (text.empty()) return;
    AppendText("", bytes);
    AppendText(name, bytes);
    AppendText(text, bytes);
  };
  append_named("Scope", record.scope);
  if (record.status != RecordStatus::kActive) append_named("Status", ToString(record.status));
  for (const DetailColumn& column : kDetailColumns) {
    if (column.hashed_if_set) append_named(column.header, record.details->*column.member);
  }
  bytes.push_back('\0');
}

// Computes Registry::revision(). `records` are in listing order.
std::string Revision(absl::Span<const ServiceRecord* const> records,
                     absl::Span<const RecordIndex> lookup_order, const RangeRules& rules) {
  constexpr size_t kPieceBytes = 32 << 10;
  Sha256 hash;
  std::string bytes;
  // Records of one service mostly follow each other and share their details.
  const RecordDetails* last = nullptr;
  std::string details;
  for (const ServiceRecord* record : records) {
    if (record->details != last) details = DetailsForHash(*record->details);
    last = record->details;
    AppendForHash(*record, details, bytes);
    if (bytes.size() < kPieceBytes) continue;
    hash.Update(bytes);
    bytes.clear();
  }
  hash.Update(bytes);
  // Hashes lookup order too, because listing order does not determine it: where records
  // of different ports tie in lookup order, the source's order decides.
  hash.Update(absl::StrJoin(lookup_order, ","));
  // Rules are hashed only if they are not the embedded ones, because the revision of
  // older data must not change.
  if (!rules.difference().empty()) hash.Update(absl::StrCat("\nrules\n", rules.difference()));
  return hash.Finish().substr(0, Registry::kRevisionDigits);
}

absl::Status CheckLayers(const std::vector<LayerData>& layers) {
  constexpr size_t kMaxRecords = size_t{1} << kIndexBits;
  size_t records = 0;
  size_t coverage = 0;
  for (size_t i = 0; i < layers.size(); ++i) {
    records += layers[i].records.size();
    if (records > kMaxRecords) {
      return absl::InvalidArgumentError(absl::StrCat(layers[i].info.origin, ": more than ",
                                                     kMaxRecords, " records in all layers"));
    }
    for (const ServiceRecord& record : layers[i].records) {
      coverage += record.ports ? static_cast<size_t>(record.ports->width()) : 0;
    }
    if (coverage > Registry::kMaxCoverage) {
      return absl::InvalidArgumentError(
          absl::StrCat(layers[i].info.origin, ": its ranges cover too many ports in all, ",
                       "the sum of their widths must not exceed ", Registry::kMaxCoverage));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Registry> Registry::Create(std::vector<LayerData> layers, RangeRules rules) {
  if (absl::Status status = CheckLayers(layers); !status.ok()) return status;
  Registry registry(std::move(layers), std::move(rules));
  if (absl::Status status = registry.CheckFanOut(); !status.ok()) return status;
  return registry;
}

Registry::Registry(std::vector<LayerData> layers, RangeRules rules)
    : range_rules_(std::move(rules)) {
  std::stable_sort(layers.begin(), layers.end(), [](const LayerData& a, const LayerData& b) {
    return a.info.layer < b.info.layer;
  });
  for (LayerData& layer : layers) {
    for (ServiceRecord& record : layer.records) {
      record.file = static_cast<uint32_t>(layers_.size());
    }
    given_.push_back(std::move(layer.records));
    layers_.push_back(std::move(layer.info));
    texts_.push_back(std::move(layer.text));
  }
  const std::vector<RecordIndex> lookup_order = SortRecords();
  IndexStarts();
  // Runs in parallel with the indexing, because hashing is a third of the work and the
  // caller waits.
  std::future<std::string> revision =
      std::async([&] { return Revision(records_, lookup_order, range_rules_); });
  IndexPorts(lookup_order);
  IndexNames(lookup_order);
  revision_ = revision.get();
}

absl::Status Registry::CheckFanOut() const {
  for (int port = 0; port <= kMaxPort; ++port) {
    if (AtPort(static_cast<Port>(port)).size() <= kMaxRecordsPerKey) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("port ", port, " has more than ", kMaxRecordsPerKey, " records"));
  }
  for (uint32_t id = 0; id < names_.size(); ++id) {
    if (name_begin_[id + 1] - name_begin_[id] <= kMaxRecordsPerKey) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        "service name ", Quoted(names_[id]), " has more than ", kMaxRecordsPerKey, " records"));
  }
  return absl::OkStatus();
}

std::vector<RecordIndex> Registry::SortRecords() {
  std::vector<const ServiceRecord*> given;
  for (const std::vector<ServiceRecord>& layer : given_) {
    for (const ServiceRecord& record : layer) given.push_back(&record);
  }
  const std::vector<RecordIndex> listing_order = SortedBy(given.size(), [&](size_t i) {
    return uint64_t{FirstPortOrLast(*given[i])} << kLookupKeyBits | LookupKey(*given[i]);
  });
  std::vector<RecordIndex> place(given.size());
  records_.reserve(given.size());
  for (const RecordIndex i : listing_order) {
    place[i] = static_cast<RecordIndex>(records_.size());
    records_.push_back(given[i]);
  }
  std::vector<RecordIndex> lookup_order =
      SortedBy(given.size(), [&](size_t i) { return LookupKey(*given[i]); });
  for (RecordIndex& i : lookup_order) i = place[i];
  return lookup_order;
}

void Registry::IndexStarts() {
  starts_.assign(kPortCount + 2, static_cast<RecordIndex>(records_.size()));
  for (size_t i = records_.size(); i-- > 0;) {
    starts_[FirstPortOrLast(*records_[i])] = static_cast<RecordIndex>(i);
  }
  for (size_t port = kPortCount + 1; port-- > 0;) {
    starts_[port] = std::min(starts_[port], starts_[port + 1]);
  }
}

void Registry::IndexPorts(absl::Span<const RecordIndex> lookup_order) {
  port_begin_.assign(kPortCount + 1, 0);
  for (const ServiceRecord* record : records_) {
    if (!record->ports) continue;
    for (size_t port = record->ports->first; port <= record->ports->last; ++port) {
      ++port_begin_[port + 1];
    }
  }
  std::partial_sum(port_begin_.begin(), port_begin_.end(), port_begin_.begin());
  by_port_.resize(port_begin_.back());

  std::vector<uint32_t> next(port_begin_.begin(), port_begin_.end() - 1);
  for (const RecordIndex index : lookup_order) {
    const ServiceRecord& record = *records_[index];
    if (!record.ports) continue;
    for (size_t port = record.ports->first; port <= record.ports->last; ++port) {
      by_port_[next[port]++] = index;
    }
  }
}

void Registry::IndexNames(absl::Span<const RecordIndex> lookup_order) {
  std::vector<std::pair<uint32_t, RecordIndex>> found;  // (name, record) in lookup order
  found.reserve(records_.size());
  constexpr size_t kTypicalNameBytes = 12;
  names_.Reserve(records_.size(), kTypicalNameBytes * records_.size());
  for (const RecordIndex index : lookup_order) {
    ForEachNameOf(*records_[index],
                  [&](const std::string& name) { found.emplace_back(names_.Add(name), index); });
  }
  name_begin_.assign(names_.size() + 1, 0);
  for (const auto& [name, index] : found) ++name_begin_[name + 1];
  std::partial_sum(name_begin_.begin(), name_begin_.end(), name_begin_.begin());
  by_name_.resize(found.size());
  std::vector<uint32_t> next(name_begin_.begin(), name_begin_.end() - 1);
  for (const auto& [name, index] : found) by_name_[next[name]++] = index;
}

absl::Span<const RecordIndex> Registry::ByName(absl::string_view name) const {
  const std::optional<uint32_t> id = NameId(name);
  if (!id) return {};
  return absl::MakeConstSpan(by_name_).subspan(name_begin_[*id],
                                               name_begin_[*id + 1] - name_begin_[*id]);
}

std::optional<uint32_t> Registry::NameId(absl::string_view name) const {
  if (name.size() > kMaxServiceNameBytes) return std::nullopt;
  // Folds only a name with upper-case letters, and folds it on the stack, because every
  // call looks up a name and few need folding.
  std::array<char, kMaxServiceNameBytes> folded;
  const auto is_upper = [](unsigned char c) { return absl::ascii_isupper(c); };
  if (std::any_of(name.begin(), name.end(), is_upper)) {
    const auto to_lower = [](unsigned char c) { return absl::ascii_tolower(c); };
    std::transform(name.begin(), name.end(), folded.begin(), to_lower);
    name = absl::string_view(folded.data(), name.size());
  }
  return names_.Find(name);
}

size_t Registry::MemoryBytes() const {
  const auto bytes_of = [](const auto& items) {
    // NOLINTNEXTLINE(bugprone-sizeof-expression): some hold pointers.
    return items.capacity() * sizeof(items[0]);
  };
  size_t bytes = bytes_of(records_) + bytes_of(starts_) + bytes_of(port_begin_) +
                 bytes_of(by_port_) + bytes_of(name_begin_) + bytes_of(by_name_) +
                 range_rules_.MemoryBytes() + sizeof(LazyIanaStates) + kPortCount;
  for (const std::shared_ptr<const LayerText>& text : texts_) bytes += portreg::MemoryBytes(*text);
  for (const std::vector<ServiceRecord>& records : given_) bytes += bytes_of(records);
  return bytes + names_.MemoryBytes();
}

const IanaStates& Registry::iana_states() const {
  std::call_once(iana_states_->once, [this] { iana_states_->states.emplace(*this); });
  return *iana_states_->states;
}

AssignmentState Registry::StateOn(Port port, Transport transport) const {
  if (ClassOf(port).port_class == PortClass::kDynamic) return AssignmentState::kDynamic;

  // AtPort lists named records first. Nameless records follow, the narrowest first; of
  // equal width, those without a transport come first.
  const ServiceRecord* decisive = nullptr;
  bool claimed_on_another = false;
  for (const RecordIndex index : AtPort(port)) {
    const ServiceRecord& record = *records_[index];
    if (record.layer != Layer::kIana) continue;
    if (!Answers(record.transport, transport)) {
      claimed_on_another |= record.named() || StateOf(record) == AssignmentState::kReserved;
      continue;
    }
    if (record.named()) return AssignmentState::kAssigned;
    const bool exact_at_equal_width = decisive != nullptr &&
                                      decisive->ports->width() == record.ports->width() &&
                                      decisive->transport == Transport::kNone;
    if (decisive == nullptr || (exact_at_equal_width && record.transport == transport)) {
      decisive = &record;
    }
  }
  if (decisive != nullptr) return StateOf(*decisive);
  return claimed_on_another ? AssignmentState::kReserved : AssignmentState::kUnassigned;
}

bool Registry::TakenLocally(Port port, Transport transport, absl::string_view scope) const {
  const absl::Span<const RecordIndex> at_port = AtPort(port);
  return std::any_of(at_port.begin(), at_port.end(), [&](RecordIndex index) {
    const ServiceRecord& record = *records_[index];
    return record.layer == Layer::kLocal && record.status != RecordStatus::kRetired &&
           Answers(record.transport, transport) && HoldsIn(record, scope);
  });
}

std::vector<TransportState> Registry::States(Port port, Transport transport,
                                             absl::string_view scope) const {
  std::vector<TransportState> states;
  for (const Transport each : kTransports) {
    if (!Asks(transport, each)) continue;
    states.push_back({each, StateOn(port, each), TakenLocally(port, each, scope)});
  }
  return states;
}

}  // namespace portreg
