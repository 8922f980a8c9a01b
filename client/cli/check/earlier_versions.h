// Recognises the records of a server that are earlier versions of a table's rows.
#ifndef PORTREG_CLIENT_CLI_CHECK_EARLIER_VERSIONS_H_
#define PORTREG_CLIENT_CLI_CHECK_EARLIER_VERSIONS_H_

#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "client/cli/check/checked_tables.h"
#include "common/model/port.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::cli {

// A record is an earlier version of a row if it is of layer local, has the service and the
// scope of the row, and its owner or one of its ports. Therefore a service may move or get another
// owner, but not both at once. A block is an earlier version of a row with the same ports, owner
// and scope. Thread-safe.
class EarlierVersions {
 public:
  explicit EarlierVersions(const std::vector<TableRow>& rows);

  // Returns true if only earlier versions of rows cause the finding. It is then superfluous,
  // because the present rows have been compared without the server.
  [[nodiscard]] bool Explain(const v1::Finding& finding) const;

 private:
  [[nodiscard]] bool Has(const v1::PortRecord& record) const;

  // Returns true if a row of the service and the scope has a port of the record.
  [[nodiscard]] bool HasPortOf(const v1::PortRecord& record) const;

  // The keys of rows: the name of a service or the ports of a block, the owner, and the scope.
  absl::flat_hash_set<std::tuple<std::string, std::string, std::string>> keys_;
  // The ports of each name and scope of services, in the order of their first ports. Each
  // range is extended to the end of those before it, for binary search.
  absl::flat_hash_map<std::pair<std::string, std::string>, std::vector<PortRange>> ports_;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_CHECK_EARLIER_VERSIONS_H_
