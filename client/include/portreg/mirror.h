// Holds a local copy of a registry that follows its server.
#ifndef PORTREG_MIRROR_H_
#define PORTREG_MIRROR_H_

#include <cstddef>
#include <cstdint>
#include <iterator>
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
#include "portreg/flow.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg {

namespace internal {
class MirrorFollower;
struct MirroredRegistry;
}  // namespace internal

// Refers to records of a MirrorSnapshot, in the order of its answers. Valid as long
// as the snapshot exists.
//
//   for (const portreg::v1::PortRecord& record : snapshot->AtPort(443)) Use(record);
class MirroredRecords {
 public:
  // Refers to one of the records.
  class Iterator {
   public:
    // For std::iterator_traits.
    using iterator_category = std::input_iterator_tag;
    // For std::iterator_traits.
    using value_type = v1::PortRecord;
    // For std::iterator_traits.
    using difference_type = std::ptrdiff_t;
    // For std::iterator_traits.
    using pointer = const v1::PortRecord*;
    // For std::iterator_traits.
    using reference = const v1::PortRecord&;

    // Equal to no iterator of a view.
    Iterator() = default;
    // Refers to the record at `place`.
    Iterator(const uint32_t* place, const v1::PortRecord* const* records)
        : place_(place), records_(records) {}

    // The record. Requires that this is not the end.
    reference operator*() const { return *records_[*place_]; }
    // The record. Requires that this is not the end.
    pointer operator->() const { return records_[*place_]; }
    // Goes to the next record.
    Iterator& operator++() {
      ++place_;
      return *this;
    }
    // Goes to the next record, and returns an iterator to this one.
    Iterator operator++(int) {
      Iterator previous = *this;
      ++place_;
      return previous;
    }

    // Returns true if both refer to the same place of one view.
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.place_ == b.place_; }
    // Returns true if they refer to different places.
    friend bool operator!=(const Iterator& a, const Iterator& b) { return !(a == b); }

   private:
    const uint32_t* place_ = nullptr;
    const v1::PortRecord* const* records_ = nullptr;
  };

  // For the library's use.
  MirroredRecords(absl::Span<const uint32_t> places, const v1::PortRecord* const* records)
      : places_(places), records_(records) {}

  // The number of records.
  [[nodiscard]] size_t size() const { return places_.size(); }
  // Returns true if there are no records.
  [[nodiscard]] bool empty() const { return places_.empty(); }
  // Returns a record. `index` must be below size().
  const v1::PortRecord& operator[](size_t index) const { return *records_[places_[index]]; }

  // The first record.
  [[nodiscard]] Iterator begin() const { return {places_.data(), records_}; }
  // The end, after the last record.
  [[nodiscard]] Iterator end() const { return {places_.data() + places_.size(), records_}; }

 private:
  absl::Span<const uint32_t> places_;
  const v1::PortRecord* const* records_;
};

// Holds the registry of one revision, without records of layers and transports that
// this version does not know. It never changes. Thread-safe.
class MirrorSnapshot {
 public:
  // For the library's use.
  explicit MirrorSnapshot(std::unique_ptr<const internal::MirroredRegistry> registry);
  MirrorSnapshot(const MirrorSnapshot&) = delete;
  MirrorSnapshot& operator=(const MirrorSnapshot&) = delete;
  ~MirrorSnapshot();

  // The server's revision.
  [[nodiscard]] const std::string& revision() const;

  // The number of records.
  [[nodiscard]] size_t size() const;

  // Returns the records that cover a port, on every transport and in Lookup's order.
  // Empty for a port outside 0-65535. Copies nothing.
  [[nodiscard]] MirroredRecords AtPort(int32_t port) const;

  // Returns the records of a service name, ignoring case, in Lookup's order. Several
  // ports of one name are in the order of the ports, whatever the order of the
  // server's source. Copies nothing.
  [[nodiscard]] MirroredRecords ByName(absl::string_view service) const;

  // Returns what Client::Lookup would return, errors included: INVALID_ARGUMENT for a
  // request that a server would refuse, NOT_FOUND if no record has the name. Records
  // have details only if the mirror has them.
  [[nodiscard]] absl::StatusOr<v1::LookupResponse> Lookup(const v1::LookupRequest& request) const;

  // Returns which side of a flow is the service, by which step of the rule, and the record
  // that names its port. Copies nothing. The first call builds tables of 1.3 MiB.
  [[nodiscard]] FlowService ServiceOf(const Flow& flow) const;

 private:
  const std::unique_ptr<const internal::MirroredRegistry> registry_;
};

// Configures a Mirror.
struct MirrorOptions {
  // True if records have their RecordDetails. Default: false, which takes less
  // memory.
  bool details = false;
  // Sent with every call, as CallOptions::metadata. Default: empty.
  std::vector<std::pair<std::string, std::string>> metadata;
  // Called with each snapshot that replaces another, on the mirror's own thread. The
  // next snapshot waits until it returns. It must not destroy the mirror. Default:
  // empty.
  absl::AnyInvocable<void(const std::shared_ptr<const MirrorSnapshot>&)> on_change;
};

// Holds a snapshot of the registry, and fetches the next one as soon as the server
// reports another revision: for programs that make more lookups than a server could
// answer, such as readers of flow logs.
//
//   absl::StatusOr<std::unique_ptr<portreg::Mirror>> mirror =
//       portreg::Mirror::Create(std::move(client));
//   const std::shared_ptr<const portreg::MirrorSnapshot> now = (*mirror)->snapshot();
//   for (const portreg::v1::PortRecord& record : now->AtPort(443)) ...
//
// While no server can be reached, the last snapshot stays. A mirror has a thread of
// its own. Thread-safe.
class Mirror {
 public:
  // Fetches the first snapshot; blocks until it has come, for
  // ClientOptions::list_timeout at most. Errors are ListRange's, INTERNAL for a
  // listing without a revision, and RESOURCE_EXHAUSTED for a listing that would take
  // more than 120 MiB.
  static absl::StatusOr<std::unique_ptr<Mirror>> Create(std::shared_ptr<const Client> client,
                                                        MirrorOptions options = {});

  Mirror(const Mirror&) = delete;
  Mirror& operator=(const Mirror&) = delete;
  // Waits for a callback that is running.
  ~Mirror();

  // Returns the current snapshot; never null.
  [[nodiscard]] std::shared_ptr<const MirrorSnapshot> snapshot() const;

  // Returns OK while the server is followed and its revision is held or being
  // fetched. Otherwise the error that prevents it, such as UNAVAILABLE, INTERNAL for
  // a listing that breaks the contract, or ABORTED if the server does not list the
  // revision that it reports. The mirror continues by itself, but not after
  // UNIMPLEMENTED, PERMISSION_DENIED and UNAUTHENTICATED.
  [[nodiscard]] absl::Status status() const;

  // Returns how long snapshot() may have been outdated: the time since the server
  // reported another revision, or since status() is not OK. 0 otherwise.
  [[nodiscard]] absl::Duration staleness() const;

 private:
  explicit Mirror(std::unique_ptr<internal::MirrorFollower> follower);

  const std::unique_ptr<internal::MirrorFollower> follower_;
};

}  // namespace portreg

#endif  // PORTREG_MIRROR_H_
