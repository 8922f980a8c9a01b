// Describes a wish to use ports, and compares it with an organisation's own records.
#ifndef PORTREG_COMMON_JUDGEMENT_CLAIM_H_
#define PORTREG_COMMON_JUDGEMENT_CLAIM_H_

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "common/model/port.h"
#include "common/model/record.h"

namespace portreg {

// A set of the four transports.
class TransportSet {
 public:
  static TransportSet None() { return {}; }
  // Ignores kNone. Makes the set of all transports if there is no other transport.
  explicit TransportSet(const std::vector<Transport>& transports);
  explicit TransportSet(Transport transport) : TransportSet(std::vector<Transport>{transport}) {}

  // Requires a transport other than kNone.
  [[nodiscard]] bool Has(Transport transport) const { return bits_[PlaceOf(transport)]; }
  void Add(Transport transport) { bits_.set(PlaceOf(transport)); }
  [[nodiscard]] bool empty() const { return bits_.none(); }
  [[nodiscard]] bool IsAll() const { return bits_.all(); }
  [[nodiscard]] TransportSet And(TransportSet other) const;
  [[nodiscard]] TransportSet Or(TransportSet other) const;

  // Returns the transports in the order of kTransports; nothing if it is all of them.
  [[nodiscard]] std::vector<Transport> List() const;

  friend bool operator==(const TransportSet&, const TransportSet&) = default;

 private:
  constexpr TransportSet() = default;
  static size_t PlaceOf(Transport transport) { return static_cast<size_t>(transport) - 1; }

  std::bitset<kTransports.size()> bits_;
};

// A wish to use ports.
struct Claim {
  PortRange ports;
  TransportSet transports = TransportSet(Transport::kNone);
  // Empty: a block of ports of the owner.
  std::string service;
  std::string owner;
  // Empty: everywhere.
  std::string scope;

  // Returns true if nobody is known who claims: the claim then has no record of its own,
  // and no other claim is its own.
  [[nodiscard]] bool is_anonymous() const { return service.empty() && owner.empty(); }
};

// The meaning of a record of layer local for a claim, at a port and transport that both
// cover.
enum class ClaimRelation : uint8_t {
  // The record holds in another scope, or the claim's owner or service has retired it.
  kNone,
  // The record is the claim's own, or one refines the other.
  kOwn,
  // Another owner or service holds the ports.
  kHeld,
  // Another owner or service has retired the ports.
  kRetired,
};

// Requires a record with ports that overlap the claim's.
ClaimRelation RelationOf(const ServiceRecord& record, const Claim& claim);

// Returns true if two claims share a port, a transport and a scope, and collide by the
// rules of Collision. Anonymous claims collide with every other.
bool ClaimsCollide(const Claim& one, const Claim& other);

}  // namespace portreg

#endif  // PORTREG_COMMON_JUDGEMENT_CLAIM_H_
