// Builds a registry from a test's records.
#ifndef PORTREG_SERVER_TESTING_RECORDS_H_
#define PORTREG_SERVER_TESTING_RECORDS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "common/model/registry.h"
#include "portreg/v1/port_record.pb.h"

namespace portreg::testing::internal {

// Builds the registry. Returns INVALID_ARGUMENT, naming the record's index and the value,
// for a record that no registry can hold; see FakeServer::Start.
absl::StatusOr<Registry> RegistryOf(const std::vector<v1::PortRecord>& records);

}  // namespace portreg::testing::internal

#endif  // PORTREG_SERVER_TESTING_RECORDS_H_
