// Bounds of the contract that both of its sides keep.
#ifndef PORTREG_COMMON_LIMITS_H_
#define PORTREG_COMMON_LIMITS_H_

namespace portreg {

// The most lookups in one BatchLookup.
inline constexpr int kMaxBatchSize = 1'000;

}  // namespace portreg

#endif  // PORTREG_COMMON_LIMITS_H_
