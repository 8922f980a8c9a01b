#include "client/cli/check/check_finding.h"

#include <array>
#include <optional>

#include "absl/strings/str_cat.h"
#include "common/judgement/row_findings.h"

namespace portreg::cli {
namespace {

// In the order of kAdvisoryKinds.
constexpr std::array<absl::string_view, kAdvisoryKinds.size()> kKindSummaries = {
    "another service or owner of the organisation holds the port",
    "IANA has assigned the port to another service",
    "IANA reserves the port",
    "IANA has not assigned the port, and assigns it only on request",
    "the port is dynamic and must not identify a service",
    "other software commonly listens on the port",
    "a program needs a privilege to listen on the port",
    "the port is for experiments only",
    "Linux gives the port to outgoing connections",
    "Kubernetes gives the port to services of type NodePort",
    "browsers refuse to connect to the port",
    "Windows gives the port to outgoing connections",
    "a list of Prometheus exporters allots the port",
    "a range rule of the site speaks about the port",
    "IANA notes that the port is used without an assignment",
    "the organisation has retired the port",
    "the row is past its last day",
    "the row is deprecated",
    "the name of the service breaks RFC 6335 section 5.1",
    "two rows claim one port",
};

}  // namespace

std::string RuleOfKind(int kind) {
  const bool is_known = kind >= 1 && kind <= static_cast<int>(kAdvisoryKinds.size());
  return is_known ? std::string(ToString(static_cast<AdvisoryKind>(kind)))
                  : absl::StrCat("kind-", kind);
}

absl::string_view SummaryOf(absl::string_view rule) {
  if (rule == kUnusableRowRule) return "portregd refuses the table because of the row";
  if (rule == kRepetitionRule) return "two rows say the same of one service and owner";
  if (rule == kUnreadColumnRule) return "portregd does not read a column";
  const std::optional<AdvisoryKind> kind = ParseAdvisoryKind(rule);
  return kind ? kKindSummaries[static_cast<size_t>(*kind) - 1]
              : "the server reports something that this program does not know";
}

void FindingCounts::Add(FindingSeverity severity, size_t count) {
  errors += severity == FindingSeverity::kError ? count : 0;
  warnings += severity == FindingSeverity::kWarning ? count : 0;
  infos += severity == FindingSeverity::kInfo ? count : 0;
}

}  // namespace portreg::cli
