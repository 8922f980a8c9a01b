#include "common/judgement/classify.h"

#include <optional>
#include <utility>

#include "common/judgement/claim.h"
#include "common/judgement/port_findings.h"
#include "common/model/registry.h"

namespace portreg {
namespace {

// Returns true if advice of this kind names the transport of the question even if it
// holds for all transports. Advice on the states of the port and on local records always
// has.
bool NamesTheTransport(AdvisoryKind kind) {
  return kind <= AdvisoryKind::kDynamic || kind == AdvisoryKind::kRetiredLocally;
}

}  // namespace

std::vector<Advisory> Advise(const Registry& registry, Port port, Transport transport) {
  Claim anyone;
  anyone.ports = {port, port};
  const TransportSet asked(transport);
  std::vector<Advisory> advisories;
  // Without a day, because answers are stored.
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
