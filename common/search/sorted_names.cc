#include "common/search/sorted_names.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "common/search/text_order.h"

namespace portreg {

SortedNames::SortedNames(absl::Span<const ServiceRecord* const> records)
    : name_of_record_(records.size(), UINT32_MAX) {
  std::vector<uint32_t> named;
  std::string folded;
  std::vector<uint32_t> folded_begin;
  for (uint32_t i = 0; i < records.size(); ++i) {
    if (!records[i]->named()) continue;
    named.push_back(i);
    folded_begin.push_back(static_cast<uint32_t>(folded.size()));
    folded.append(records[i]->service.data(), records[i]->service.size());
  }
  absl::AsciiStrToLower(&folded);
  folded_begin.push_back(static_cast<uint32_t>(folded.size()));
  const auto name_of = [&](uint32_t i) {
    return absl::string_view(folded).substr(folded_begin[i], folded_begin[i + 1] - folded_begin[i]);
  };

  records_.reserve(named.size());
  absl::string_view last;
  for (const uint32_t i : OrderByText(named.size(), name_of)) {
    const absl::string_view name = name_of(i);
    if (names_.empty() || name != last) {
      names_.push_back(
          {static_cast<uint32_t>(text_.size()), static_cast<uint32_t>(records_.size())});
      text_.append(name.data(), name.size());
      last = name;
    }
    name_of_record_[named[i]] = static_cast<uint32_t>(names_.size() - 1);
    records_.push_back(named[i]);
  }
  names_.push_back({static_cast<uint32_t>(text_.size()), static_cast<uint32_t>(records_.size())});
  text_.shrink_to_fit();
  names_.shrink_to_fit();
}

SortedNames::Range SortedNames::BeginningWith(absl::string_view prefix) const {
  const auto first_where = [this](uint32_t begin, auto is_reached) {
    auto end = static_cast<uint32_t>(size());
    while (begin < end) {
      const uint32_t middle = begin + (end - begin) / 2;
      if (is_reached(name(middle))) {
        end = middle;
      } else {
        begin = middle + 1;
      }
    }
    return begin;
  };
  const uint32_t first =
      first_where(0, [prefix](absl::string_view name) { return name >= prefix; });
  const uint32_t last = first_where(
      first, [prefix](absl::string_view name) { return !absl::StartsWith(name, prefix); });
  return {first, last};
}

}  // namespace portreg
