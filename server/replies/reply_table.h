// Stores serialised replies to numbered questions.
#ifndef PORTREG_SERVER_REPLIES_REPLY_TABLE_H_
#define PORTREG_SERVER_REPLIES_REPLY_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/model/registry.h"
#include "grpcpp/support/slice.h"
#include "portreg/v1/port_registry_service.pb.h"
#include "server/replies/grpc_conversion.h"

namespace portreg::server {

// Stores the replies to the questions 0 to size - 1 as parts of one slice, equal
// replies once. Slices may outlive the table.
//
// Immutable, so thread-safe.
class ReplyTable {
 public:
  // Asks for all replies and stores them. Questions i with equal `key_of(i)` must have
  // equal replies; equal keys in a row cost least. `ask(i)` returns an absl::StatusOr
  // of a LookupResponse or a ClassifyResponse with the registry's revision. Errors are
  // not stored. Stores no more replies once they would exceed `max_bytes` together,
  // because a data file can make them very large: for example with a long text for all
  // ports and a different text for each port.
  template <typename KeyOf, typename Ask>
  ReplyTable(const Registry& registry, size_t size, size_t max_bytes, KeyOf key_of, Ask ask);

  // Returns the table's bytes of memory, without the allocator's overhead.
  [[nodiscard]] size_t MemoryBytes() const {
    return places_.capacity() * sizeof(Place) + bytes_.size();
  }

  // Returns the reply, or nullopt if it is not stored.
  [[nodiscard]] std::optional<grpc::Slice> At(size_t question) const {
    const Place& place = places_[question];
    if (place.is_empty()) return std::nullopt;
    return bytes_.sub(place.reply, place.revision + revision_size_);
  }

  // Returns a LookupResponse as one result in a serialised BatchLookupResponse.
  // Returns an empty text if it is not stored. Valid as long as the table exists.
  [[nodiscard]] absl::string_view BatchResult(size_t question) const {
    const Place& place = places_[question];
    return {reinterpret_cast<const char*>(bytes_.begin()) + place.result,
            place.revision - place.result};
  }

 private:
  // Positions in the bytes of a stored reply. The tags and lengths that make the reply a result
  // of a batch begin at `result`, and the reply begins at `reply`. Its revision, which a result
  // of a batch does not have, begins at `revision` and ends the reply.
  struct Place {
    uint32_t result = 0;
    uint32_t reply = 0;
    uint32_t revision = 0;

    [[nodiscard]] bool is_empty() const { return reply == revision; }
  };

  // Appends a reply to `bytes` and returns its place.
  Place Append(const v1::LookupResponse& reply, std::string& bytes) const;
  Place Append(const v1::ClassifyResponse& reply, std::string& bytes) const;

  size_t revision_size_;
  std::vector<Place> places_;
  grpc::Slice bytes_;
};

// Returns the size of the serialised field `revision` in a reply.
size_t SizeOfRevision(const Registry& registry);

template <typename KeyOf, typename Ask>
ReplyTable::ReplyTable(const Registry& registry, size_t size, size_t max_bytes, KeyOf key_of,
                       Ask ask)
    : revision_size_(SizeOfRevision(registry)) {
  using Key = decltype(key_of(size));
  absl::flat_hash_map<Key, Place> stored;
  std::string bytes;
  bool full = false;
  places_.reserve(size);
  Key last_key = {};
  for (size_t i = 0; i < size; ++i) {
    const Key key = key_of(i);
    if (i > 0 && key == last_key) {
      places_.push_back(places_.back());
      continue;
    }
    last_key = key;
    const auto [place, is_new] = stored.try_emplace(key);
    if (is_new && !full) {
      const auto reply = ask(i);
      full = reply.ok() && bytes.size() + reply->ByteSizeLong() > max_bytes;
      if (reply.ok() && !full) place->second = Append(*reply, bytes);
    }
    places_.push_back(place->second);
  }
  bytes_ = ToSlice(std::move(bytes));
}

}  // namespace portreg::server

#endif  // PORTREG_SERVER_REPLIES_REPLY_TABLE_H_
