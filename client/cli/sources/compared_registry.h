// Builds registries from tables, a server or the embedded data, such as two to compare.
#ifndef PORTREG_CLIENT_CLI_SOURCES_COMPARED_REGISTRY_H_
#define PORTREG_CLIENT_CLI_SOURCES_COMPARED_REGISTRY_H_

#include <deque>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/sources/source.h"
#include "client/cli/sources/table_text.h"
#include "common/model/record.h"
#include "common/model/registry.h"
#include "portreg/v1/port_record.pb.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::cli {

// A registry, and the messages whose texts its records view. One of a listing has
// the embedded range rules, because a listing has none.
struct ComparedRegistry {
  // A deque, because moving it moves no message.
  std::deque<v1::PortRecord> messages;
  Registry registry;
  // The revision that the source answered with. Empty for files.
  std::string revision;
};

// In the functions below, `layers` are the layers whose records are kept; empty keeps all.

// Parses the files of a table. A CSV of kOwnTable is of layer local; if `layers` is common
// alone, it is of that layer, with the source that a site's rows have. Returns
// INVALID_ARGUMENT, with file, line and column, if a file cannot be used, and
// RESOURCE_EXHAUSTED if the records take more than kMaxComparedBytes.
absl::StatusOr<ComparedRegistry> ParseTable(TableText text, const std::vector<Layer>& layers);

// Lists a source. Leaves out records whose layer or transport this version does not know.
// Returns the errors of Source::ListRange(), INTERNAL if the records cannot be a registry,
// and RESOURCE_EXHAUSTED if they take more than kMaxComparedBytes.
absl::StatusOr<ComparedRegistry> ListRegistry(Source& source, const std::vector<Layer>& layers);

// Like ListRegistry(), but has the records that answer `request`.
absl::StatusOr<ComparedRegistry> RegistryOfListing(Source& source,
                                                   const v1::ListRangeRequest& request);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_SOURCES_COMPARED_REGISTRY_H_
