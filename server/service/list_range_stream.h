// Answers a ListRange.
#ifndef PORTREG_SERVER_SERVICE_LIST_RANGE_STREAM_H_
#define PORTREG_SERVER_SERVICE_LIST_RANGE_STREAM_H_

#include <memory>
#include <variant>

#include "absl/status/status.h"
#include "common/answers/answers.h"
#include "common/answers/requests.h"
#include "grpcpp/grpcpp.h"
#include "server/replies/stored_list_range_answer.h"
#include "server/service/calls.h"
#include "server/service/publication.h"
#include "server/service/stream.h"
#include "server/workers/worker_pool.h"

namespace portreg::server {

// Sends one message at a time, the next one when gRPC has taken the last: a
// reader that does not read costs one message. Messages that are not stored, for
// which a filter may have to pass over a whole registry, are made by workers.
class ListRangeStream final : public Stream, public WorkerPool::Job {
 public:
  ListRangeStream(Calls& calls, grpc::CallbackServerContext& context,
                  std::shared_ptr<const Snapshot> snapshot);

  // Reads the request and sends the first message; once, after Begin.
  void Go(const grpc::ByteBuffer& request);

  void OnWriteDone(bool ok) override;
  void OnCancel() override;

  void Run() override;
  void Refuse(WorkerPool::Refusal why) override;

 private:
  // Sends the next message, or has a worker send it.
  void SendNext();
  void SendNow();
  // Puts the listing's next message into `bytes`, and into `last` whether there
  // is no other. An error ends the stream.
  absl::Status Next(grpc::ByteBuffer& bytes, bool& last);

  const std::shared_ptr<const Snapshot> snapshot_;
  // Empty until the request is read; then the question until the listing begins.
  std::variant<std::monostate, ListRangeQuestion, StoredListRangeAnswer, ListRangeAnswer> listing_;
  // Keeps the stream alive while a worker is to send: it may be ended meanwhile.
  std::shared_ptr<Stream> submitted_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_SERVICE_LIST_RANGE_STREAM_H_
