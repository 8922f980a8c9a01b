#include "client/cli/audit/process_names.h"

#include <array>
#include <cstddef>
#include <string>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace portreg::cli {
namespace {

// The kernel's TASK_COMM_LEN without the NUL.
constexpr size_t kMaxProcessNameBytes = 15;

constexpr std::array<absl::string_view, 3> kEndings = {"server", "daemon", "d"};

constexpr std::array<absl::string_view, 6> kListenersForOthers = {
    "systemd", "init", "inetd", "xinetd", "docker-proxy", "rootlessport"};

// Returns a name in lower case, without the characters that do not count.
std::string Folded(absl::string_view name) {
  std::string folded;
  for (const char c : name) {
    if (absl::StrContains("-_. ", c)) continue;
    folded.push_back(absl::ascii_tolower(static_cast<unsigned char>(c)));
  }
  return folded;
}

// Returns a folded name without its ending, unless nothing else is left.
absl::string_view Stem(absl::string_view folded) {
  for (const absl::string_view ending : kEndings) {
    absl::string_view stem = folded;
    if (absl::ConsumeSuffix(&stem, ending) && !stem.empty()) return stem;
  }
  return folded;
}

}  // namespace

bool IsProcessOf(absl::string_view process, absl::string_view service) {
  const std::string one = Folded(process);
  const std::string other = Folded(service);
  if (one.empty() || other.empty()) return false;
  if (one == other || Stem(one) == Stem(other) || Stem(one) == other || one == Stem(other)) {
    return true;
  }
  return process.size() == kMaxProcessNameBytes && absl::StartsWithIgnoreCase(service, process);
}

bool IsProcessOf(absl::string_view process, const ServiceRecord& record) {
  if (IsProcessOf(process, record.service)) return true;
  return absl::c_any_of(Aliases(record),
                        [process](absl::string_view alias) { return IsProcessOf(process, alias); });
}

bool ListensForOthers(absl::string_view process) {
  return absl::c_linear_search(kListenersForOthers, process);
}

}  // namespace portreg::cli
