#include "common/judgement/row_findings.h"

#include <cstddef>

#include "absl/status/status.h"
#include "common/model/advisory_kind.h"
#include "common/model/service_name.h"

namespace portreg {
namespace {

// Drops the pairs beyond `max_pairs`. Returns true if there were more.
bool Limit(size_t max_pairs, std::vector<Collision>& pairs) {
  if (pairs.size() <= max_pairs) return false;
  pairs.erase(pairs.begin() + static_cast<std::ptrdiff_t>(max_pairs), pairs.end());
  return true;
}

}  // namespace

std::vector<absl::string_view> AcceptableRules() {
  std::vector<absl::string_view> rules;
  rules.reserve(kAdvisoryKinds.size() + 2);
  for (const AdvisoryKind kind : kAdvisoryKinds) rules.push_back(ToString(kind));
  rules.push_back(kRepetitionRule);
  rules.push_back(kUnreadColumnRule);
  return rules;
}

RowFindings JudgeRows(const Registry& registry, Layer layer, size_t max_pairs) {
  RowFindings found;
  for (const ServiceRecord* const record : registry.records()) {
    if (record->layer != layer || !record->named()) continue;
    const absl::Status status = CheckServiceNameSyntax(record->service);
    if (!status.ok()) found.names.push_back({record, std::string(status.message())});
  }
  found.repetitions = FindRepetitions(registry, layer, max_pairs + 1);
  found.more_repetitions = Limit(max_pairs, found.repetitions);
  found.collisions = FindCollisions(registry, layer, max_pairs + 1);
  found.more_collisions = Limit(max_pairs, found.collisions);
  return found;
}

}  // namespace portreg
