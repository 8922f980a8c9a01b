// Compares the entity tags of conditional requests.
#ifndef PORTREG_SERVER_HTTP_CONDITIONAL_H_
#define PORTREG_SERVER_HTTP_CONDITIONAL_H_

#include "absl/strings/string_view.h"

namespace portreg::server {

// Returns true if the value of an If-None-Match field contains `tag`, such as W/"a1b2", or
// is "*". Ignores whether a tag is weak (RFC 9110, section 13.1.2).
bool NoneMatchContains(absl::string_view if_none_match, absl::string_view tag);

}  // namespace portreg::server

#endif  // PORTREG_SERVER_HTTP_CONDITIONAL_H_
