// Checks and compares scopes, which say where a record of layer local holds.
//
// A scope is labels with "/" between them, such as eu/prod. The empty scope is
// everywhere.
#ifndef PORTREG_COMMON_MODEL_SCOPE_H_
#define PORTREG_COMMON_MODEL_SCOPE_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/model/record.h"

namespace portreg {

inline constexpr size_t kMaxScopeBytes = 64;

// Returns INVALID_ARGUMENT, naming the scope and what is allowed, unless `scope` is empty
// or consists of labels of visible ASCII characters, and has at most kMaxScopeBytes.
absl::Status CheckScope(absl::string_view scope);

// Returns true if one scope contains the other. The empty scope contains every scope.
// Any other scope contains itself and the scopes that begin with its labels: eu
// contains eu/prod.
bool ScopesOverlap(absl::string_view one, absl::string_view other);

// Returns true if a record answers a question about `scope`: its own scope overlaps, or
// it is of another layer than local, which holds everywhere. Every record answers a
// question about the empty scope.
bool HoldsIn(const ServiceRecord& record, absl::string_view scope);

}  // namespace portreg

#endif  // PORTREG_COMMON_MODEL_SCOPE_H_
