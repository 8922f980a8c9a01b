#include <utility>

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "client/mirror/mirrored_registry.h"
#include "common/answers/answers.h"
#include "common/answers/errors.h"
#include "common/model/port.h"
#include "portreg/error.h"
#include "portreg/mirror.h"

namespace portreg {
namespace {

// The error as a client would receive it from a server.
absl::Status AsReceived(const absl::Status& error) {
  absl::Status received(error.code(), error.message());
  received.SetPayload(kStatusDetailsUrl, absl::Cord(DetailsBytes(error)));
  return received;
}

}  // namespace

MirrorSnapshot::MirrorSnapshot(std::unique_ptr<const internal::MirroredRegistry> registry)
    : registry_(std::move(registry)) {}

MirrorSnapshot::~MirrorSnapshot() = default;

const std::string& MirrorSnapshot::revision() const { return registry_->revision; }

size_t MirrorSnapshot::size() const { return registry_->by_index.size(); }

MirroredRecords MirrorSnapshot::AtPort(int32_t port) const {
  if (port < 0 || port > kMaxPort) return {{}, nullptr};
  return {registry_->registry.AtPort(static_cast<Port>(port)), registry_->by_index.data()};
}

MirroredRecords MirrorSnapshot::ByName(absl::string_view service) const {
  return {registry_->registry.ByName(service), registry_->by_index.data()};
}

absl::StatusOr<v1::LookupResponse> MirrorSnapshot::Lookup(const v1::LookupRequest& request) const {
  absl::StatusOr<v1::LookupResponse> response = portreg::Lookup(registry_->registry, request);
  if (!response.ok()) return AsReceived(response.status());
  // The registry's own revision would be another: it lacks what this version does
  // not know.
  response->set_revision(revision());
  return response;
}

}  // namespace portreg
