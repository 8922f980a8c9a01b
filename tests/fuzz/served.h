// Provides the registries that the fuzzers' requests are sent to.
#ifndef PORTREG_TESTS_FUZZ_SERVED_H_
#define PORTREG_TESTS_FUZZ_SERVED_H_

#include "common/model/registry.h"
#include "common/search/search.h"
#include "server/replies/stored_replies.h"

namespace portreg::fuzz {

// A registry with its search index and its stored replies, as a server publishes them.
struct Served {
  explicit Served(Registry r) : registry(std::move(r)), search_index(registry), replies(registry) {}

  const Registry registry;
  const SearchIndex search_index;
  const server::StoredReplies replies;
};

// Returns the data of a server without configuration, plus a local layer.
const Served& EmbeddedServed();

// Returns a few rows with cases that are rare in the embedded data: ranges within ranges,
// texts so long that a listing needs several messages, and names with " / ".
const Served& SmallServed();

}  // namespace portreg::fuzz

#endif  // PORTREG_TESTS_FUZZ_SERVED_H_
