// Sorts the distinct service names of records.
#ifndef PORTREG_COMMON_SEARCH_SORTED_NAMES_H_
#define PORTREG_COMMON_SEARCH_SORTED_NAMES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/model/record.h"

namespace portreg {

// The distinct names in lower case, in ascending order of their bytes, and the records
// of each. Thread-safe.
//
// Records are numbered by their places in the list that the constructor receives.
class SortedNames {
 public:
  explicit SortedNames(absl::Span<const ServiceRecord* const> records);

  [[nodiscard]] size_t size() const { return names_.size() - 1; }

  [[nodiscard]] absl::string_view name(size_t index) const {
    const uint32_t begin = names_[index].text_begin;
    return absl::string_view(text_).substr(begin, names_[index + 1].text_begin - begin);
  }

  // Returns the records of that name, ascending.
  [[nodiscard]] absl::Span<const uint32_t> records(size_t index) const {
    return records({static_cast<uint32_t>(index), static_cast<uint32_t>(index + 1)});
  }

  // The names in [first, last).
  struct Range {
    uint32_t first;
    uint32_t last;
  };

  // Returns the names that begin with `prefix`.
  [[nodiscard]] Range BeginningWith(absl::string_view prefix) const;

  // Returns the records of these names, ascending only within each name.
  [[nodiscard]] absl::Span<const uint32_t> records(Range range) const {
    const uint32_t begin = names_[range.first].records_begin;
    return absl::MakeConstSpan(records_).subspan(begin, names_[range.last].records_begin - begin);
  }

  // Returns the memory that the names use, in bytes.
  [[nodiscard]] size_t MemoryBytes() const {
    return text_.capacity() + names_.capacity() * sizeof(names_[0]) +
           (records_.capacity() + name_of_record_.capacity()) * sizeof(records_[0]);
  }

  // Returns the name of each record. A record without a name has a number above those
  // of all names.
  [[nodiscard]] absl::Span<const uint32_t> name_of_record() const { return name_of_record_; }

 private:
  // The beginning of a name, and that of its records.
  struct Name {
    uint32_t text_begin;
    uint32_t records_begin;
  };

  std::string text_;
  // One element for each name, and one more that marks the end.
  std::vector<Name> names_;
  std::vector<uint32_t> records_;
  std::vector<uint32_t> name_of_record_;
};

}  // namespace portreg

#endif  // PORTREG_COMMON_SEARCH_SORTED_NAMES_H_
