// The line of a client with TLS, made anew when its files change.
#ifndef PORTREG_CLIENT_CONNECTIONS_RENEWED_LINE_H_
#define PORTREG_CLIENT_CONNECTIONS_RENEWED_LINE_H_

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/connections/line.h"
#include "client/connections/tls_content.h"
#include "common/system/file_state.h"
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
  explicit RenewedLine(const ClientOptions& options) : options_(options) {}

  [[nodiscard]] std::vector<FileState> Look() const;
  // Takes up what the files hold now.
  void Renew();

  const ClientOptions options_;
  // Held while files are read; other callers do not wait for it.
  std::mutex reading_;
  // Guarded by reading_.
  TlsContent content_;
  // Of the files that content_ was read from.
  std::vector<FileState> states_;

  mutable std::mutex mutex_;
  // Guarded by mutex_.
  Line line_;
  absl::Status problem_;
  MonotonicTime next_look_ = MonotonicTime::InfinitePast();
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_CONNECTIONS_RENEWED_LINE_H_
