#include "common/model/advisory_kind.h"

#include <cstddef>

#include "absl/strings/match.h"

namespace portreg {
namespace {

// In the order of kAdvisoryKinds.
constexpr std::array<absl::string_view, kAdvisoryKinds.size()> kKindNames = {
    "taken-locally",   "iana-assigned",        "iana-reserved",        "iana-unassigned",
    "dynamic",         "commonly-used",        "needs-privilege",      "experiments-only",
    "linux-ephemeral", "kubernetes-node-port", "blocked-by-browsers",  "windows-dynamic",
    "exporter-list",   "range-rule",           "unauthorized-use",     "retired-locally",
    "past-until",      "deprecated-locally",   "service-name-invalid", "claims-collide",
};

}  // namespace

absl::string_view ToString(AdvisoryKind kind) { return kKindNames[static_cast<size_t>(kind) - 1]; }

std::optional<AdvisoryKind> ParseAdvisoryKind(absl::string_view text) {
  for (const AdvisoryKind kind : kAdvisoryKinds) {
    if (text == ToString(kind)) return kind;
  }
  return std::nullopt;
}

bool IsAcceptable(AdvisoryKind kind) {
  return kind != AdvisoryKind::kTakenLocally && kind != AdvisoryKind::kServiceNameInvalid &&
         kind != AdvisoryKind::kClaimsCollide;
}

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
