// Limits how much of a server's answer the tool holds at once.
#ifndef PORTREG_CLIENT_CLI_BASE_LIMITS_H_
#define PORTREG_CLIENT_CLI_BASE_LIMITS_H_

#include <cstddef>

namespace portreg::cli {

// The most memory that the messages of one answer may use, in bytes. 65,536 lookups use
// less, so a server that sends more is broken.
inline constexpr size_t kMaxAnswerBytes = 32 << 20;

// The most memory that the messages of one of two registries may use that are compared, in
// bytes. The embedded registry uses a fifth of it.
inline constexpr size_t kMaxComparedBytes = 64 << 20;

// The longest JSON document that the tool makes of an answer, in bytes.
inline constexpr size_t kMaxJsonBytes = 96 << 20;

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_BASE_LIMITS_H_
