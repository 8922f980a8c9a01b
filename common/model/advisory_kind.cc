#include "common/model/advisory_kind.h"

#include "absl/strings/match.h"

namespace portreg {

absl::string_view ToString(FindingSeverity severity) {
  switch (severity) {
    case FindingSeverity::kInfo:
      return "info";
    case FindingSeverity::kWarning:
      return "warning";
    case FindingSeverity::kError:
      return "error";
  }
  return "";
}

std::optional<FindingSeverity> ParseFindingSeverity(absl::string_view text) {
  for (const FindingSeverity severity :
       {FindingSeverity::kInfo, FindingSeverity::kWarning, FindingSeverity::kError}) {
    if (absl::EqualsIgnoreCase(text, ToString(severity))) return severity;
  }
  return std::nullopt;
}

}  // namespace portreg
