// Decodes paths and queries of URLs.
#ifndef PORTREG_SERVER_HTTP_URL_H_
#define PORTREG_SERVER_HTTP_URL_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace portreg::server {

// The decoded names and values of a query, in their order.
using QueryParameters = std::vector<std::pair<std::string, std::string>>;

// Replaces each %XX by its byte (RFC 3986, section 2.1). Returns INVALID_ARGUMENT, naming
// the text, if two hexadecimal digits do not follow a "%". The result may be any bytes.
absl::StatusOr<std::string> DecodePercent(absl::string_view text);

// Splits a path such as "/v1/ports/443" at "/" and decodes its parts: "v1", "ports",
// "443". A decoded part may contain "/". Returns INVALID_ARGUMENT as DecodePercent does.
absl::StatusOr<std::vector<std::string>> SplitPath(absl::string_view path);

// Splits a query such as "first=80&last=90", without its "?". "+" stands for a blank. A
// name without "=" has an empty value. Returns INVALID_ARGUMENT as DecodePercent does.
absl::StatusOr<QueryParameters> SplitQuery(absl::string_view query);

}  // namespace portreg::server

#endif  // PORTREG_SERVER_HTTP_URL_H_
