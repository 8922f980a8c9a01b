// Compresses bodies for clients that accept it.
#ifndef PORTREG_SERVER_HTTP_CONTENT_CODING_H_
#define PORTREG_SERVER_HTTP_CONTENT_CODING_H_

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "server/http/http_message.h"

struct z_stream_s;

namespace portreg::server {

// Bodies with fewer bytes are not compressed, because that would save little.
inline constexpr size_t kLeastCompressedBytes = 1024;

// Returns true if the value of an Accept-Encoding field accepts gzip (RFC 9110, section
// 12.5.3).
bool AcceptsGzip(absl::string_view accept_encoding);
inline bool AcceptsGzip(const HttpRequest& request) {
  return AcceptsGzip(request.List("Accept-Encoding"));
}

// Returns `bytes` in the gzip format (RFC 1952). Returns an empty text if there is not enough
// memory.
std::string Gzip(absl::string_view bytes);

// Sets the body of the response: to `gzip` if it is not empty and the client accepts gzip,
// else to `plain`.
void SetBody(const HttpRequest& request, const HttpBytes& plain, const HttpBytes& gzip,
             HttpResponse& response);

// Compresses a body part by part, with 64 KiB of memory.
//
// Not thread-safe.
class GzipStream {
 public:
  GzipStream();
  ~GzipStream();
  GzipStream(const GzipStream&) = delete;
  GzipStream& operator=(const GzipStream&) = delete;

  // Returns the compressed bytes of `part`. The client can decompress all of it without
  // waiting for the next part. If `last` is true, the bytes also end the gzip stream. Returns
  // an empty text on failure.
  std::string Add(absl::string_view part, bool last);

 private:
  // Null if there was not enough memory.
  std::unique_ptr<z_stream_s> stream_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_HTTP_CONTENT_CODING_H_
