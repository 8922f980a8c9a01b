// Judges claims: finds what speaks against using some ports for some service.
#ifndef PORTREG_COMMON_JUDGEMENT_JUDGEMENT_H_
#define PORTREG_COMMON_JUDGEMENT_JUDGEMENT_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "common/judgement/claim.h"
#include "common/model/advisory_kind.h"
#include "common/model/port.h"
#include "common/model/registry.h"

namespace portreg {

// A statement of the registry about a claim, for some of its ports.
struct Finding {
  FindingSeverity severity;
  AdvisoryKind kind;
  // One sentence, for people to read.
  std::string message;
  // The part of the claim that the finding is about.
  PortRange ports;
  TransportSet transports = TransportSet(Transport::kNone);
  // The records that cause the finding; at most kMaxFindingRecords of them.
  std::vector<RecordIndex> records = {};
  // The index of the other claim that this one collides with.
  std::optional<size_t> other_claim = {};
};

// The most findings of a judgement.
inline constexpr size_t kMaxFindings = 100;

// The findings about a claim: the gravest first, then by kind, then by first port.
// Findings about neighbouring ports are one if kind, message and transports are equal.
struct Judgement {
  // The first kMaxFindings.
  std::vector<Finding> findings;
  // The number of all findings.
  size_t total_count = 0;
};

// Judges claims[which] by the registry and by the other claims. A claim does not conflict
// with a record of the same service and owner, nor with another claim of these. A name
// that breaks RFC 6335 section 5.1 is an error. `today` decides which records are past
// their last day.
//
// Takes time in proportion to the claim's width and to the number of claims.
Judgement Judge(const Registry& registry, absl::Span<const Claim> claims, size_t which,
                absl::CivilDay today);

}  // namespace portreg

#endif  // PORTREG_COMMON_JUDGEMENT_JUDGEMENT_H_
