// Heads of HTTP requests, which Prometheus sends, and whoever else.
#include <string>

#include "absl/strings/str_cat.h"
#include "server/http_request.h"
#include "tests/fuzz/require.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace portreg;        // NOLINT(google-build-using-namespace): the one entry
  using namespace portreg::fuzz;  // NOLINT(google-build-using-namespace)
  const absl::string_view text = TextOf(data, size);
  const size_t bytes = HttpHeadBytes(text);
  Require(bytes <= text.size(), "a head is no longer than what was received", text);
  Require(bytes == 0 || HttpHeadBytes(text.substr(0, bytes)) == bytes, "it is a head alone", text);
  Require(bytes == 0 || HttpHeadBytes(text.substr(0, bytes - 1)) == 0, "it is not one byte shorter",
          text);
  const absl::StatusOr<HttpRequest> request = ParseHttpHead(text);
  if (!request.ok()) {
    Require(request.status().code() == absl::StatusCode::kInvalidArgument, "it is refused", text);
    return 0;
  }
  Require(!request->method.empty(), "a request has a method", text);
  if (request->path.empty()) return 0;
  const absl::StatusOr<HttpRequest> again =
      ParseHttpHead(absl::StrCat(request->method, " ", request->path, " HTTP/1.1\r\n\r\n"));
  Require(again.ok() && again->method == request->method, "what was read can be read again", text);
  return 0;
}
