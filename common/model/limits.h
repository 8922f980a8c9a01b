// Bounds of the contract that both of its sides keep.
#ifndef PORTREG_COMMON_MODEL_LIMITS_H_
#define PORTREG_COMMON_MODEL_LIMITS_H_

#include <cstddef>

namespace portreg {

// The most lookups in one BatchLookup.
inline constexpr int kMaxBatchSize = 1'000;

// The longest request that a server takes unless told otherwise, in bytes. A
// batch of 1,000 of the longest names has 70 kB; nothing larger is a request.
inline constexpr int kMaxRequestBytes = 256 << 10;

// The longest query of a Search, and the most words in it.
inline constexpr size_t kMaxQueryBytes = 256;
inline constexpr size_t kMaxQueryWords = 16;

// The most matches that a Search returns, and how many unless told.
inline constexpr int kMaxSearchResults = 500;
inline constexpr int kDefaultSearchResults = 50;

// The most bytes that the messages of a listing have in all. A registry comes
// from two files of kMaxFileBytes at most; a record's message repeats its fields,
// and adds less than 40 bytes to a row that has at least 12.
inline constexpr size_t kMaxListedBytes = size_t{256} << 20;

}  // namespace portreg

#endif  // PORTREG_COMMON_MODEL_LIMITS_H_
