// Compares two registries record by record.
#ifndef PORTREG_COMMON_CHANGES_RECORD_CHANGES_H_
#define PORTREG_COMMON_CHANGES_RECORD_CHANGES_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/model/record.h"
#include "common/model/registry.h"

namespace portreg {

// Decides whether the sources of records are compared. A CSV does not state them.
enum class SourceComparison { kCompared, kIgnored };

// A record in its earlier and its later version. In a list of all changes, `before` is nullptr if
// the record was added, and `after` is nullptr if it was removed.
struct ChangedRecord {
  const ServiceRecord* before;
  const ServiceRecord* after;
  SourceComparison sources = SourceComparison::kCompared;
};

// The difference between two registries. Each list is in the order of the keys that
// CompareRecords describes, so that the records of a layer are neighbours.
struct RecordChanges {
  // Records that only the later registry has.
  std::vector<const ServiceRecord*> added;
  // Records that only the earlier registry has.
  std::vector<const ServiceRecord*> removed;
  std::vector<ChangedRecord> changed;

  [[nodiscard]] bool empty() const { return added.empty() && removed.empty() && changed.empty(); }
};

// Returns what differs between two registries, which must outlive the result.
//
// Records correspond if they have the same layer, ports, transport, service name
// (ignoring case), scope and owner; this is their key, in the order of its parts. A record
// that moves to another port or owner is therefore removed and added. Records that
// correspond have changed if they differ in anything else: the spelling of the name, the
// description, aliases, status, source or a detail. Their files and lines are not compared,
// so that rows may move within a layer. The blanks between aliases are not compared either.
//
// If several records have the same key, those that are equal correspond. The others correspond
// in the listing order of the registries.
RecordChanges CompareRecords(const Registry& before, const Registry& after,
                             SourceComparison sources = SourceComparison::kCompared);

// Returns all changes as one list in the order of the keys. `before` is nullptr for an
// added record, `after` for a removed one.
std::vector<ChangedRecord> InOrderOfKeys(const RecordChanges& changes);

// A field in which two records that correspond differ.
struct ChangedField {
  // The name of the field in the messages PortRecord and RecordDetails, such as "description".
  absl::string_view name;
  absl::string_view before;
  absl::string_view after;
};

// Returns the fields that differ, in the order of the messages. Neither record may be
// nullptr. The result has views of the records' texts.
std::vector<ChangedField> ChangedFields(const ChangedRecord& changed);

// Returns a short text that is safe to show: "billing 7100/tcp", "imap3 tcp" for a record
// without a port, "block 7000-7099 of blue" for one without a name.
std::string Summary(const ServiceRecord& record);

}  // namespace portreg

#endif  // PORTREG_COMMON_CHANGES_RECORD_CHANGES_H_
