// The line of a client with TLS, made anew when its files change.
#ifndef PORTREG_CLIENT_CONNECTIONS_RENEWED_LINE_H_
#define PORTREG_CLIENT_CONNECTIONS_RENEWED_LINE_H_

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/connections/line.h"
#include "client/connections/tls_content.h"
#include "common/system/monotonic_time.h"
#include "portreg/client_options.h"

namespace portreg::internal {

// Looks at the files, at most once a second, when a line is asked for: no thread
// is needed, and a client that makes no calls does nothing. New content that
// fits gets a channel of its own; calls under way stay on theirs. Content that
// does not fit, as a pair of which one file has been replaced, is left aside
// until it does.
//
// gRPC could follow the files itself, but a pair that does not match breaks every
// handshake after it, and may end the process.
//
// Thread-safe.
class RenewedLine {
 public:
  // Reads the files and makes the first channel. Errors: those of ReadTlsContent.
  // `options` must have TLS.
  static absl::StatusOr<std::unique_ptr<RenewedLine>> Create(const ClientOptions& options);

  // Returns the line for a new call, after a look at the files if one is due.
  [[nodiscard]] Line Current();

  // Returns the line that new calls got last.
  [[nodiscard]] Line Latest() const;

  // Returns why the files as they are now are not in use; OK if they are.
  [[nodiscard]] absl::Status problem() const;

 private:
  // What tells one content of a file from the next without reading it.
  struct Stamp {
    int error = 0;
    dev_t device = 0;
    ino_t inode = 0;
    off_t size = 0;
    // In nanoseconds.
    int64_t modified = 0;
    int64_t changed = 0;

    bool operator==(const Stamp&) const = default;
  };
  using Stamps = std::vector<Stamp>;

  explicit RenewedLine(const ClientOptions& options) : options_(options) {}

  static Stamp StampOf(const std::string& path);
  [[nodiscard]] Stamps Look() const;
  // Takes up what the files hold now.
  void Renew();

  const ClientOptions options_;
  // Held while files are read; other callers do not wait for it.
  std::mutex reading_;
  // Guarded by reading_.
  TlsContent content_;
  Stamps stamps_;

  mutable std::mutex mutex_;
  // Guarded by mutex_.
  Line line_;
  absl::Status problem_;
  MonotonicTime next_look_ = MonotonicTime::InfinitePast();
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_CONNECTIONS_RENEWED_LINE_H_
