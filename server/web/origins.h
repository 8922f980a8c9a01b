// Decides which other web sites may read answers (CORS).
#ifndef PORTREG_SERVER_WEB_ORIGINS_H_
#define PORTREG_SERVER_WEB_ORIGINS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/http/http_message.h"

namespace portreg::server {

// The origins whose scripts may call the web door from a browser (CORS; Fetch standard, section
// 3.2). Scripts of the door's own origin may always call.
//
// Immutable, so thread-safe.
class Origins {
 public:
  // Allows no other origin.
  Origins() = default;

  // Allows the given origins, such as "https://ports.example.org", without a path; or all
  // origins, if the only text is "*". Returns INVALID_ARGUMENT, naming the text, for anything
  // else, and for an origin that browsers write otherwise, such as "https://a.example:443".
  static absl::StatusOr<Origins> Create(std::vector<std::string> allowed);

  [[nodiscard]] bool empty() const { return allowed_.empty(); }

  // Returns true for a CORS preflight: a request by which a browser asks whether a script may
  // send another one.
  static bool IsPreflight(const HttpRequest& request);

  // Returns the response to a preflight.
  [[nodiscard]] HttpResponse AnswerPreflight(const HttpRequest& request) const;

  // If the origin of the request is allowed, adds the fields that let its scripts read the
  // response.
  void AddFields(const HttpRequest& request, HttpResponse& response) const;

 private:
  explicit Origins(std::vector<std::string> allowed) : allowed_(std::move(allowed)) {}

  // Returns the value of Access-Control-Allow-Origin, or an empty text if the origin is not
  // allowed.
  [[nodiscard]] std::string Allowed(absl::string_view origin) const;

  std::vector<std::string> allowed_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_WEB_ORIGINS_H_
