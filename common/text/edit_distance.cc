#include "common/text/edit_distance.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

namespace portreg {

size_t EditDistance(absl::string_view a, absl::string_view b, size_t limit) {
  const size_t longer = std::max(a.size(), b.size());
  if (longer - std::min(a.size(), b.size()) > limit) return limit + 1;

  // Three rows of the table of distances between prefixes of `a` and of `b`: the row of
  // the current prefix of `a`, and the rows of the two prefixes before it.
  std::array<std::vector<size_t>, 3> rows;
  for (std::vector<size_t>& row : rows) row.resize(b.size() + 1);
  auto& [row, previous, before_previous] = rows;
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    before_previous.swap(previous);
    previous.swap(row);
    row[0] = i;
    size_t least = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t substituted = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({substituted, previous[j] + 1, row[j - 1] + 1});
      const bool transposed = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (transposed) row[j] = std::min(row[j], before_previous[j - 2] + 1);
      least = std::min(least, row[j]);
    }
    // Checks the row before too, because a transposition continues from that row.
    if (least > limit && *std::min_element(previous.begin(), previous.end()) > limit) {
      return limit + 1;
    }
  }
  return std::min(row[b.size()], limit + 1);
}

}  // namespace portreg
