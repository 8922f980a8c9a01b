#include "client/mirror/mirrored_registry.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/model/layer.h"
#include "common/model/port.h"
#include "common/model/record.h"

namespace portreg::internal {
namespace {

// Where the records come from, as far as a mirror knows.
constexpr char kOrigin[] = "mirror";

bool IsKnown(const v1::PortRecord& message) {
  return message.layer() != v1::LAYER_UNSPECIFIED && v1::Layer_IsValid(message.layer()) &&
         v1::Transport_IsValid(message.transport());
}

absl::StatusOr<std::optional<PortRange>> PortsOf(const v1::PortRecord& message) {
  if (!message.has_first_port() && !message.has_last_port()) return std::nullopt;
  const int32_t first = message.first_port();
  const int32_t last = message.last_port();
  if (first < 0 || first > last || last > kMaxPort) {
    return absl::InternalError(
        absl::StrCat("the server listed a record of the ports ", first, " to ", last));
  }
  return PortRange{static_cast<Port>(first), static_cast<Port>(last)};
}

RecordDetails DetailsOf(const v1::RecordDetails& details) {
  return {.assignee = details.assignee(),
          .contact = details.contact(),
          .registration_date = details.registration_date(),
          .modification_date = details.modification_date(),
          .reference = details.reference(),
          .service_code = details.service_code(),
          .unauthorized_use_reported = details.unauthorized_use_reported(),
          .assignment_notes = details.assignment_notes(),
          .owner = details.owner()};
}

}  // namespace

absl::StatusOr<std::unique_ptr<const MirroredRegistry>> MirroredRegistry::Create(
    std::string revision, std::vector<v1::PortRecord> records) {
  std::array<LayerData, kLayers.size()> layers;
  for (size_t i = 0; i < layers.size(); ++i) {
    layers[i].info.layer = kLayers[i];
    layers[i].info.origin = kOrigin;
  }
  for (size_t i = 0; i < records.size(); ++i) {
    const v1::PortRecord& message = records[i];
    if (!IsKnown(message)) continue;
    const absl::StatusOr<std::optional<PortRange>> ports = PortsOf(message);
    if (!ports.ok()) return ports.status();
    const auto layer = static_cast<Layer>(message.layer());
    layers[static_cast<size_t>(message.layer()) - 1].records.push_back(
        {.ports = *ports,
         .transport = static_cast<Transport>(message.transport()),
         .layer = layer,
         // Finds the message again.
         .line = static_cast<uint32_t>(i),
         .service = message.service(),
         .description = message.description(),
         .details = DetailsOf(message.details())});
  }
  absl::StatusOr<Registry> registry = Registry::Create(
      {std::make_move_iterator(layers.begin()), std::make_move_iterator(layers.end())});
  if (!registry.ok()) return registry.status();
  return std::make_unique<const MirroredRegistry>(std::move(revision), std::move(records),
                                                  *std::move(registry));
}

// Moving a vector moves none of its elements: the views of their texts hold.
MirroredRegistry::MirroredRegistry(std::string server_revision, std::vector<v1::PortRecord> listed,
                                   Registry answers)
    : revision(std::move(server_revision)),
      messages(std::move(listed)),
      registry(std::move(answers)) {
  by_index.reserve(registry.records().size());
  for (const ServiceRecord* record : registry.records()) {
    by_index.push_back(&messages[record->line]);
  }
}

}  // namespace portreg::internal
