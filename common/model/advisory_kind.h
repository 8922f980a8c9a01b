// Lists the kinds of advice and of findings, and their severities.
#ifndef PORTREG_COMMON_MODEL_ADVISORY_KIND_H_
#define PORTREG_COMMON_MODEL_ADVISORY_KIND_H_

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"

namespace portreg {

// A kind of advice; port_registry_service.proto defines each. The values are those of
// the protocol's enum.
enum class AdvisoryKind : uint8_t {
  kTakenLocally = 1,
  kIanaAssigned = 2,
  kIanaReserved = 3,
  kIanaUnassigned = 4,
  kDynamic = 5,
  kCommonlyUsed = 6,
  kNeedsPrivilege = 7,
  kExperimentsOnly = 8,
  kLinuxEphemeral = 9,
  kKubernetesNodePort = 10,
  kBlockedByBrowsers = 11,
  kWindowsDynamic = 12,
  kExporterList = 13,
  // A kind of its own in a site's table of range rules.
  kRangeRule = 14,
  kUnauthorizedUse = 15,
  kRetiredLocally = 16,
  // The kinds from here on are findings about a claim, never advice on a port.
  kPastUntil = 17,
  kDeprecatedLocally = 18,
  kServiceNameInvalid = 19,
  kClaimsCollide = 20,
};

// All kinds, in their order.
inline constexpr std::array<AdvisoryKind, 20> kAdvisoryKinds = {
    AdvisoryKind::kTakenLocally,
    AdvisoryKind::kIanaAssigned,
    AdvisoryKind::kIanaReserved,
    AdvisoryKind::kIanaUnassigned,
    AdvisoryKind::kDynamic,
    AdvisoryKind::kCommonlyUsed,
    AdvisoryKind::kNeedsPrivilege,
    AdvisoryKind::kExperimentsOnly,
    AdvisoryKind::kLinuxEphemeral,
    AdvisoryKind::kKubernetesNodePort,
    AdvisoryKind::kBlockedByBrowsers,
    AdvisoryKind::kWindowsDynamic,
    AdvisoryKind::kExporterList,
    AdvisoryKind::kRangeRule,
    AdvisoryKind::kUnauthorizedUse,
    AdvisoryKind::kRetiredLocally,
    AdvisoryKind::kPastUntil,
    AdvisoryKind::kDeprecatedLocally,
    AdvisoryKind::kServiceNameInvalid,
    AdvisoryKind::kClaimsCollide,
};

// Returns the name of a kind in lower case with hyphens: "linux-ephemeral". It is that of
// the protocol's enum value, and so never changes.
absl::string_view ToString(AdvisoryKind kind);

// Parses the name of a kind. Returns nullopt for any other text.
std::optional<AdvisoryKind> ParseAdvisoryKind(absl::string_view text);

// Returns true if a port with findings of the kind may be suggested on request. False for
// the kinds that say that somebody else has the port, and for those that only claims have.
bool IsAcceptable(AdvisoryKind kind);

// A set of kinds. Bit i stands for the AdvisoryKind with value i.
using AdvisoryKinds = std::bitset<21>;

// How much a finding weighs. The values are those of the protocol's enum.
enum class FindingSeverity : uint8_t { kInfo = 1, kWarning = 2, kError = 3 };

// Returns "info", "warning" or "error".
absl::string_view ToString(FindingSeverity severity);

// Parses a severity, ignoring case. Returns nullopt for any other text.
std::optional<FindingSeverity> ParseFindingSeverity(absl::string_view text);

}  // namespace portreg

#endif  // PORTREG_COMMON_MODEL_ADVISORY_KIND_H_
