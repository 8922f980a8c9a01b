// Judges a claim at one port. No other code decides what speaks against a port.
#ifndef PORTREG_COMMON_JUDGEMENT_PORT_FINDINGS_H_
#define PORTREG_COMMON_JUDGEMENT_PORT_FINDINGS_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "common/judgement/claim.h"
#include "common/model/advisory_kind.h"
#include "common/model/port.h"
#include "common/model/range_rules.h"
#include "common/model/registry.h"

namespace portreg {

// A statement of the registry about a claim, for one port.
struct PortFinding {
  FindingSeverity severity;
  AdvisoryKind kind;
  // One sentence, for people to read.
  std::string message;
  // The transports of the claim that the finding is about.
  TransportSet transports;
  // The records that cause the finding; at most kMaxFindingRecords.
  std::vector<RecordIndex> records;
};

// The most records that a finding names, and the most findings of one kind about a port.
inline constexpr size_t kMaxFindingRecords = 10;
inline constexpr size_t kMaxFindingsOfKind = 20;

// Adds records to those of a finding, each once and at most kMaxFindingRecords.
void AddRecords(const std::vector<RecordIndex>& more, std::vector<RecordIndex>& records);

// Returns the findings about `port` on the claim's transports, in the order of
// AdvisoryKind. The claim's ports must include `port`. `today` decides which records are
// past their last day; without it, no finding depends on the day.
//
// The claim's own service does not speak against a port. A service that IANA or the
// practice table has on the port is the claim's own if its name or an alias of it is the
// claim's. Names that IANA has on one slot are aliases of each other.
std::vector<PortFinding> FindingsAt(const Registry& registry, Port port, const Claim& claim,
                                    std::optional<absl::CivilDay> today);

// Returns the severity of the finding about a port in this state.
FindingSeverity SeverityOf(AssignmentState state);

// Returns true if a record gives its ports to somebody. A record of IANA does if it
// assigns them; any other record does unless it is retired.
bool Gives(const ServiceRecord& record);

// Returns true if a record of the practice table says that `port` is commonly used.
// Returns false for software with the name of IANA's service on the port, because it adds
// nothing to IANA's record.
bool IsCommonUse(const Registry& registry, Port port, const ServiceRecord& record);

// Returns true if the last day of a record is before `today`.
bool IsPast(const ServiceRecord& record, absl::CivilDay today);

// Returns the transports on which a rule holds.
TransportSet TransportsOf(const RangeRule& rule);

}  // namespace portreg

#endif  // PORTREG_COMMON_JUDGEMENT_PORT_FINDINGS_H_
