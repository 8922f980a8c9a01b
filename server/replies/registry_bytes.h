// Bounds the memory of a registry.
#ifndef PORTREG_SERVER_REPLIES_REGISTRY_BYTES_H_
#define PORTREG_SERVER_REPLIES_REGISTRY_BYTES_H_

#include <cstddef>
#include <new>

#include "absl/status/status.h"

namespace portreg::server {

// Default limit of the bytes that a registry may take with its index and stored replies.
// Suffices for 150,000 short rows besides IANA's. Two registries exist during a
// reload.
inline constexpr size_t kDefaultMaxRegistryBytes = size_t{192} << 20;

// Returns RESOURCE_EXHAUSTED, naming the limit, if `bytes` exceeds `max_bytes`.
absl::Status CheckRegistryBytes(size_t bytes, size_t max_bytes);

// Calls `load`, and returns its absl::StatusOr. Returns RESOURCE_EXHAUSTED if `load`
// throws std::bad_alloc.
//
// No other code of a reload catches exceptions. Loading data allocates by far the most
// memory, and if that fails, the server must continue with the data it has.
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
