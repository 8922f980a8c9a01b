// Writes the records of a registry as the columns of the page's data.
#ifndef PORTREG_COMMON_PAGE_PAGE_RECORDS_H_
#define PORTREG_COMMON_PAGE_PAGE_RECORDS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "common/model/port.h"
#include "common/model/record.h"
#include "common/model/registry.h"
#include "nlohmann/json.hpp"

namespace portreg {

// The records of a registry, joined to entries. Records that differ only in their transport are
// one entry with several transports, because people read them as one.
//
// Entries are numbered from 0 in the order of their layers, and within a layer in listing
// order. The registry must outlive the entries. Immutable. Thread-safe.
class PageRecords {
 public:
  // A set of transports; bit i stands for the Transport with value i + 1. Empty: the
  // record states none.
  using TransportBits = uint8_t;

  struct Entry {
    // The first of the records that were joined.
    const ServiceRecord* record;
    TransportBits transports;
  };

  explicit PageRecords(const Registry& registry);

  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

  // Returns the number of the entry that a record belongs to.
  [[nodiscard]] uint32_t EntryOf(RecordIndex record) const { return entry_of_[record]; }

  // Returns the entries that cover `port`, each once, ascending.
  [[nodiscard]] std::vector<uint32_t> AtPort(Port port) const;

  // Returns the columns: `first` as differences to the previous entry, `transports` as a
  // hexadecimal digit for each entry, the others as page_json.h describes. web/records.js decodes
  // them.
  [[nodiscard]] nlohmann::ordered_json Columns() const;

 private:
  const Registry& registry_;
  std::vector<Entry> entries_;
  // The index is a RecordIndex.
  std::vector<uint32_t> entry_of_;
};

}  // namespace portreg

#endif  // PORTREG_COMMON_PAGE_PAGE_RECORDS_H_
