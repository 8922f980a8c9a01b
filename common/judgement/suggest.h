// Suggests ports that nothing speaks against.
#ifndef PORTREG_COMMON_JUDGEMENT_SUGGEST_H_
#define PORTREG_COMMON_JUDGEMENT_SUGGEST_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/judgement/claim.h"
#include "common/model/advisory_kind.h"
#include "common/model/port.h"
#include "common/model/registry.h"

namespace portreg {

// The registered class, where IANA assigns ports to services of users.
inline constexpr PortRange kSuggestedByDefault = {1024, 49151};

// A wish for ports whose numbers do not matter.
struct SuggestionWish {
  // The transports, the service, the owner and the scope that the ports are for, and the
  // range to choose from.
  Claim claim;
  // Chooses only from the blocks of the claim's owner, which must not be empty.
  bool within_blocks = false;
  size_t count = 1;
  // Chooses neighbouring ports.
  bool adjacent = false;
  // Kinds of findings that do not speak against a port.
  AdvisoryKinds accepted;
  // Orders the candidates, see KeyHash. Empty: the lowest port comes first.
  std::string key;
};

// The ports suggested, and why others are not.
struct Suggestion {
  // In the order of preference; ascending if they are adjacent. Fewer than wished, perhaps
  // none, if there are not enough.
  std::vector<Port> ports;
  // The number of ports in the range, or in the blocks within the range.
  size_t candidate_count = 0;
  // The number of candidates that nothing speaks against.
  size_t free_count = 0;
  // The number of candidates that findings of a kind speak against, in the order of the
  // kinds. A port may count for several kinds.
  std::vector<std::pair<AdvisoryKind, size_t>> refused;
};

// Returns the hash that orders candidates by a key, least first: 64-bit FNV-1a of the key,
// a NUL byte and the port in decimal, mixed by MurmurHash3's fmix64.
uint64_t KeyHash(absl::string_view key, Port port);

// Suggests ports without a finding of severity kWarning or kError, except for accepted
// kinds. Also leaves out all ports that a named record of layer local holds in the
// claim's scope, even one of the claim's own, because such a port is in use. The same
// registry, wish and day give the same suggestion.
Suggestion Suggest(const Registry& registry, const SuggestionWish& wish, absl::CivilDay today);

}  // namespace portreg

#endif  // PORTREG_COMMON_JUDGEMENT_SUGGEST_H_
