#include "common/page/page_records.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/model/detail_columns.h"
#include "common/page/page_json.h"

namespace portreg {
namespace {

using Json = nlohmann::ordered_json;

// Compares records of one layer without regard to their transports. But a record that states no
// transport differs from one that states a transport.
struct Joined {
  const ServiceRecord* record;

  friend bool operator==(const Joined& a, const Joined& b) {
    const ServiceRecord& x = *a.record;
    const ServiceRecord& y = *b.record;
    return *x.details == *y.details && x.ports == y.ports && x.service == y.service &&
           x.description == y.description && x.aliases == y.aliases && x.scope == y.scope &&
           x.status == y.status && x.source == y.source &&
           (x.transport == Transport::kNone) == (y.transport == Transport::kNone);
  }

  // Does not hash the other fields, because they distinguish few records.
  template <typename H>
  friend H AbslHashValue(H hash, const Joined& joined) {
    const ServiceRecord& record = *joined.record;
    const PortRange ports = record.ports.value_or(PortRange());
    return H::combine(std::move(hash), ports.first, ports.last, record.service, record.description,
                      record.details->owner);
  }
};

PageRecords::TransportBits BitOf(Transport transport) {
  if (transport == Transport::kNone) return 0;
  return static_cast<PageRecords::TransportBits>(1U << (static_cast<unsigned>(transport) - 1));
}

// A text of a record that is a column of its own.
struct TextColumn {
  absl::string_view name;
  absl::string_view (*text)(const ServiceRecord&);
};

constexpr std::array<TextColumn, 6> kTextColumns = {{
    {"service", [](const ServiceRecord& record) { return record.service; }},
    {"description", [](const ServiceRecord& record) { return record.description; }},
    {"aliases", [](const ServiceRecord& record) { return record.aliases; }},
    {"scope", [](const ServiceRecord& record) { return record.scope; }},
    {"status",
     [](const ServiceRecord& record) {
       return record.status == RecordStatus::kActive ? absl::string_view()
                                                     : ToString(record.status);
     }},
    {"source",
     [](const ServiceRecord& record) {
       return record.source.empty() ? SourceOf(record.layer) : record.source;
     }},
}};

}  // namespace

PageRecords::PageRecords(const Registry& registry)
    : registry_(registry), entry_of_(registry.records().size()) {
  for (const Layer layer : kLayers) {
    absl::flat_hash_map<Joined, uint32_t> known;
    for (RecordIndex index = 0; index < registry.records().size(); ++index) {
      const ServiceRecord& record = registry.record(index);
      if (record.layer != layer) continue;
      const auto [place, is_new] =
          known.try_emplace(Joined{&record}, static_cast<uint32_t>(entries_.size()));
      if (is_new) entries_.push_back({&record, 0});
      entries_[place->second].transports |= BitOf(record.transport);
      entry_of_[index] = place->second;
    }
  }
}

std::vector<uint32_t> PageRecords::AtPort(Port port) const {
  std::vector<uint32_t> entries;
  for (const RecordIndex index : registry_.AtPort(port)) entries.push_back(entry_of_[index]);
  std::sort(entries.begin(), entries.end());
  entries.erase(std::unique(entries.begin(), entries.end()), entries.end());
  return entries;
}

nlohmann::ordered_json PageRecords::Columns() const {
  Json first = Json::array();
  Runs widths;
  Runs layers;
  std::string transports;
  int before = 0;
  for (const Entry& entry : entries_) {
    const ServiceRecord& record = *entry.record;
    // Port 65536 stands for a record without ports.
    const int port = record.ports ? record.ports->first : kMaxPort + 1;
    first.push_back(port - before);
    before = port;
    widths.Add(record.ports ? record.ports->width() : 0);
    layers.Add(static_cast<int64_t>(record.layer));
    absl::StrAppend(&transports, absl::Hex(entry.transports));
  }
  Json columns = {{"first", std::move(first)},
                  {"width", std::move(widths).Take()},
                  {"layer", std::move(layers).Take()},
                  {"transports", std::move(transports)}};
  for (const TextColumn& column : kTextColumns) {
    Texts texts;
    for (const Entry& entry : entries_) texts.Add(column.text(*entry.record));
    columns[std::string(column.name)] = std::move(texts).Take();
  }
  for (const DetailColumn& column : kDetailColumns) {
    Texts texts;
    // The contact of most registrations is the assignee, so Texts stores a short reference.
    const bool is_contact = column.member == &RecordDetails::contact;
    for (const Entry& entry : entries_) {
      const RecordDetails& details = *entry.record->details;
      texts.Add(details.*column.member, is_contact ? details.assignee : "");
    }
    columns[std::string(column.field)] = std::move(texts).Take();
  }
  return columns;
}

}  // namespace portreg
