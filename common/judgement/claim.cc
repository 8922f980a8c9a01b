#include "common/judgement/claim.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "common/judgement/collision.h"
#include "common/model/scope.h"

namespace portreg {
namespace {

// Returns the record that the claim would be. It holds views of the claim and refers to
// `details`. It states no transport, because transports are compared one by one.
ServiceRecord RecordOf(const Claim& claim, RecordDetails& details) {
  ServiceRecord record;
  record.ports = claim.ports;
  record.layer = Layer::kLocal;
  record.service = claim.service;
  record.scope = claim.scope;
  details.owner = claim.owner;
  record.details = &details;
  return record;
}

// Returns true if the claim is of the owner who retired the record, or of the same
// service if the record has no owner.
bool IsOfFormerHolder(const ServiceRecord& record, const Claim& claim) {
  if (claim.is_anonymous()) return false;
  const absl::string_view owner = OwnerOf(record);
  if (owner != claim.owner) return false;
  return !owner.empty() || absl::EqualsIgnoreCase(record.service, claim.service);
}

}  // namespace

TransportSet::TransportSet(const std::vector<Transport>& transports) {
  for (const Transport transport : transports) {
    if (transport != Transport::kNone) Add(transport);
  }
  if (bits_.none()) bits_.set();
}

TransportSet TransportSet::And(TransportSet other) const {
  other.bits_ &= bits_;
  return other;
}

TransportSet TransportSet::Or(TransportSet other) const {
  other.bits_ |= bits_;
  return other;
}

std::vector<Transport> TransportSet::List() const {
  std::vector<Transport> transports;
  if (IsAll()) return transports;
  for (const Transport transport : kTransports) {
    if (Has(transport)) transports.push_back(transport);
  }
  return transports;
}

ClaimRelation RelationOf(const ServiceRecord& record, const Claim& claim) {
  if (!ScopesOverlap(record.scope, claim.scope)) return ClaimRelation::kNone;
  if (record.status == RecordStatus::kRetired) {
    return IsOfFormerHolder(record, claim) ? ClaimRelation::kNone : ClaimRelation::kRetired;
  }
  if (claim.is_anonymous()) return ClaimRelation::kHeld;
  // The claim's record is of no transport, so that it shares the record's.
  RecordDetails details;
  return Collide(RecordOf(claim, details), record) ? ClaimRelation::kHeld : ClaimRelation::kOwn;
}

bool ClaimsCollide(const Claim& one, const Claim& other) {
  const bool share_slot = one.ports.first <= other.ports.last &&
                          other.ports.first <= one.ports.last &&
                          !one.transports.And(other.transports).empty();
  if (!share_slot) return false;
  if (one.is_anonymous() || other.is_anonymous()) return ScopesOverlap(one.scope, other.scope);
  RecordDetails details;
  RecordDetails other_details;
  return Collide(RecordOf(one, details), RecordOf(other, other_details));
}

}  // namespace portreg
