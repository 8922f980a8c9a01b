#include "common/judgement/classify.h"

#include <optional>
#include <utility>

#include "common/judgement/claim.h"
#include "common/judgement/port_findings.h"
#include "common/model/registry.h"

namespace portreg {
namespace {

// Returns true for the kinds of advice on the port's states and on local records. Such
// advice lists the transport that was asked about, even if it holds for all transports.
bool NamesTheTransport(AdvisoryKind kind) {
  return kind <= AdvisoryKind::kDynamic || kind == AdvisoryKind::kRetiredLocally;
}

}  // namespace

std::vector<Advisory> Advise(const Registry& registry, Port port, Transport transport) {
  Claim anyone;
  anyone.ports = {port, port};
  const TransportSet asked(transport);
  std::vector<Advisory> advisories;
  // Passes no day, because answers are stored and must not depend on it.
  for (PortFinding& finding : FindingsAt(registry, port, anyone, std::nullopt)) {
    const TransportSet shared = finding.transports.And(asked);
    if (shared.empty()) continue;
    const bool whole = finding.transports.IsAll() && !NamesTheTransport(finding.kind);
    advisories.push_back({finding.kind, std::move(finding.message),
                          whole ? std::vector<Transport>() : shared.List()});
  }
  return advisories;
}

}  // namespace portreg
