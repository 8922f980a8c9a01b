// Finds what is wrong with the rows of one layer, without asking any other layer.
#ifndef PORTREG_COMMON_JUDGEMENT_ROW_FINDINGS_H_
#define PORTREG_COMMON_JUDGEMENT_ROW_FINDINGS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/judgement/collision.h"
#include "common/model/record.h"
#include "common/model/registry.h"

namespace portreg {

// The names of the rules that a repetition breaks, and a column that is not read. All other
// rules have the names of kinds of advice (advisory_kind.h).
inline constexpr absl::string_view kRepetitionRule = "repetition";
inline constexpr absl::string_view kUnreadColumnRule = "unread-column";

// Returns the names of all rules whose findings may be accepted: the kinds of advice, and
// those above.
std::vector<absl::string_view> AcceptableRules();

// A name that breaks the syntax of RFC 6335 section 5.1.
struct InvalidName {
  const ServiceRecord* record;
  // Names the service and the rule that it breaks.
  std::string message;
};

// The faults of the rows of a layer.
struct RowFindings {
  // In the order of Registry::records(), so that a row of several records appears for each.
  std::vector<InvalidName> names;
  std::vector<Collision> repetitions;
  std::vector<Collision> collisions;
  // True if there are more pairs than are listed.
  bool more_repetitions = false;
  bool more_collisions = false;
};

// Judges the rows of `layer`. Lists at most `max_pairs` repetitions and collisions each.
// The registry must outlive the result.
RowFindings JudgeRows(const Registry& registry, Layer layer, size_t max_pairs);

}  // namespace portreg

#endif  // PORTREG_COMMON_JUDGEMENT_ROW_FINDINGS_H_
