// Makes the responses to requests that fail.
#ifndef PORTREG_SERVER_WEB_PROTOCOL_ERROR_REPLY_H_
#define PORTREG_SERVER_WEB_PROTOCOL_ERROR_REPLY_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "server/http/http_message.h"
#include "server/web_protocol/web_question.h"

namespace portreg::server {

// Returns the name of a code in the Connect protocol, such as "invalid_argument".
absl::string_view ConnectCode(absl::StatusCode code);

// Returns the HTTP status code that the Connect protocol assigns to a code.
int HttpStatusOf(absl::StatusCode code);

// Returns the error as the Connect protocol writes it:
//
//   {"code": "not_found", "message": "...",
//    "details": [{"type": "google.rpc.ErrorInfo", "value": "...",
//                 "debug": {"reason": "SERVICE_NOT_FOUND", "domain": "portreg"}}]}
//
// The value of a detail is its serialised message in base64. "debug" is the same message as
// JSON.
std::string ErrorJson(const absl::Status& error);

// Returns the response to a request that is refused.
HttpResponse ErrorReply(const WebRefusal& refusal);

}  // namespace portreg::server

#endif  // PORTREG_SERVER_WEB_PROTOCOL_ERROR_REPLY_H_
