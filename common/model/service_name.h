// Service names: what may be asked for, how names compare, and which ones
// RFC 6335 allows for new entries.
#ifndef PORTREG_COMMON_MODEL_SERVICE_NAME_H_
#define PORTREG_COMMON_MODEL_SERVICE_NAME_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/model/port.h"

namespace portreg {

// The longest name that can be stored or asked for, in bytes. RFC 6335 allows
// 15; registries hold older and longer ones.
inline constexpr size_t kMaxServiceNameBytes = 64;

// The form that names compare by: ASCII letters in lower case (RFC 6335
// section 5.1: comparison ignores case).
std::string FoldServiceName(absl::string_view name);

// What is said where no record has the name: on any transport, or on that one.
std::string NotInRegistry(absl::string_view name, Transport transport);

// INVALID_ARGUMENT for a name that breaks the syntax of RFC 6335 section 5.1:
// 1-15 characters of A-Z a-z 0-9 and hyphen, at least one letter, no hyphen
// first, last or beside another. Registries hold 97 older names that break it;
// it is a rule for new entries.
absl::Status CheckServiceNameSyntax(absl::string_view name);

}  // namespace portreg

#endif  // PORTREG_COMMON_MODEL_SERVICE_NAME_H_
