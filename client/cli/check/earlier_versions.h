// Recognises the records of a server that are earlier versions of a table's rows.
#ifndef PORTREG_CLIENT_CLI_CHECK_EARLIER_VERSIONS_H_
#define PORTREG_CLIENT_CLI_CHECK_EARLIER_VERSIONS_H_

#include <string>
#include <tuple>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "client/cli/check/checked_tables.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::cli {

// A record is an earlier version of a row if it is of layer local, and has the service, the
// owner and the scope of the row; a block has the ports, the owner and the scope of it.
// Thread-safe.
class EarlierVersions {
 public:
  explicit EarlierVersions(const std::vector<TableRow>& rows);

  // Returns true if nothing but earlier versions of rows causes the finding. The present
  // rows have been judged without the server.
  [[nodiscard]] bool Explain(const v1::Finding& finding) const;

 private:
  [[nodiscard]] bool Has(const v1::PortRecord& record) const;

  // Names of services, or ports of blocks; with owner and scope.
  absl::flat_hash_set<std::tuple<std::string, std::string, std::string>> keys_;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_CHECK_EARLIER_VERSIONS_H_
