// Follows the revisions of a registry.
#ifndef PORTREG_WATCHER_H_
#define PORTREG_WATCHER_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg {

namespace internal {
class Watch;
}  // namespace internal

// Receives a revision that the server has begun to serve.
using RevisionCallback = absl::AnyInvocable<void(const v1::WatchResponse&)>;
// Receives an error.
using StatusCallback = absl::AnyInvocable<void(const absl::Status&)>;
// Is called when the server is back.
using RecoveryCallback = absl::AnyInvocable<void()>;

// Configures a watch.
struct WatchOptions {
  // The last revision seen, which is not reported again. Default: empty; then the
  // current revision is reported at once.
  std::string revision;
  // Sent with every call, as CallOptions::metadata. Default: empty.
  std::vector<std::pair<std::string, std::string>> metadata;
  // Pause before a stream that broke is opened again, 1 ms to 1 h. It doubles with
  // each further one that breaks; a pause is randomised between half and all of it.
  // Default: 50 ms.
  absl::Duration initial_backoff = absl::Milliseconds(50);
  // The longest pause, 1 ms to 1 h. Default: 30 s.
  absl::Duration max_backoff = absl::Seconds(30);
  // Called with the error of the stream when the server is lost, and not again
  // before the server has sent a revision or a stream has lasted for max_backoff.
  // UNAVAILABLE if no server could be reached within ClientOptions::timeout,
  // DEADLINE_EXCEEDED if one was reached but did not send its revision in that time.
  // The watch continues by itself. Default: empty.
  StatusCallback on_interruption;
  // Called after on_interruption, when the server has sent its revision again, and
  // before on_revision if that is another one. Default: empty.
  RecoveryCallback on_recovery;
  // Called once, as the last callback, when the watch cannot continue: UNIMPLEMENTED
  // by a server that is too old, PERMISSION_DENIED, UNAUTHENTICATED, or
  // INVALID_ARGUMENT, also for options out of bounds. Not called for a watch that
  // was cancelled. Default: empty.
  StatusCallback on_end;
};

// Follows a registry, from Client::Watch until Cancel() or the end of this object.
//
//   const portreg::Watcher watcher = client->Watch(
//       [&](const portreg::v1::WatchResponse& now) { Refresh(now.revision()); });
//
// A watcher holds a stream open and has no thread of its own. A stream that ends is opened
// again after a pause, which stays the shortest one as long as streams end with OK and
// last for a second or more. If the server cannot be reached, the stream is opened as soon
// as it can.
//
// Callbacks run one at a time, usually on one of gRPC's threads, which they must not
// block; the first ones may run before Client::Watch returns.
//
// Movable. Cancel() is thread-safe. A watcher may outlive its client.
class Watcher {
 public:
  // For the library's use.
  explicit Watcher(std::shared_ptr<internal::Watch> watch);
  // A watcher that was moved from follows nothing.
  Watcher(Watcher&&) noexcept;
  // Cancels the watch that this watcher had.
  Watcher& operator=(Watcher&&) noexcept;
  // Calls Cancel().
  ~Watcher();

  // Ends the watch and destroys its callbacks. No callback runs after this has
  // returned: it waits for one that is running, which must not wait for the caller.
  // Called from within a callback it does not wait; that callback is the last one.
  void Cancel() const;

 private:
  std::shared_ptr<internal::Watch> watch_;
};

}  // namespace portreg

#endif  // PORTREG_WATCHER_H_
