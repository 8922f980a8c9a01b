// Makes the messages of a ListRange from stored records.
#ifndef PORTREG_SERVER_REPLIES_STORED_LIST_RANGE_ANSWER_H_
#define PORTREG_SERVER_REPLIES_STORED_LIST_RANGE_ANSWER_H_

#include <cstddef>
#include <vector>

#include "common/answers/list_range_answer.h"
#include "common/answers/requests.h"
#include "common/model/range_cursor.h"
#include "common/model/registry.h"
#include "grpcpp/support/byte_buffer.h"
#include "server/replies/stored_replies.h"

namespace portreg::server {

// Makes the messages of one listing in the basic view and without a filter, each from
// parts of the stored records. ListRangeAnswer makes those of any other listing.
//
// Not thread-safe.
class StoredListRangeAnswer {
 public:
  // Returns true if the question can be answered from stored records.
  static bool Serves(const ListRangeQuestion& question);

  // `Serves(question)` must be true, and `replies` must be made from `registry`. Both
  // must outlive the object, but need not outlive its messages.
  StoredListRangeAnswer(const Registry& registry, const StoredReplies& replies,
                        const ListRangeQuestion& question);

  // Sets `message` to the next serialised message. Returns true if it is the last one.
  [[nodiscard]] bool Next(grpc::ByteBuffer& message);

 private:
  const Registry& registry_;
  const StoredReplies& replies_;
  std::vector<RecordRun> runs_;
  // Index of the current run. Its records that were sent are cut off.
  size_t run_ = 0;
  // The record at which a listing that is interrupted now resumes.
  RecordIndex position_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_REPLIES_STORED_LIST_RANGE_ANSWER_H_
