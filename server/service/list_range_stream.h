// Answers ListRange calls.
#ifndef PORTREG_SERVER_SERVICE_LIST_RANGE_STREAM_H_
#define PORTREG_SERVER_SERVICE_LIST_RANGE_STREAM_H_

#include <memory>
#include <variant>

#include "absl/status/status.h"
#include "common/answers/answers.h"
#include "common/answers/list_range_answer.h"
#include "common/answers/requests.h"
#include "grpcpp/grpcpp.h"
#include "server/replies/stored_list_range_answer.h"
#include "server/service/calls.h"
#include "server/service/publication.h"
#include "server/service/stream.h"
#include "server/workers/worker_pool.h"

namespace portreg::server {

// Sends the messages of one ListRange. Sends a message only after gRPC has written the previous
// one, so that a client that does not read costs the memory of one message. Stored messages are
// sent at once. Workers make the others, because a filter may have to skip most of a registry to
// fill one message.
class ListRangeStream final : public Stream, public WorkerPool::Job {
 public:
  ListRangeStream(Calls& calls, grpc::CallbackServerContext& context,
                  std::shared_ptr<const Snapshot> snapshot);

  // Reads the request and sends the first message. Call it once, after Begin.
  void Go(const grpc::ByteBuffer& request);

  void OnWriteDone(bool ok) override;
  void OnCancel() override;

  void Run() override;
  void Refuse(WorkerPool::Refusal why) override;

 private:
  // Sends the next message, or lets a worker do so.
  void SendNext();
  void SendNow();
  // Puts the listing's next message into `bytes`, and sets `last` to true if it is
  // the last one.
  absl::Status Next(grpc::ByteBuffer& bytes, bool& last);

  const std::shared_ptr<const Snapshot> snapshot_;
  // Empty until the request is read. If the answer is not stored, holds the question until a
  // worker begins the answer.
  std::variant<std::monostate, ListRangeQuestion, StoredListRangeAnswer, ListRangeAnswer> listing_;
  // Keeps the stream alive while it waits for a worker, because the stream may end in the
  // meantime.
  std::shared_ptr<Stream> submitted_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_SERVICE_LIST_RANGE_STREAM_H_
