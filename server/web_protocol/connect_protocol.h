// Reads unary calls of the Connect protocol (connectrpc.com/docs/protocol).
#ifndef PORTREG_SERVER_WEB_PROTOCOL_CONNECT_PROTOCOL_H_
#define PORTREG_SERVER_WEB_PROTOCOL_CONNECT_PROTOCOL_H_

#include "absl/strings/string_view.h"
#include "server/http/http_message.h"
#include "server/web_protocol/web_question.h"

namespace portreg::server {

// Reads a call of the method with that name by POST, whose body is the request, or by GET,
// whose query contains it. HEAD counts as GET. Refuses streams, compressed requests, and
// other formats than JSON and Protobuf. Takes the body out of the request, and does not
// read the message, because that may take long.
QuestionOrRefusal ReadConnectCall(HttpRequest& request, absl::string_view method);

// Returns the serialised request message of a question. Returns the errors of FromJson.
absl::StatusOr<std::string> RequestBytes(const WebQuestion& question);

// Returns the media type of messages.
absl::string_view MediaTypeOf(Codec codec);

}  // namespace portreg::server

#endif  // PORTREG_SERVER_WEB_PROTOCOL_CONNECT_PROTOCOL_H_
