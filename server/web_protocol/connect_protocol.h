// Reads unary calls of the Connect protocol (connectrpc.com/docs/protocol).
#ifndef PORTREG_SERVER_WEB_PROTOCOL_CONNECT_PROTOCOL_H_
#define PORTREG_SERVER_WEB_PROTOCOL_CONNECT_PROTOCOL_H_

#include "absl/strings/string_view.h"
#include "server/http/http_message.h"
#include "server/web_protocol/web_question.h"

namespace portreg::server {

// Reads a call of the method with the name `method`. The body of a POST, or the query of a GET or
// HEAD, contains the request message. Refuses methods that stream, compressed requests, and
// other formats than JSON and Protobuf. Moves the body out of the request. Does not parse the
// message, because that may take long; RequestBytes does.
QuestionOrRefusal ReadConnectCall(HttpRequest& request, absl::string_view method);

// Returns the serialised request message of a question. Returns the errors of FromJson.
absl::StatusOr<std::string> RequestBytes(const WebQuestion& question);

// Returns the media type of messages in a format.
absl::string_view MediaTypeOf(Codec codec);

}  // namespace portreg::server

#endif  // PORTREG_SERVER_WEB_PROTOCOL_CONNECT_PROTOCOL_H_
