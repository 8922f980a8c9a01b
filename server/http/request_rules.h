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

// The reason for which a request is refused.
struct HttpFault {
  // The HTTP status code of the response.
  int status = 400;
  // A text for people.
  std::string message;
};

// Returns a fault of a request, or nullopt if it has none. Most faults are such that a proxy in
// front of the server could see another end of the request than the server does (request
// smuggling; RFC 9112, sections 5.1, 6.1 and 6.3):
//
// - a field name that is not a token, such as one with a blank in or around it;
// - both Content-Length and Transfer-Encoding, or one of them twice;
// - a Content-Length that is not a whole number;
// - a Transfer-Encoding other than "chunked", or any in HTTP/1.0.
//
// The others are a second Host (RFC 9112, section 3.2), and a target that neither begins with
// "/" nor is "*".
std::optional<HttpFault> FindFault(const HttpRequest& request);

// Returns the path and the query of a target that is a whole URL, such as
// http://ports.example.org/v1/info. Returns any other target unchanged. A server must accept
// whole URLs (RFC 9112, section 3.2.2).
std::string OriginForm(absl::string_view target);

// Returns the size of all fields as HTTP/2 counts it.
size_t FieldBytes(const HttpFields& fields);

// Returns the value of Content-Length, or 0 if the request has no such field. Requires that
// FindFault finds no fault.
uint64_t AnnouncedLength(const HttpRequest& request);

}  // namespace portreg::server

#endif  // PORTREG_SERVER_HTTP_REQUEST_RULES_H_
