// Adds the header fields that every response of the web door has.
#ifndef PORTREG_SERVER_WEB_RESPONSE_FIELDS_H_
#define PORTREG_SERVER_WEB_RESPONSE_FIELDS_H_

#include "server/http/http_message.h"
#include "server/web/origins.h"

namespace portreg::server {

// Adds these fields to a response:
// - fields that forbid browsers to guess its type, to show it in a frame of another site, and
//   to run anything in it. If the response already has a Content-Security-Policy, keeps that;
// - Vary: Accept-Encoding, because bodies may be compressed;
// - the x-request-id and traceparent of the request, as calls by gRPC return them;
// - the CORS fields of `origins`.
void AddResponseFields(const Origins& origins, const HttpRequest& request, HttpResponse& response);

}  // namespace portreg::server

#endif  // PORTREG_SERVER_WEB_RESPONSE_FIELDS_H_
