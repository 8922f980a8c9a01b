// Replaces the channel of a client with TLS when its files change.
#ifndef PORTREG_CLIENT_CONNECTIONS_RENEWED_LINE_H_
#define PORTREG_CLIENT_CONNECTIONS_RENEWED_LINE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "client/connections/line.h"
#include "client/connections/tls_content.h"
#include "common/system/file_state.h"
#include "common/system/monotonic_time.h"
#include "portreg/client_options.h"

namespace portreg::internal {

// Checks the files when a line is requested, at most once a second. So it needs no
// thread, and a client that makes no calls does nothing. New content that is usable
// gets a channel of its own; calls under way stay on theirs. Content that is not, such
// as a certificate whose key has not been replaced yet, is ignored until it is.
//
// gRPC could watch the files itself, but a certificate and a key that do not match
// would break all later handshakes, and may end the process.
//
// Thread-safe.
class RenewedLine {
 public:
  // Reads the files and makes the first channel. Errors: those of ReadTlsContent.
  // `options` must have TLS.
  static absl::StatusOr<std::unique_ptr<RenewedLine>> Create(const ClientOptions& options);

  // Returns the line for a new call. Checks the files first if that is due.
  [[nodiscard]] Line Current();

  // Returns the line that Current() returned last.
  [[nodiscard]] Line Latest() const;

  // Returns why the present files are not in use; OK if they are.
  [[nodiscard]] absl::Status problem() const;

 private:
  using States = std::vector<FileState>;

  RenewedLine(const ClientOptions& options, States states, TlsContent content, Line line);

  [[nodiscard]] static States Look(const TlsOptions& tls);
  // Reads the files, unless another thread does, and uses their content if it fits.
  void Renew();
  void RenewLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(reading_);

  const ClientOptions options_;
  // Held while files are read; other callers do not wait for it.
  absl::Mutex reading_ ABSL_ACQUIRED_BEFORE(mutex_);
  TlsContent content_ ABSL_GUARDED_BY(reading_);
  States states_ ABSL_GUARDED_BY(reading_);

  mutable absl::Mutex mutex_;
  Line line_ ABSL_GUARDED_BY(mutex_);
  absl::Status problem_ ABSL_GUARDED_BY(mutex_);
  MonotonicTime next_look_ ABSL_GUARDED_BY(mutex_) = MonotonicTime::InfinitePast();
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_CONNECTIONS_RENEWED_LINE_H_
