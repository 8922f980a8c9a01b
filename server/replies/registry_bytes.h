// Bounds the memory of a registry.
#ifndef PORTREG_SERVER_REPLIES_REGISTRY_BYTES_H_
#define PORTREG_SERVER_REPLIES_REGISTRY_BYTES_H_

#include <cstddef>
#include <new>

#include "absl/status/status.h"

namespace portreg::server {

// The memory that one registry may take with its index and stored replies, in
// bytes, unless told otherwise. Suffices for 150,000 short rows beside IANA's; two
// are alive during a reload.
inline constexpr size_t kDefaultMaxRegistryBytes = size_t{192} << 20;

// RESOURCE_EXHAUSTED, with what is allowed, if `bytes` exceed `max_bytes`.
absl::Status CheckRegistryBytes(size_t bytes, size_t max_bytes);

// Runs `load`, which returns an absl::StatusOr. RESOURCE_EXHAUSTED if it cannot
// allocate; what it has built so far is freed.
//
// Catches an exception, which no other code of a reload does: loading data
// allocates most by far, and where that fails the data before it must go on
// serving.
template <typename Load>
auto RefuseWithoutMemory(Load load) -> decltype(load()) {
  try {
    return load();
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError("not enough memory for the data");
  }
}

}  // namespace portreg::server

#endif  // PORTREG_SERVER_REPLIES_REGISTRY_BYTES_H_
