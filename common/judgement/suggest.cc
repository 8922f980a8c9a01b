#include "common/judgement/suggest.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <memory>
#include <optional>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "common/judgement/port_findings.h"
#include "common/model/range_rules.h"
#include "common/model/record.h"
#include "common/model/scope.h"
#include "common/model/service_name.h"

namespace portreg {
namespace {

void Set(AdvisoryKinds& kinds, AdvisoryKind kind) { kinds.set(static_cast<size_t>(kind)); }

// Finds the kinds of findings that speak against ports for one wish. Agrees with
// FindingsAt, but neither makes texts nor looks at a state twice, because a call asks
// about tens of thousands of ports.
class Refusals {
 public:
  Refusals(const Registry& registry, const SuggestionWish& wish, absl::CivilDay today)
      : registry_(registry),
        claim_(wish.claim),
        at_one_port_(wish.claim),
        transports_(wish.claim.transports.IsAll()
                        ? std::vector<Transport>(kTransports.begin(), kTransports.end())
                        : wish.claim.transports.List()),
        today_(today) {
    if (!claim_.service.empty() && !CheckServiceNameSyntax(claim_.service).ok()) {
      Set(by_name_, AdvisoryKind::kServiceNameInvalid);
    }
    FindOwnNames();
  }

  AdvisoryKinds At(Port port) {
    at_one_port_.ports = {port, port};
    AdvisoryKinds kinds = ByRules(port) | by_name_;
    if (has_own_name_[port]) {
      AddFindings(port, kinds);
      AddNamedHolders(port, kinds);
      return kinds;
    }
    for (const RecordIndex index : registry_.AtPort(port)) {
      const ServiceRecord& record = registry_.record(index);
      if (record.layer == Layer::kIana) break;
      if (!Concerns(record)) continue;
      if (record.layer == Layer::kLocal) AddLocal(record, kinds);
      const bool is_use =
          IsCommonUse(registry_, port, record) && ScopesOverlap(record.scope, claim_.scope);
      if (is_use) Set(kinds, AdvisoryKind::kCommonlyUsed);
    }
    AddStates(port, kinds);
    return kinds;
  }

 private:
  // Marks the ports where records are known by the name of the claim's service, because
  // these may not speak against a port.
  void FindOwnNames() {
    if (claim_.service.empty()) return;
    for (const RecordIndex index : registry_.ByName(claim_.service)) {
      const ServiceRecord& record = registry_.record(index);
      if (!record.ports) continue;
      for (size_t port = record.ports->first; port <= record.ports->last; ++port) {
        has_own_name_.set(port);
      }
    }
  }

  [[nodiscard]] bool Concerns(const ServiceRecord& record) const {
    return std::any_of(transports_.begin(), transports_.end(), [&record](Transport transport) {
      return Answers(record.transport, transport);
    });
  }

  void AddFindings(Port port, AdvisoryKinds& kinds) const {
    for (const PortFinding& finding : FindingsAt(registry_, port, at_one_port_, today_)) {
      if (finding.severity >= FindingSeverity::kWarning) Set(kinds, finding.kind);
    }
  }

  void AddNamedHolders(Port port, AdvisoryKinds& kinds) const {
    for (const RecordIndex index : registry_.AtPort(port)) {
      const ServiceRecord& record = registry_.record(index);
      if (record.layer != Layer::kLocal) break;
      if (Concerns(record)) AddLocal(record, kinds);
    }
  }

  void AddLocal(const ServiceRecord& record, AdvisoryKinds& kinds) const {
    const ClaimRelation relation = RelationOf(record, at_one_port_);
    if (relation == ClaimRelation::kRetired) Set(kinds, AdvisoryKind::kRetiredLocally);
    if (relation == ClaimRelation::kHeld) Set(kinds, AdvisoryKind::kTakenLocally);
    if (relation != ClaimRelation::kOwn) return;
    if (record.named()) Set(kinds, AdvisoryKind::kTakenLocally);
    if (IsPast(record, today_)) Set(kinds, AdvisoryKind::kPastUntil);
    if (record.status == RecordStatus::kDeprecated) Set(kinds, AdvisoryKind::kDeprecatedLocally);
  }

  void AddStates(Port port, AdvisoryKinds& kinds) const {
    for (const Transport transport : transports_) {
      const AssignmentState state = registry_.iana_states().At(port, transport);
      if (state == AssignmentState::kAssigned) Set(kinds, AdvisoryKind::kIanaAssigned);
      if (state == AssignmentState::kReserved) Set(kinds, AdvisoryKind::kIanaReserved);
    }
  }

  // Computes each set of rules once.
  AdvisoryKinds ByRules(Port port) {
    const size_t set = registry_.range_rules().SetAt(port);
    if (by_rules_.size() <= set) by_rules_.resize(set + 1);
    std::optional<AdvisoryKinds>& kinds = by_rules_[set];
    if (!kinds) {
      kinds.emplace();
      for (const RangeRule* const rule : registry_.range_rules().AtPort(port)) {
        const bool speaks = rule->severity >= FindingSeverity::kWarning &&
                            !TransportsOf(*rule).And(claim_.transports).empty();
        if (speaks) Set(*kinds, rule->kind());
      }
    }
    return *kinds;
  }

  const Registry& registry_;
  const Claim& claim_;
  // The claim at the port in question.
  Claim at_one_port_;
  const std::vector<Transport> transports_;
  const absl::CivilDay today_;
  // The kinds that speak against every port, because of the service's name.
  AdvisoryKinds by_name_;
  std::bitset<kPortCount> has_own_name_;
  // By RangeRules::SetAt.
  std::vector<std::optional<AdvisoryKinds>> by_rules_;
};

// Returns true if the record is a block of the claim's owner, and holds everywhere in the
// claim's scope.
bool IsBlockFor(const ServiceRecord& record, const Claim& claim) {
  return record.layer == Layer::kLocal && !record.named() && record.ports &&
         record.scope.size() <= claim.scope.size() &&
         RelationOf(record, claim) == ClaimRelation::kOwn;
}

// Returns the ports that blocks of the claim's owner hold on all transports of the claim.
std::bitset<kPortCount> PortsOfBlocks(const Registry& registry, const Claim& claim) {
  std::array<std::bitset<kPortCount>, kTransports.size()> held;
  for (const ServiceRecord* const record : registry.records()) {
    if (!IsBlockFor(*record, claim)) continue;
    for (size_t i = 0; i < kTransports.size(); ++i) {
      if (!Answers(record->transport, kTransports[i])) continue;
      for (size_t port = record->ports->first; port <= record->ports->last; ++port) {
        held[i].set(port);
      }
    }
  }
  std::bitset<kPortCount> ports;
  ports.set();
  for (size_t i = 0; i < kTransports.size(); ++i) {
    if (claim.transports.Has(kTransports[i])) ports &= held[i];
  }
  return ports;
}

// Chooses `wish.count` of the free ports, which ascend.
std::vector<Port> Choose(const SuggestionWish& wish, std::vector<Port> free) {
  const size_t count = wish.count;
  if (wish.adjacent) {
    // Keeps the first port of each run that is long enough.
    std::vector<Port> firsts;
    for (size_t i = 0; i + count <= free.size(); ++i) {
      if (free[i + count - 1] - free[i] == static_cast<int>(count) - 1) firsts.push_back(free[i]);
    }
    free = std::move(firsts);
  }
  const size_t chosen = wish.adjacent ? 1 : count;
  if (!wish.key.empty()) {
    std::vector<std::pair<uint64_t, Port>> ordered;
    ordered.reserve(free.size());
    for (const Port port : free) ordered.emplace_back(KeyHash(wish.key, port), port);
    const auto end = ordered.begin() + static_cast<std::ptrdiff_t>(std::min(chosen, free.size()));
    std::partial_sort(ordered.begin(), end, ordered.end());
    for (size_t i = 0; i < free.size(); ++i) free[i] = ordered[i].second;
  }
  free.resize(std::min(chosen, free.size()));
  if (!wish.adjacent || free.empty()) return free;
  for (size_t i = 1; i < count; ++i) free.push_back(static_cast<Port>(free[0] + i));
  return free;
}

}  // namespace

uint64_t KeyHash(absl::string_view key, Port port) {
  uint64_t hash = 0xcbf29ce484222325;
  const auto add = [&hash](absl::string_view bytes) {
    for (const unsigned char byte : bytes) hash = (hash ^ byte) * 0x100000001b3;
  };
  add(key);
  add(absl::string_view("\0", 1));
  add(absl::AlphaNum(port).Piece());
  hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccd;
  hash = (hash ^ hash >> 33) * 0xc4ceb9fe1a85ec53;
  return hash ^ hash >> 33;
}

Suggestion Suggest(const Registry& registry, const SuggestionWish& wish, absl::CivilDay today) {
  Suggestion suggestion;
  // On the heap, because it has a bit for each port.
  const auto refusals = std::make_unique<Refusals>(registry, wish, today);
  std::optional<std::bitset<kPortCount>> blocks;
  if (wish.within_blocks) blocks = PortsOfBlocks(registry, wish.claim);
  std::array<size_t, AdvisoryKinds().size()> refused = {};
  std::vector<Port> free;
  for (size_t port = wish.claim.ports.first; port <= wish.claim.ports.last; ++port) {
    if (blocks && !blocks->test(port)) continue;
    ++suggestion.candidate_count;
    const AdvisoryKinds kinds = refusals->At(static_cast<Port>(port)) & ~wish.accepted;
    if (kinds.none()) free.push_back(static_cast<Port>(port));
    for (size_t i = 0; i < kinds.size() && kinds.any(); ++i) refused[i] += kinds[i] ? 1 : 0;
  }
  suggestion.free_count = free.size();
  for (size_t i = 0; i < refused.size(); ++i) {
    if (refused[i] > 0) suggestion.refused.emplace_back(static_cast<AdvisoryKind>(i), refused[i]);
  }
  suggestion.ports = Choose(wish, std::move(free));
  return suggestion;
}

}  // namespace portreg
