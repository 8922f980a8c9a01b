// Holds the tables in which annotate looks up the services of flows.
#ifndef PORTREG_CLIENT_CLI_FLOW_LOGS_SERVICE_TABLE_H_
#define PORTREG_CLIENT_CLI_FLOW_LOGS_SERVICE_TABLE_H_

#include <string>
#include <vector>

#include "common/flows/side_rule.h"
#include "common/model/registry.h"
#include "common/names/slot_names.h"

namespace portreg::cli {

// The names of all slots, and the rule that decides which side is the service. Does not refer to
// the registry after construction. Immutable. Thread-safe.
struct ServiceTable {
  explicit ServiceTable(const Registry& registry) : names(registry), rule(registry, names) {
    for (const RecordIndex index : names.records()) {
      services.emplace_back(registry.record(index).service);
    }
  }

  SlotNames names;
  SideRule rule;
  // The names of services. The index is a number that `names.At()` returns.
  std::vector<std::string> services;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FLOW_LOGS_SERVICE_TABLE_H_
