// The distinct service names of records, in order.
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

// The distinct names in lower case, by their bytes ascending, and the records of
// each. Thread-safe.
//
// Records have numbers here: their places in the list they are given in.
class SortedNames {
 public:
  explicit SortedNames(absl::Span<const ServiceRecord* const> records);

  [[nodiscard]] size_t size() const { return names_.size() - 1; }

  [[nodiscard]] absl::string_view name(size_t index) const {
    const uint32_t begin = names_[index].text_begin;
    return absl::string_view(text_).substr(begin, names_[index + 1].text_begin - begin);
  }

  // The records of that name, ascending.
  [[nodiscard]] absl::Span<const uint32_t> records(size_t index) const {
    return records({static_cast<uint32_t>(index), static_cast<uint32_t>(index + 1)});
  }

  // Names from `first` up to, but without, `last`.
  struct Range {
    uint32_t first;
    uint32_t last;
  };

  // The names that begin with `prefix`.
  [[nodiscard]] Range BeginningWith(absl::string_view prefix) const;

  // The records of these names: ascending within each name only.
  [[nodiscard]] absl::Span<const uint32_t> records(Range range) const {
    const uint32_t begin = names_[range.first].records_begin;
    return absl::MakeConstSpan(records_).subspan(begin, names_[range.last].records_begin - begin);
  }

  // Bytes of memory that the names take.
  [[nodiscard]] size_t MemoryBytes() const {
    return text_.capacity() + names_.capacity() * sizeof(names_[0]) +
           (records_.capacity() + name_of_record_.capacity()) * sizeof(records_[0]);
  }

  // The name of each record; a number above all names' for one without.
  [[nodiscard]] absl::Span<const uint32_t> name_of_record() const { return name_of_record_; }

 private:
  // Where a name and its records begin.
  struct Name {
    uint32_t text_begin;
    uint32_t records_begin;
  };

  std::string text_;
  // One for each name, and one behind the last.
  std::vector<Name> names_;
  std::vector<uint32_t> records_;
  std::vector<uint32_t> name_of_record_;
};

}  // namespace portreg

#endif  // PORTREG_COMMON_SEARCH_SORTED_NAMES_H_
