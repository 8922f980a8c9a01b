// The replies that are asked for most, as bytes.
#ifndef PORTREG_SERVER_REPLIES_STORED_REPLIES_H_
#define PORTREG_SERVER_REPLIES_STORED_REPLIES_H_

#include <cstddef>
#include <cstdint>
#include <future>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/model/range_cursor.h"
#include "common/model/registry.h"
#include "grpcpp/support/slice.h"
#include "portreg/v1/port_registry_service.pb.h"
#include "server/replies/reply_table.h"

namespace portreg::server {

// What the handlers answer to the plain questions about a registry, those in
// the basic view and without a filter. Made once, by asking the handlers, when
// the registry is published: a lookup then costs what an empty call does, and a
// batch or a listing what its bytes do (tests/bench).
//
// Any number of threads may ask at once. Slices outlive the object.
class StoredReplies {
 public:
  // The most bytes of each kind of replies: of ports, names and classes.
  static constexpr size_t kMaxTableBytes = 64 << 20;
  // Suffices for all replies that kMaxTableBytes allows.
  static constexpr size_t kMaxBytes = size_t{1} << 30;

  // The registry must outlive the replies. `max_bytes` is what the object may
  // take: replies that do not fit are not stored. The records are stored in any
  // case.
  explicit StoredReplies(const Registry& registry, size_t max_bytes = kMaxBytes);

  // Bytes of memory that they take, but for what the allocator adds.
  [[nodiscard]] size_t MemoryBytes() const;

  // The LookupResponse or ClassifyResponse. Nothing for a question that is not
  // plain, or that the handler refuses.
  [[nodiscard]] std::optional<grpc::Slice> Find(const v1::LookupRequest& request) const;
  [[nodiscard]] std::optional<grpc::Slice> Find(const v1::ClassifyRequest& request) const;

  // The same as a piece of a serialised BatchLookupResponse: one of its
  // results. Empty for a question that is not plain, or that the handler
  // refuses. Lives as long as the replies.
  [[nodiscard]] absl::string_view FindBatchResult(const v1::LookupRequest& request) const;

  // Records in the basic view as a piece of a serialised ListRangeResponse. The
  // run must not be empty.
  [[nodiscard]] grpc::Slice Records(RecordRun run) const {
    return records_.bytes.sub(records_.begin[run.first], records_.begin[run.second]);
  }

  // One record of them, as the field record of a serialised SearchMatch. Lives as
  // long as the replies.
  [[nodiscard]] absl::string_view SearchRecord(RecordIndex index) const {
    return {reinterpret_cast<const char*>(records_.bytes.begin()) + records_.begin[index],
            records_.begin[index + 1] - records_.begin[index]};
  }

  // The records at the run's beginning that fill a piece of `bytes`, above 0.
  [[nodiscard]] RecordRun FirstRecords(RecordRun run, size_t bytes) const;

 private:
  // Where the reply to a plain question stands.
  struct Place {
    const ReplyTable& table;
    size_t question;
  };
  [[nodiscard]] std::optional<Place> PlaceOf(const v1::LookupRequest& request) const;

  // Record i lies in [begin[i], begin[i + 1]) of the bytes.
  struct StoredRecords {
    grpc::Slice bytes;
    std::vector<uint32_t> begin;
  };
  static StoredRecords StoreRecords(const Registry& registry);

  // `classes` is made beside the rest.
  StoredReplies(const Registry& registry, size_t max_table_bytes, std::future<ReplyTable> classes);

  const Registry& registry_;
  // By port, by Registry::NameId, and by port.
  const ReplyTable ports_;
  const ReplyTable names_;
  const StoredRecords records_;
  const ReplyTable classes_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_REPLIES_STORED_REPLIES_H_
