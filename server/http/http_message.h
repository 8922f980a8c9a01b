// Defines HTTP requests and responses.
#ifndef PORTREG_SERVER_HTTP_HTTP_MESSAGE_H_
#define PORTREG_SERVER_HTTP_HTTP_MESSAGE_H_

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

namespace portreg::server {

class HttpExchange;

// Names and values of header fields, in their order.
using HttpFields = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method;
  // Path and query as the client sent them, not decoded.
  std::string target;
  std::string version = "HTTP/1.1";
  HttpFields fields;
  std::string body;

  // Returns the target without its query, not decoded.
  [[nodiscard]] absl::string_view Path() const {
    return absl::string_view(target).substr(0, target.find('?'));
  }

  // Returns the query without its "?", not decoded. Returns an empty text if there is
  // none.
  [[nodiscard]] absl::string_view Query() const {
    const size_t mark = target.find('?');
    if (mark == std::string::npos) return {};
    return absl::string_view(target).substr(mark + 1);
  }

  // Returns all values of a field, joined by commas. Use it for a field that may be given
  // several times (RFC 9110, section 5.3).
  [[nodiscard]] std::string List(absl::string_view name) const {
    std::string list;
    for (const auto& [each, value] : fields) {
      if (!absl::EqualsIgnoreCase(each, name)) continue;
      if (!list.empty()) list += ", ";
      list += value;
    }
    return list;
  }

  // Returns the first value of a field, ignoring the case of its name. Returns an empty
  // text if there is none.
  [[nodiscard]] absl::string_view Field(absl::string_view name) const {
    for (const auto& [each, value] : fields) {
      if (absl::EqualsIgnoreCase(each, name)) return value;
    }
    return {};
  }
};

// The bytes of a body, which several responses may share.
struct HttpBytes {
  HttpBytes() = default;
  // Owns `bytes`.
  HttpBytes(std::string bytes)  // NOLINT(google-explicit-constructor)
      : HttpBytes(std::make_shared<const std::string>(std::move(bytes))) {}
  HttpBytes(const char* bytes)  // NOLINT(google-explicit-constructor)
      : HttpBytes(std::string(bytes)) {}
  explicit HttpBytes(std::shared_ptr<const std::string> bytes)
      : text(*bytes), owner(std::move(bytes)) {}
  // Keeps `keeper`, which owns the bytes of `view`.
  HttpBytes(absl::string_view view, std::shared_ptr<const void> keeper)
      : text(view), owner(std::move(keeper)) {}

  absl::string_view text;
  // Keeps the bytes of `text` alive. Null if they are static.
  std::shared_ptr<const void> owner;
};

// Produces a body part by part. The server calls Read, and destroys the object, on its own
// thread.
class HttpStream {
 public:
  enum class State {
    // Some bytes were written.
    kBytes,
    // There are no bytes yet. The stream has suspended the exchange, and will resume it.
    kWait,
    // The body is complete.
    kEnd,
    // The body cannot be completed. The server closes the connection before the end of the
    // body, so that the client notices it.
    kFailed,
  };

  virtual ~HttpStream() = default;

  // Writes up to `room` bytes to `to`, and sets `written` to their number if it returns
  // kBytes.
  virtual State Read(HttpExchange& exchange, char* to, size_t room, size_t& written) = 0;
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  // Names and values of further header fields.
  HttpFields fields = {};
  HttpBytes body = {};
  // Replaces `body` if it is not null.
  std::shared_ptr<HttpStream> stream = nullptr;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_HTTP_HTTP_MESSAGE_H_
