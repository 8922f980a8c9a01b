// Answers conditional requests.
#ifndef PORTREG_SERVER_HTTP_CONDITIONAL_H_
#define PORTREG_SERVER_HTTP_CONDITIONAL_H_

#include "absl/strings/string_view.h"
#include "server/http/http_message.h"

namespace portreg::server {

// Returns true if the value of an If-None-Match field contains `tag`, such as W/"a1b2", or
// is "*". Ignores whether a tag is weak (RFC 9110, section 13.1.2).
bool NoneMatchContains(absl::string_view if_none_match, absl::string_view tag);

// Adds the entity tag to a response to GET or HEAD. If the client already has the answer with
// this tag, makes the response 304, which has no body (RFC 9110, section 15.4.5), and returns
// true.
bool Revalidate(const HttpRequest& request, absl::string_view tag, HttpResponse& response);

}  // namespace portreg::server

#endif  // PORTREG_SERVER_HTTP_CONDITIONAL_H_
