// Stores the serialised replies to the most frequent questions.
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

// Stores the replies to plain questions about a registry: those in the basic view and
// without a filter. Computes them once, before the registry is published, so that a
// lookup costs as little as an empty call, and a batch or a listing costs as much as
// copying or sending its bytes (tests/bench). Slices may outlive the object.
//
// Immutable, so thread-safe.
class StoredReplies {
 public:
  // Most bytes of each kind of replies: for ports, for names, and for classes.
  static constexpr size_t kMaxTableBytes = 64 << 20;
  // Suffices for all replies that kMaxTableBytes allows.
  static constexpr size_t kMaxBytes = size_t{1} << 30;

  // Stores replies of up to `max_bytes`; those that do not fit are left out. Stores the
  // records in any case. The registry must outlive the object.
  explicit StoredReplies(const Registry& registry, size_t max_bytes = kMaxBytes);

  // Returns the bytes of memory, without the allocator's overhead.
  [[nodiscard]] size_t MemoryBytes() const;

  // Returns the LookupResponse or ClassifyResponse. Returns nullopt if it is not
  // stored, because the question is not plain or its answer is an error.
  [[nodiscard]] std::optional<grpc::Slice> Find(const v1::LookupRequest& request) const;
  [[nodiscard]] std::optional<grpc::Slice> Find(const v1::ClassifyRequest& request) const;

  // Returns the reply as one result in a serialised BatchLookupResponse. Returns an
  // empty text if it is not stored. Valid as long as this object exists.
  [[nodiscard]] absl::string_view FindBatchResult(const v1::LookupRequest& request) const;

  // Returns records in the basic view as part of a serialised ListRangeResponse. The
  // run must not be empty.
  [[nodiscard]] grpc::Slice Records(RecordRun run) const {
    return records_.bytes.sub(records_.begin[run.first], records_.begin[run.second]);
  }

  // Returns a record in the basic view as the field `record` of a serialised
  // SearchMatch. Valid as long as this object exists.
  [[nodiscard]] absl::string_view SearchRecord(RecordIndex index) const {
    return {reinterpret_cast<const char*>(records_.bytes.begin()) + records_.begin[index],
            records_.begin[index + 1] - records_.begin[index]};
  }

  // Returns the first records of the run that together have at least `bytes`, which
  // must be above 0, or the whole run if it has less.
  [[nodiscard]] RecordRun FirstRecords(RecordRun run, size_t bytes) const;

 private:
  // Identifies the stored reply to a plain question.
  struct Place {
    const ReplyTable& table;
    size_t question;
  };
  [[nodiscard]] std::optional<Place> PlaceOf(const v1::LookupRequest& request) const;

  // The serialised records. Record i is [begin[i], begin[i + 1]) of the bytes.
  struct StoredRecords {
    grpc::Slice bytes;
    std::vector<uint32_t> begin;
  };
  static StoredRecords StoreRecords(const Registry& registry);

  // `classes` is computed on another thread at the same time.
  StoredReplies(const Registry& registry, size_t max_table_bytes, std::future<ReplyTable> classes);

  const Registry& registry_;
  // By port.
  const ReplyTable ports_;
  // By Registry::NameId.
  const ReplyTable names_;
  const StoredRecords records_;
  // By port.
  const ReplyTable classes_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_REPLIES_STORED_REPLIES_H_
