// Adds the header fields that every response of the web door has.
#ifndef PORTREG_SERVER_WEB_RESPONSE_FIELDS_H_
#define PORTREG_SERVER_WEB_RESPONSE_FIELDS_H_

#include "server/http/http_message.h"
#include "server/web/origins.h"

namespace portreg::server {

// Adds
// - fields that keep browsers from guessing types, from showing an answer within another
//   site, and from running anything in it, unless the response has a policy of its own;
// - Vary, because answers may be compressed;
// - the caller's x-request-id and traceparent, as gRPC's calls do;
// - those of `origins`.
void AddResponseFields(const Origins& origins, const HttpRequest& request, HttpResponse& response);

}  // namespace portreg::server

#endif  // PORTREG_SERVER_WEB_RESPONSE_FIELDS_H_
