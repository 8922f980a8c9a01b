// Reads the head of an HTTP/1.1 request.
#ifndef PORTREG_SERVER_HTTP_REQUEST_H_
#define PORTREG_SERVER_HTTP_REQUEST_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace portreg {

// What is asked; the header fields are left out.
struct HttpRequest {
  std::string method;
  // Without the query, and without the host of a target in absolute form.
  std::string path;
};

// Returns the length of the head at the beginning of what was received, with
// the empty line that ends it; 0 while that line has not come.
size_t HttpHeadBytes(absl::string_view received);

// Reads a head's first line (RFC 9112, section 3). INVALID_ARGUMENT if it is no
// request of HTTP/1.
absl::StatusOr<HttpRequest> ParseHttpHead(absl::string_view head);

}  // namespace portreg

#endif  // PORTREG_SERVER_HTTP_REQUEST_H_
