// Finds two characters in 64 bytes at once.
#ifndef PORTREG_CLIENT_CLI_FLOW_LOGS_BYTE_MASK_H_
#define PORTREG_CLIENT_CLI_FLOW_LOGS_BYTE_MASK_H_

#include <cstddef>
#include <cstdint>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace portreg::cli {

inline constexpr size_t kMaskBytes = 64;

#if defined(__SSE2__)

// Returns a mask whose bit i is set if bytes[i] is `a` or `b`. Reads 64 bytes.
inline uint64_t MaskOfEither(const char* bytes, char a, char b) {
  const __m128i all_a = _mm_set1_epi8(a);
  const __m128i all_b = _mm_set1_epi8(b);
  uint64_t mask = 0;
  for (unsigned i = 0; i < 4; ++i) {
    const __m128i some = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes) + i);
    const __m128i equal = _mm_or_si128(_mm_cmpeq_epi8(some, all_a), _mm_cmpeq_epi8(some, all_b));
    mask |= static_cast<uint64_t>(static_cast<uint32_t>(_mm_movemask_epi8(equal))) << (16 * i);
  }
  return mask;
}

#else

// Returns a mask whose bit i is set if bytes[i] is `a` or `b`. Reads 64 bytes.
inline uint64_t MaskOfEither(const char* bytes, char a, char b) {
  uint64_t mask = 0;
  for (size_t i = 0; i < kMaskBytes; ++i) {
    mask |= static_cast<uint64_t>(bytes[i] == a || bytes[i] == b) << i;
  }
  return mask;
}

#endif

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FLOW_LOGS_BYTE_MASK_H_
