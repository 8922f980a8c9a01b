// A local copy of a registry, which follows its server.
#ifndef PORTREG_MIRROR_H_
#define PORTREG_MIRROR_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "portreg/client.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg {

namespace internal {
class MirrorFollower;
struct MirroredRegistry;
}  // namespace internal

// Records of a MirrorSnapshot, in the order of its answers; a view, which lives
// as long as the snapshot.
class MirroredRecords {
 public:
  // Snapshots make these.
  MirroredRecords(absl::Span<const uint32_t> places, const v1::PortRecord* const* records)
      : places_(places), records_(records) {}

  // How many there are.
  [[nodiscard]] size_t size() const { return places_.size(); }
  // Whether there are none.
  [[nodiscard]] bool empty() const { return places_.empty(); }
  // `index` must be below size().
  const v1::PortRecord& operator[](size_t index) const { return *records_[places_[index]]; }

 private:
  absl::Span<const uint32_t> places_;
  const v1::PortRecord* const* records_;
};

// The registry as it was at one revision, without records of layers and
// transports that this version does not know. It never changes; any number of
// threads may ask at once.
class MirrorSnapshot {
 public:
  // Mirrors make these.
  explicit MirrorSnapshot(std::unique_ptr<const internal::MirroredRegistry> registry);
  MirrorSnapshot(const MirrorSnapshot&) = delete;
  MirrorSnapshot& operator=(const MirrorSnapshot&) = delete;
  ~MirrorSnapshot();

  // The server's revision.
  [[nodiscard]] const std::string& revision() const;

  // How many records it has.
  [[nodiscard]] size_t size() const;

  // The records that cover a port, on every transport and in Lookup's order.
  // None for a port outside 0-65535. Copies nothing.
  [[nodiscard]] MirroredRecords AtPort(int32_t port) const;

  // The records of a service name, ignoring case, in Lookup's order. A name that
  // has several ports has them in the order of the ports, whatever the order of
  // the server's source. Copies nothing.
  [[nodiscard]] MirroredRecords ByName(absl::string_view service) const;

  // Answers as Client::Lookup would, errors included: INVALID_ARGUMENT for a request
  // that a server would refuse, NOT_FOUND if no record has the name. Details are
  // included only if the mirror holds them.
  [[nodiscard]] absl::StatusOr<v1::LookupResponse> Lookup(const v1::LookupRequest& request) const;

 private:
  const std::unique_ptr<const internal::MirroredRegistry> registry_;
};

// What a mirror holds, and whom it tells.
struct MirrorOptions {
  // Whether records have their RecordDetails. Default: no, which takes less
  // memory.
  bool details = false;
  // Sent along with every call, as CallOptions::metadata. Default: none.
  std::vector<std::pair<std::string, std::string>> metadata;
  // Called with each snapshot that takes another's place, on the mirror's own
  // thread: what it takes long for, the next one waits for. It must not destroy
  // the mirror. Default: none.
  absl::AnyInvocable<void(const std::shared_ptr<const MirrorSnapshot>&)> on_change;
};

// Holds a snapshot of the registry, and fetches another as soon as the server
// tells of another revision: for programs that look up more than a server could
// answer, such as readers of flow logs.
//
//   absl::StatusOr<std::unique_ptr<portreg::Mirror>> mirror =
//       portreg::Mirror::Create(std::move(client));
//   const std::shared_ptr<const portreg::MirrorSnapshot> now = (*mirror)->snapshot();
//   for (size_t i = 0; i < now->AtPort(443).size(); ++i) ...
//
// While the server is away, the last snapshot stays. It has a thread of its own.
// Any number of threads may use one at once.
class Mirror {
 public:
  // Fetches the first snapshot; blocks until it is there, for
  // ClientOptions::list_timeout at most. Errors are ListRange's; besides,
  // INTERNAL for a listing without a revision, and RESOURCE_EXHAUSTED for one
  // that would take more than 120 MiB.
  static absl::StatusOr<std::unique_ptr<Mirror>> Create(std::shared_ptr<const Client> client,
                                                        MirrorOptions options = {});

  Mirror(const Mirror&) = delete;
  Mirror& operator=(const Mirror&) = delete;
  // Waits for a callback that runs.
  ~Mirror();

  // The current snapshot; never null.
  [[nodiscard]] std::shared_ptr<const MirrorSnapshot> snapshot() const;

  // OK while the server is followed and what it serves is held or being fetched.
  // Otherwise what came in between, such as UNAVAILABLE, INTERNAL for a listing
  // that breaks the contract, or ABORTED if the server tells of a revision that
  // it does not list; the mirror goes on by itself, but not after UNIMPLEMENTED,
  // PERMISSION_DENIED and UNAUTHENTICATED.
  [[nodiscard]] absl::Status status() const;

  // How long snapshot() has not been known to be what the server serves: since
  // the server told of another revision, or since status() has not been OK. 0
  // while it is.
  [[nodiscard]] absl::Duration staleness() const;

 private:
  explicit Mirror(std::unique_ptr<internal::MirrorFollower> follower);

  const std::unique_ptr<internal::MirrorFollower> follower_;
};

}  // namespace portreg

#endif  // PORTREG_MIRROR_H_
