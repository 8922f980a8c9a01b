// Compares service names, and checks them against the syntax of RFC 6335.
#ifndef PORTREG_COMMON_MODEL_SERVICE_NAME_H_
#define PORTREG_COMMON_MODEL_SERVICE_NAME_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/model/port.h"

namespace portreg {

// The longest name that can be stored or looked up, in bytes. RFC 6335 allows 15;
// registries contain older and longer names.
inline constexpr size_t kMaxServiceNameBytes = 64;

// Returns the form in which names are compared: ASCII letters in lower case (RFC 6335
// section 5.1: comparison ignores case).
std::string FoldServiceName(absl::string_view name);

// Returns the message that no record has the name on `transport` and in `scope`. kNone:
// on any transport. An empty scope: in any.
std::string NotInRegistry(absl::string_view name, Transport transport,
                          absl::string_view scope = {});

// Returns INVALID_ARGUMENT for a name that breaks the syntax of RFC 6335 section 5.1:
// 1-15 characters of A-Z a-z 0-9 and hyphen, at least one letter, no hyphen first, last
// or beside another. Only for new entries, because IANA's registry contains 97 older
// names that break the syntax.
absl::Status CheckServiceNameSyntax(absl::string_view name);

}  // namespace portreg

#endif  // PORTREG_COMMON_MODEL_SERVICE_NAME_H_
