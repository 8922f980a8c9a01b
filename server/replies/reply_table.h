// Serialised replies to numbered questions.
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

// Replies to the questions 0 to size - 1, equal ones stored once, as parts of
// one slice. Any number of threads may read at once; slices outlive the table.
class ReplyTable {
 public:
  // Asks for the replies. `key_of(i)` says which questions have equal replies:
  // those with equal keys. `ask(i)` answers absl::StatusOr of a LookupResponse
  // or a ClassifyResponse with the registry's revision; errors are not stored.
  // Neighbours with equal keys cost least. From the first reply on that would
  // exceed `max_bytes` in all none is stored: a file can make them grow without
  // bound by a long text on all ports beside another one on each.
  template <typename KeyOf, typename Ask>
  ReplyTable(const Registry& registry, size_t size, size_t max_bytes, KeyOf key_of, Ask ask);

  // Bytes of memory that the table takes, but for what the allocator adds.
  [[nodiscard]] size_t MemoryBytes() const {
    return places_.capacity() * sizeof(Place) + bytes_.size();
  }

  // Nothing if it is not stored.
  [[nodiscard]] std::optional<grpc::Slice> At(size_t question) const {
    const Place& place = places_[question];
    if (place.is_empty()) return std::nullopt;
    return bytes_.sub(place.reply, place.revision + revision_size_);
  }

  // A LookupResponse as a piece of a serialised BatchLookupResponse, one of its
  // results. Empty if it is not stored. Lives as long as the table.
  [[nodiscard]] absl::string_view BatchResult(size_t question) const {
    const Place& place = places_[question];
    return {reinterpret_cast<const char*>(bytes_.begin()) + place.result,
            place.revision - place.result};
  }

 private:
  // Where a reply lies: tags and lengths that make it a batch's result, the
  // reply, and at its end its revision, which a batch's result lacks.
  struct Place {
    uint32_t result = 0;
    uint32_t reply = 0;
    uint32_t revision = 0;

    [[nodiscard]] bool is_empty() const { return reply == revision; }
  };

  // Appends a reply to `bytes`.
  Place Append(const v1::LookupResponse& reply, std::string& bytes) const;
  Place Append(const v1::ClassifyResponse& reply, std::string& bytes) const;

  size_t revision_size_;
  std::vector<Place> places_;
  grpc::Slice bytes_;
};

// The size of the field revision in a LookupResponse or a ClassifyResponse.
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
