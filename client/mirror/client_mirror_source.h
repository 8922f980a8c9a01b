// Fetches what a mirror holds through a Client.
#ifndef PORTREG_CLIENT_MIRROR_CLIENT_MIRROR_SOURCE_H_
#define PORTREG_CLIENT_MIRROR_CLIENT_MIRROR_SOURCE_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "client/calls/clock.h"
#include "client/mirror/mirror_source.h"
#include "common/system/mutex.h"
#include "portreg/client.h"
#include "portreg/mirror.h"
#include "portreg/watcher.h"

namespace portreg::internal {

class ClientMirrorSource final : public MirrorSource {
 public:
  using Metadata = std::vector<std::pair<std::string, std::string>>;

  ClientMirrorSource(std::shared_ptr<const Client> client, bool details, Metadata metadata)
      : client_(std::move(client)), details_(details), metadata_(std::move(metadata)) {}

  [[nodiscard]] Clock& clock() override { return GrpcClock(); }
  void Watch(const std::string& revision, WatchCallbacks callbacks) override;
  void StopWatching() override { watcher_.reset(); }
  [[nodiscard]] absl::StatusOr<std::string> AskRevision() override;
  [[nodiscard]] absl::StatusOr<std::shared_ptr<const MirrorSnapshot>> Fetch() override;
  void CancelCalls() override;

 private:
  // Makes an asynchronous call, and waits for its outcome. `begin` starts it with
  // the callback, and returns the function that cancels it.
  template <typename T>
  absl::StatusOr<T> Await(const std::function<std::function<void()>(Callback<T>)>& begin);

  const std::shared_ptr<const Client> client_;
  const bool details_;
  const Metadata metadata_;
  std::optional<Watcher> watcher_;

  Mutex mutex_;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  // Cancels the call that is awaited; empty if none is.
  std::function<void()> cancel_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_MIRROR_CLIENT_MIRROR_SOURCE_H_
