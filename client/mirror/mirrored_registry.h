// A registry made of the messages that a server listed.
#ifndef PORTREG_CLIENT_MIRROR_MIRRORED_REGISTRY_H_
#define PORTREG_CLIENT_MIRROR_MIRRORED_REGISTRY_H_

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/flows/side_rule.h"
#include "common/model/registry.h"
#include "common/names/slot_names.h"
#include "portreg/v1/port_record.pb.h"

namespace portreg::internal {

// Answers come from the domain's own registry, so that they are the server's;
// its texts are those of the messages.
struct MirroredRegistry {
  // `records` must be in ListRange's order. Records of layers and transports
  // that this version does not know are left out. INTERNAL for ports out of
  // range, INVALID_ARGUMENT for more than a registry may hold.
  static absl::StatusOr<std::unique_ptr<const MirroredRegistry>> Create(
      std::string revision, std::vector<v1::PortRecord> records);

  MirroredRegistry(std::string server_revision, std::vector<v1::PortRecord> listed,
                   Registry answers);

  const std::string revision;
  const std::vector<v1::PortRecord> messages;
  const Registry registry;
  // The message of each of the registry's records.
  std::vector<const v1::PortRecord*> by_index;

  // Holds the tables that name flows. They take 1.3 MiB.
  struct FlowTables {
    explicit FlowTables(const Registry& registry) : names(registry), rule(registry, names) {}

    SlotNames names;
    SideRule rule;
  };

  // Builds the tables at the first call. Thread-safe.
  [[nodiscard]] const FlowTables& flow_tables() const;

 private:
  mutable std::once_flag flow_tables_once_;
  mutable std::optional<FlowTables> flow_tables_;
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_MIRROR_MIRRORED_REGISTRY_H_
