#include "client/cli/base/nearest.h"

#include <cstddef>

#include "absl/strings/ascii.h"
#include "common/text/edit_distance.h"

namespace portreg::cli {
namespace {

// Words up to this length allow one error only, because two errors turn them into almost
// any other short word.
constexpr size_t kShortWord = 4;

}  // namespace

std::string Nearest(absl::string_view word, absl::Span<const absl::string_view> known) {
  const std::string folded = absl::AsciiStrToLower(word);
  std::string nearest;
  size_t limit = word.size() > kShortWord ? 2 : 1;
  for (const absl::string_view each : known) {
    const size_t distance = EditDistance(folded, each, limit);
    if (distance > limit) continue;
    nearest = std::string(each);
    if (distance == 0) return nearest;
    limit = distance - 1;
  }
  return nearest;
}

}  // namespace portreg::cli
