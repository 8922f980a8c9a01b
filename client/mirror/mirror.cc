#include "portreg/mirror.h"

#include <utility>

#include "client/mirror/client_mirror_source.h"
#include "client/mirror/mirror_follower.h"

namespace portreg {

absl::StatusOr<std::unique_ptr<Mirror>> Mirror::Create(std::shared_ptr<const Client> client,
                                                       MirrorOptions options) {
  auto source = std::make_unique<internal::ClientMirrorSource>(std::move(client), options.details,
                                                               std::move(options.metadata));
  auto follower =
      std::make_unique<internal::MirrorFollower>(std::move(source), std::move(options.on_change));
  if (absl::Status status = follower->Start(); !status.ok()) return status;
  return std::unique_ptr<Mirror>(new Mirror(std::move(follower)));
}

Mirror::Mirror(std::unique_ptr<internal::MirrorFollower> follower)
    : follower_(std::move(follower)) {}

Mirror::~Mirror() = default;

std::shared_ptr<const MirrorSnapshot> Mirror::snapshot() const { return follower_->snapshot(); }

absl::Status Mirror::status() const { return follower_->status(); }

absl::Duration Mirror::staleness() const { return follower_->staleness(); }

}  // namespace portreg
