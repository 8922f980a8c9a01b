// Sorts many short texts quickly.
#ifndef PORTREG_COMMON_SEARCH_TEXT_ORDER_H_
#define PORTREG_COMMON_SEARCH_TEXT_ORDER_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"

namespace portreg {

// Returns the numbers 0 to count - 1, sorted by the bytes of `text_of(number)`, an
// absl::string_view. Numbers of equal texts ascend. Compares the first eight bytes as
// one number, because they are usually enough to decide.
template <typename TextOf>
std::vector<uint32_t> OrderByText(size_t count, TextOf text_of) {
  struct Keyed {
    uint64_t begins_with;
    uint32_t number;
  };
  constexpr size_t kKeyBytes = 8;
  std::vector<Keyed> all;
  all.reserve(count);
  for (uint32_t number = 0; number < count; ++number) {
    const absl::string_view text = text_of(number);
    uint64_t begins_with = 0;
    for (size_t i = 0; i < kKeyBytes; ++i) {
      begins_with = begins_with << 8 | (i < text.size() ? static_cast<uint8_t>(text[i]) : 0);
    }
    all.push_back({begins_with, number});
  }
  std::sort(all.begin(), all.end(), [&text_of](const Keyed& a, const Keyed& b) {
    if (a.begins_with != b.begins_with) return a.begins_with < b.begins_with;
    const int order = text_of(a.number).compare(text_of(b.number));
    return order != 0 ? order < 0 : a.number < b.number;
  });
  std::vector<uint32_t> order;
  order.reserve(count);
  for (const Keyed& each : all) order.push_back(each.number);
  return order;
}

}  // namespace portreg

#endif  // PORTREG_COMMON_SEARCH_TEXT_ORDER_H_
