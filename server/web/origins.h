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

// The origins whose scripts may call the web door from a browser, by the protocol of the
// Fetch standard (section 3.2). Browsers let scripts of the door's own origin call in any
// case.
//
// Immutable, so thread-safe.
class Origins {
 public:
  // Allows no other origin.
  Origins() = default;

  // `allowed` has origins such as "https://ports.example.org", without a path, or only "*"
  // for all. Returns INVALID_ARGUMENT, naming the text, for anything else.
  static absl::StatusOr<Origins> Create(std::vector<std::string> allowed);

  [[nodiscard]] bool empty() const { return allowed_.empty(); }

  // Returns true if the request asks whether another request may follow.
  static bool IsPreflight(const HttpRequest& request);

  // Returns the response to such a request.
  [[nodiscard]] HttpResponse AnswerPreflight(const HttpRequest& request) const;

  // Adds the fields that let the request's origin read the response, if it may.
  void AddFields(const HttpRequest& request, HttpResponse& response) const;

 private:
  explicit Origins(std::vector<std::string> allowed) : allowed_(std::move(allowed)) {}

  // Returns the value of Access-Control-Allow-Origin. Returns an empty text if the origin
  // may not call.
  [[nodiscard]] std::string Allowed(absl::string_view origin) const;

  std::vector<std::string> allowed_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_WEB_ORIGINS_H_
