// Defines the limits that both servers and clients of the API keep.
#ifndef PORTREG_COMMON_MODEL_LIMITS_H_
#define PORTREG_COMMON_MODEL_LIMITS_H_

#include <cstddef>

namespace portreg {

// The most lookups in one BatchLookup.
inline constexpr int kMaxBatchSize = 1'000;

// The most bytes of the reply to a batch of lookups or claims. It is below 4 MiB, the longest
// message that a gRPC client receives by default.
inline constexpr size_t kMaxBatchReplyBytes = 3 << 20;

// The default limit on the size of a request, in bytes. It leaves room, because the
// largest valid request, a batch of 1,000 of the longest names, has 70 kB.
inline constexpr int kMaxRequestBytes = 256 << 10;

// The limits on the query of a Search: its bytes, and its words.
inline constexpr size_t kMaxQueryBytes = 256;
inline constexpr size_t kMaxQueryWords = 16;

// The most matches that a Search returns, and the default.
inline constexpr int kMaxSearchResults = 500;
inline constexpr int kDefaultSearchResults = 50;

// The most claims in one Check, and the most ports that they may have together. The
// second limit bounds the time of a call, which grows with the ports.
inline constexpr int kMaxClaims = 1'000;
inline constexpr int kMaxClaimedPorts = 262'144;

// The most bytes of the name of an owner in a request.
inline constexpr size_t kMaxOwnerBytes = 256;

// The most ports in one Suggest, and the most bytes of its key.
inline constexpr int kMaxSuggestedPorts = 100;
inline constexpr size_t kMaxSuggestKeyBytes = 256;

// The most bytes that all messages of a listing have together. The message of a record
// repeats the fields of a row, which has at least 12 bytes, and adds less than 40 bytes.
// Two files of kMaxFileBytes therefore fit, if no row of them has a list of ports. Clients
// refuse a longer listing, which long texts beside long lists of ports can make.
inline constexpr size_t kMaxListedBytes = size_t{256} << 20;

}  // namespace portreg

#endif  // PORTREG_COMMON_MODEL_LIMITS_H_
