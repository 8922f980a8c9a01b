#include "client/mirror/mirrored_registry.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/answers/conversion.h"
#include "common/model/layer.h"
#include "common/model/record.h"

namespace portreg::internal {
namespace {

// The origin of the records, as far as a mirror knows.
constexpr char kOrigin[] = "mirror";

bool IsKnown(const v1::PortRecord& message) {
  return LayerOf(message.layer()) && TransportOf(message.transport());
}

}  // namespace

absl::StatusOr<std::unique_ptr<const MirroredRegistry>> MirroredRegistry::Create(
    std::string revision, std::vector<v1::PortRecord> records) {
  std::array<LayerData, kLayers.size()> layers;
  for (size_t i = 0; i < layers.size(); ++i) {
    layers[i].info.layer = kLayers[i];
    layers[i].info.origin = kOrigin;
  }
  auto text = std::make_shared<LayerText>();
  for (size_t i = 0; i < records.size(); ++i) {
    if (!IsKnown(records[i])) continue;
    absl::StatusOr<ServiceRecord> record = ToRecord(records[i], *text);
    if (!record.ok()) {
      return absl::InternalError(
          absl::StrCat("the server listed a record that cannot be: ", record.status().message()));
    }
    // Finds the message again.
    record->line = static_cast<uint32_t>(i);
    layers[static_cast<size_t>(record->layer) - 1].records.push_back(*record);
  }
  for (LayerData& layer : layers) layer.text = text;
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

const MirroredRegistry::FlowTables& MirroredRegistry::flow_tables() const {
  std::call_once(flow_tables_once_, [this] { flow_tables_.emplace(registry); });
  return *flow_tables_;
}

}  // namespace portreg::internal
