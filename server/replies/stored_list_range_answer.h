// A listing of records that are stored as bytes.
#ifndef PORTREG_SERVER_REPLIES_STORED_LIST_RANGE_ANSWER_H_
#define PORTREG_SERVER_REPLIES_STORED_LIST_RANGE_ANSWER_H_

#include <cstddef>
#include <vector>

#include "common/answers/requests.h"
#include "common/model/range_cursor.h"
#include "common/model/registry.h"
#include "grpcpp/support/byte_buffer.h"
#include "server/replies/stored_replies.h"

namespace portreg::server {

// The messages of one listing in the basic view and without a filter, each made
// of parts of the stored records. Does what ListRangeAnswer does for any other. Not for
// use by several threads at once.
class StoredListRangeAnswer {
 public:
  // Whether a listing of it can be made of stored records.
  static bool Serves(const ListRangeQuestion& question);

  // The question must be one that it serves; `replies` are those of the
  // registry, and both must outlive the listing, not its messages.
  StoredListRangeAnswer(const Registry& registry, const StoredReplies& replies,
                        const ListRangeQuestion& question);

  // As ListRangeAnswer::Next, the message in bytes.
  [[nodiscard]] bool Next(grpc::ByteBuffer& message);

 private:
  const Registry& registry_;
  const StoredReplies& replies_;
  std::vector<RecordRun> runs_;
  // The run that is being given out, from its first record on.
  size_t run_ = 0;
  // Where a listing that is cut off here goes on.
  RecordIndex position_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_REPLIES_STORED_LIST_RANGE_ANSWER_H_
