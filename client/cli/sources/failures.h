// Reads the failures of calls, from a server or from the embedded registry.
#ifndef PORTREG_CLIENT_CLI_SOURCES_FAILURES_H_
#define PORTREG_CLIENT_CLI_SOURCES_FAILURES_H_

#include "absl/status/status.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::cli {

// Returns true for the error of a batch whose answer would be too large.
bool IsBatchReplyTooLarge(const absl::Status& status);

// Returns why a key has no answer. Returns OK if it has one, and also if the answer is
// that the name does not exist.
absl::Status FailureOf(const v1::LookupResult& result);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_SOURCES_FAILURES_H_
