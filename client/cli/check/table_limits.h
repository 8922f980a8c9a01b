// Finds the row at which tables exceed the limits of a registry.
#ifndef PORTREG_CLIENT_CLI_CHECK_TABLE_LIMITS_H_
#define PORTREG_CLIENT_CLI_CHECK_TABLE_LIMITS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/types/span.h"
#include "common/model/layer.h"

namespace portreg::cli {

// The first row with which tables exceed a limit.
struct RowBeyondLimit {
  // The index of the layer.
  size_t file;
  uint32_t line;
  std::string message;
};

// Returns the first row of `layers` beyond Registry::kMaxCoverage or
// Registry::kMaxRecordsPerKey. Returns nullopt if there is none.
std::optional<RowBeyondLimit> FindRowBeyondLimit(absl::Span<const LayerData> layers);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_CHECK_TABLE_LIMITS_H_
