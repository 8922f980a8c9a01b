// The registries that requests are put to.
#ifndef PORTREG_TESTS_FUZZ_SERVED_H_
#define PORTREG_TESTS_FUZZ_SERVED_H_

#include "common/model/registry.h"
#include "common/search/search.h"
#include "server/replies/stored_replies.h"

namespace portreg::fuzz {

// A registry and what is made of it, as a server publishes them.
struct Served {
  explicit Served(Registry r) : registry(std::move(r)), search_index(registry), replies(registry) {}

  const Registry registry;
  const SearchIndex search_index;
  const server::StoredReplies replies;
};

// What a server with no configuration serves, and a local layer over it.
const Served& EmbeddedServed();

// A few rows, with what is rare among the embedded ones: ranges within ranges,
// texts so long that a listing needs several messages, names with " / ".
const Served& SmallServed();

}  // namespace portreg::fuzz

#endif  // PORTREG_TESTS_FUZZ_SERVED_H_
