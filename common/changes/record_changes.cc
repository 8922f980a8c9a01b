#include "common/changes/record_changes.h"

#include <algorithm>
#include <cstddef>
#include <tuple>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/model/detail_columns.h"
#include "common/text/quote.h"

namespace portreg {
namespace {

using Records = std::vector<const ServiceRecord*>;

// The most bytes of an owner or a description in a summary.
constexpr size_t kMaxSummaryTextBytes = 64;

// Compares texts without regard to case. Returns a number below, equal to or above 0.
int CompareIgnoringCase(absl::string_view a, absl::string_view b) {
  const size_t common = std::min(a.size(), b.size());
  for (size_t i = 0; i < common; ++i) {
    const auto x =
        static_cast<unsigned char>(absl::ascii_tolower(static_cast<unsigned char>(a[i])));
    const auto y =
        static_cast<unsigned char>(absl::ascii_tolower(static_cast<unsigned char>(b[i])));
    if (x != y) return x < y ? -1 : 1;
  }
  return a.size() == b.size() ? 0 : a.size() < b.size() ? -1 : 1;
}

// Returns a number below, equal to or above 0, as the key of `a` precedes, equals or
// follows that of `b`.
int CompareKeys(const ServiceRecord& a, const ServiceRecord& b) {
  const auto numbers = [](const ServiceRecord& record) {
    const PortRange ports = record.ports.value_or(PortRange{});
    return std::make_tuple(record.layer, !record.ports, ports.first, ports.last, record.transport);
  };
  const auto of_a = numbers(a);
  const auto of_b = numbers(b);
  if (of_a != of_b) return of_a < of_b ? -1 : 1;
  if (const int order = CompareIgnoringCase(a.service, b.service); order != 0) return order;
  if (const int order = a.scope.compare(b.scope); order != 0) return order;
  return OwnerOf(a).compare(OwnerOf(b));
}

absl::string_view SourceTextOf(const ServiceRecord& record) {
  return record.source.empty() ? SourceOf(record.layer) : record.source;
}

bool HaveEqualSources(const ServiceRecord& a, const ServiceRecord& b, SourceComparison sources) {
  return sources == SourceComparison::kIgnored || SourceTextOf(a) == SourceTextOf(b);
}

bool HaveEqualAliases(const ServiceRecord& a, const ServiceRecord& b) {
  return a.aliases == b.aliases || Aliases(a) == Aliases(b);
}

// Returns true for a column that CompareKeys compares.
bool IsPartOfKey(const DetailColumn& column) { return column.member == &RecordDetails::owner; }

// Returns true if two records with the same key are equal in everything else.
bool HaveEqualContents(const ServiceRecord& a, const ServiceRecord& b, SourceComparison sources) {
  return a.service == b.service && a.description == b.description && HaveEqualAliases(a, b) &&
         a.status == b.status && HaveEqualSources(a, b, sources) &&
         std::all_of(kDetailColumns.begin(), kDetailColumns.end(), [&](const DetailColumn& column) {
           return IsPartOfKey(column) || a.details->*column.member == b.details->*column.member;
         });
}

Records SortedByKey(const Registry& registry) {
  Records records(registry.records().begin(), registry.records().end());
  std::stable_sort(
      records.begin(), records.end(),
      [](const ServiceRecord* a, const ServiceRecord* b) { return CompareKeys(*a, *b) < 0; });
  return records;
}

// Returns the number of records at the beginning that have the same key.
size_t CountOfFirstKey(absl::Span<const ServiceRecord* const> records) {
  size_t count = 0;
  while (count < records.size() && CompareKeys(*records[0], *records[count]) == 0) ++count;
  return count;
}

// Removes pairs of equal records from both lists. All records of the lists have the same key.
// Takes little time, because a registry has at most kMaxRecordsPerKey records of a port or a
// name.
void RemoveEqualPairs(Records& before, Records& after, SourceComparison sources) {
  const auto has_equal = [&after, sources](const ServiceRecord* record) {
    const auto equal = std::find_if(after.begin(), after.end(), [&](const auto* other) {
      return HaveEqualContents(*record, *other, sources);
    });
    if (equal == after.end()) return false;
    after.erase(equal);
    return true;
  };
  before.erase(std::remove_if(before.begin(), before.end(), has_equal), before.end());
}

// Adds the differences between the records with one key to `changes`.
void CompareOneKey(Records before, Records after, SourceComparison sources,
                   RecordChanges& changes) {
  RemoveEqualPairs(before, after, sources);
  const size_t pairs = std::min(before.size(), after.size());
  for (size_t i = 0; i < pairs; ++i) changes.changed.push_back({before[i], after[i], sources});
  const auto rest = static_cast<ptrdiff_t>(pairs);
  changes.removed.insert(changes.removed.end(), before.begin() + rest, before.end());
  changes.added.insert(changes.added.end(), after.begin() + rest, after.end());
}

std::string Short(absl::string_view text) {
  return text.size() <= kMaxSummaryTextBytes ? Printable(text) : Quoted(text, kMaxSummaryTextBytes);
}

}  // namespace

RecordChanges CompareRecords(const Registry& before, const Registry& after,
                             SourceComparison sources) {
  RecordChanges changes;
  const Records old_records = SortedByKey(before);
  const Records new_records = SortedByKey(after);
  absl::Span<const ServiceRecord* const> olds = old_records;
  absl::Span<const ServiceRecord* const> news = new_records;
  while (!olds.empty() || !news.empty()) {
    const int order = olds.empty() ? 1 : news.empty() ? -1 : CompareKeys(*olds[0], *news[0]);
    const size_t old_count = order <= 0 ? CountOfFirstKey(olds) : 0;
    const size_t new_count = order >= 0 ? CountOfFirstKey(news) : 0;
    // Nearly all keys have one record, which has not changed.
    const bool is_kept =
        old_count == 1 && new_count == 1 && HaveEqualContents(*olds[0], *news[0], sources);
    if (!is_kept) {
      CompareOneKey(Records(olds.begin(), olds.begin() + old_count),
                    Records(news.begin(), news.begin() + new_count), sources, changes);
    }
    olds.remove_prefix(old_count);
    news.remove_prefix(new_count);
  }
  return changes;
}

std::vector<ChangedRecord> InOrderOfKeys(const RecordChanges& changes) {
  std::vector<ChangedRecord> all = changes.changed;
  for (const ServiceRecord* record : changes.removed) all.push_back({record, nullptr});
  for (const ServiceRecord* record : changes.added) all.push_back({nullptr, record});
  const auto either = [](const ChangedRecord& changed) -> const ServiceRecord& {
    return changed.after != nullptr ? *changed.after : *changed.before;
  };
  std::stable_sort(all.begin(), all.end(), [&](const ChangedRecord& a, const ChangedRecord& b) {
    return CompareKeys(either(a), either(b)) < 0;
  });
  return all;
}

std::vector<ChangedField> ChangedFields(const ChangedRecord& changed) {
  const ServiceRecord& before = *changed.before;
  const ServiceRecord& after = *changed.after;
  std::vector<ChangedField> fields;
  const auto compare = [&fields](absl::string_view name, absl::string_view a, absl::string_view b) {
    if (a != b) fields.push_back({name, a, b});
  };
  compare("service", before.service, after.service);
  compare("description", before.description, after.description);
  if (!HaveEqualSources(before, after, changed.sources)) {
    fields.push_back({"source", SourceTextOf(before), SourceTextOf(after)});
  }
  if (!HaveEqualAliases(before, after)) {
    fields.push_back({"aliases", before.aliases, after.aliases});
  }
  compare("status", ToString(before.status), ToString(after.status));
  for (const DetailColumn& column : kDetailColumns) {
    if (!IsPartOfKey(column))
      compare(column.field, before.details->*column.member, after.details->*column.member);
  }
  return fields;
}

std::string Summary(const ServiceRecord& record) {
  const std::string ports =
      record.ports
          ? absl::StrCat(ToString(*record.ports), record.transport == Transport::kNone ? "" : "/",
                         ToString(record.transport))
          : std::string(ToString(record.transport));
  if (record.named()) {
    return absl::StrCat(Short(record.service), ports.empty() ? "" : " ", ports);
  }
  const absl::string_view owner = OwnerOf(record);
  if (!owner.empty()) return absl::StrCat("block ", ports, " of ", Short(owner));
  return absl::StrCat(ports, " (", Short(record.description), ")");
}

}  // namespace portreg
