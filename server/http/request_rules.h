// Checks the header fields of a request that decide where the request ends.
#ifndef PORTREG_SERVER_HTTP_REQUEST_RULES_H_
#define PORTREG_SERVER_HTTP_REQUEST_RULES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "server/http/http_message.h"

namespace portreg::server {

// Why a request is refused: a status of HTTP, and a text for people.
struct HttpFault {
  int status = 400;
  std::string message;
};

// Returns a fault if a proxy in front of the server could see another end of the request
// than the server does (request smuggling; RFC 9112, sections 5.1, 6.1 and 6.3): a field
// name with a blank in or around it, both Content-Length and Transfer-Encoding, a field of
// these given twice, a length that is not a plain number, a coding other than "chunked", or
// a coding in HTTP/1.0. Also if Host is given twice (RFC 9112, section 3.2), and if the
// target is not a path.
std::optional<HttpFault> FindFault(const HttpRequest& request);

// Returns the path and query of a target that is a whole URL, such as
// http://ports.example.org/v1/info, which a server must accept (RFC 9112, section 3.2.2).
// Returns any other target as it is.
std::string OriginForm(absl::string_view target);

// Returns the bytes that HTTP/2 would count for the fields (RFC 9113, section 6.5.2).
size_t FieldBytes(const HttpFields& fields);

// Returns the length that the client announces for the body. Returns 0 if there is none.
// The request must have no fault.
uint64_t AnnouncedLength(const HttpRequest& request);

}  // namespace portreg::server

#endif  // PORTREG_SERVER_HTTP_REQUEST_RULES_H_
