// Defines the call that a web request makes, and the refusal of a request.
#ifndef PORTREG_SERVER_WEB_PROTOCOL_WEB_QUESTION_H_
#define PORTREG_SERVER_WEB_PROTOCOL_WEB_QUESTION_H_

#include <optional>
#include <string>
#include <variant>

#include "absl/status/status.h"
#include "common/system/monotonic_time.h"
#include "server/http/http_message.h"
#include "server/service/method.h"

namespace portreg::server {

// The format of a message.
enum class Codec { kJson, kProto };

// A call of a method of the service.
struct WebQuestion {
  Method method = Method::kOther;
  // The request message, in the format that `request_codec` names. RequestBytes reads it.
  std::string request = {};
  Codec request_codec = Codec::kProto;
  // The format of the response's message.
  Codec codec = Codec::kJson;
  // When the client stops waiting.
  MonotonicTime deadline = MonotonicTime::InfiniteFuture();
};

// The reason for which a request is refused.
struct WebRefusal {
  absl::Status error;
  // The HTTP status code. 0: the one that HttpStatusOf() returns for the error's code.
  int http_status = 0;
  // Further header fields of the response.
  HttpFields fields = {};
  // The method that the request calls. Empty if it calls none; then it is not counted.
  std::optional<Method> method = {};
};

using QuestionOrRefusal = std::variant<WebQuestion, WebRefusal>;

}  // namespace portreg::server

#endif  // PORTREG_SERVER_WEB_PROTOCOL_WEB_QUESTION_H_
