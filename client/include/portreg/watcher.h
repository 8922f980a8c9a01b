// Follows the changes of a registry.
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

// Takes a revision that the server has begun to serve.
using RevisionCallback = absl::AnyInvocable<void(const v1::WatchResponse&)>;
// Takes what went wrong.
using StatusCallback = absl::AnyInvocable<void(const absl::Status&)>;
// Takes that the server is back.
using RecoveryCallback = absl::AnyInvocable<void()>;

// How a registry is followed.
struct WatchOptions {
  // The last revision seen, which is not told again. Default: empty, none: the
  // current one is told at once.
  std::string revision;
  // Sent along with every call, as CallOptions::metadata. Default: none.
  std::vector<std::pair<std::string, std::string>> metadata;
  // Pause before a stream that broke is opened again, 1 ms to 1 h; it doubles
  // with each further one that breaks, and half of it is left to chance.
  // Default: 50 ms.
  absl::Duration initial_backoff = absl::Milliseconds(50);
  // The longest pause, 1 ms to 1 h. Default: 30 s.
  absl::Duration max_backoff = absl::Seconds(30);
  // Called when the server is lost, and not again until it has told a revision
  // or a stream has stood for max_backoff, with what the stream broke with:
  // UNAVAILABLE if no server could be reached within ClientOptions::timeout,
  // DEADLINE_EXCEEDED if one was, but did not tell its revision in that time. The
  // watch goes on by itself. Default: none.
  StatusCallback on_interruption;
  // Called after on_interruption, once the server has told its revision again, and
  // before that is told, if it is another. Default: none.
  RecoveryCallback on_recovery;
  // Called once, as the last callback, when the watch cannot go on:
  // UNIMPLEMENTED by a server that is too old, PERMISSION_DENIED,
  // UNAUTHENTICATED, INVALID_ARGUMENT, which also is the status of options out
  // of bounds. Not called for a watch that was cancelled. Default: none.
  StatusCallback on_end;
};

// A registry that is being followed, from Client::Watch until Cancel() or the
// end of this object.
//
//   const portreg::Watcher watcher = client->Watch(
//       [&](const portreg::v1::WatchResponse& now) { Refresh(now.revision()); });
//
// It holds a stream open and has no thread of its own. A stream that the server
// ends is opened again at once; one that breaks, after a pause; where the
// server cannot be reached, as soon as it can.
//
// Callbacks come one at a time, mostly on a thread of gRPC's, which they must
// not block; the first ones perhaps before Client::Watch returns.
//
// Movable. Any number of threads may cancel it at once. The client may go away
// before its watchers.
class Watcher {
 public:
  // Clients make these.
  explicit Watcher(std::shared_ptr<internal::Watch> watch);
  // A watcher that was moved from follows nothing.
  Watcher(Watcher&&) noexcept;
  // Cancels the watch that this stood for.
  Watcher& operator=(Watcher&&) noexcept;
  // Cancel().
  ~Watcher();

  // Ends the watch. No callback begins after this has returned, and none still
  // runs: it waits for one that does, which must not wait for the caller. Called
  // from within a callback it does not wait; that callback is the last one. What
  // the callbacks hold is let go.
  void Cancel() const;

 private:
  std::shared_ptr<internal::Watch> watch_;
};

}  // namespace portreg

#endif  // PORTREG_WATCHER_H_
