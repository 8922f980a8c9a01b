// Compresses bodies for clients that accept it.
#ifndef PORTREG_SERVER_HTTP_CONTENT_CODING_H_
#define PORTREG_SERVER_HTTP_CONTENT_CODING_H_

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "server/http/http_message.h"

struct z_stream_s;

namespace portreg::server {

// Bodies with fewer bytes are sent as they are, because little would be saved.
inline constexpr size_t kLeastCompressedBytes = 1024;

// Returns true if the value of an Accept-Encoding field accepts gzip (RFC 9110, section
// 12.5.3).
bool AcceptsGzip(absl::string_view accept_encoding);
inline bool AcceptsGzip(const HttpRequest& request) {
  return AcceptsGzip(request.List("Accept-Encoding"));
}

// Returns `bytes` in the format of gzip (RFC 1952). Returns an empty text if there is no
// memory for it.
std::string Gzip(absl::string_view bytes);

// Gives the response one of two forms of its body: `gzip` if the client accepts it and it
// is not empty, else `plain`.
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

  // Returns the compressed bytes of `part`, such that all of it can be decompressed. With
  // `last`, also returns the end of the format. Returns an empty text on failure.
  std::string Add(absl::string_view part, bool last);

 private:
  // Null if there is no memory.
  std::unique_ptr<z_stream_s> stream_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_HTTP_CONTENT_CODING_H_
