#include "server/service/list_range_stream.h"

#include <utility>

#include "absl/status/statusor.h"
#include "common/answers/requests.h"
#include "server/replies/grpc_conversion.h"

namespace portreg::server {

ListRangeStream::ListRangeStream(Calls& calls, grpc::CallbackServerContext& context,
                                 std::shared_ptr<const Snapshot> snapshot)
    : Stream(calls, Method::kListRange, context), snapshot_(std::move(snapshot)) {}

void ListRangeStream::Go(const grpc::ByteBuffer& request) {
  v1::ListRangeRequest message;
  if (absl::Status status = TakeRequest(request, message); !status.ok()) {
    End(ToGrpcStatus(status));
    return;
  }
  absl::StatusOr<ListRangeQuestion> question = Read(message, snapshot_->registry);
  if (!question.ok()) {
    End(ToGrpcStatus(question.status()));
    return;
  }
  if (StoredListRangeAnswer::Serves(*question)) {
    listing_.emplace<StoredListRangeAnswer>(snapshot_->registry, snapshot_->replies, *question);
  } else {
    listing_ = *std::move(question);
  }
  SendNext();
}

void ListRangeStream::OnWriteDone(bool ok) {
  if (ok) {
    SendNext();
  } else {
    End(grpc::Status::CANCELLED);
  }
}

void ListRangeStream::OnCancel() {
  if (!calls().workers().Withdraw(*this)) return;
  const std::shared_ptr<Stream> self = std::move(submitted_);
  End(grpc::Status::CANCELLED);
}

void ListRangeStream::Run() {
  const std::shared_ptr<Stream> self = std::move(submitted_);
  if (auto* const question = std::get_if<ListRangeQuestion>(&listing_)) {
    listing_.emplace<ListRangeAnswer>(
        ListRange(snapshot_->registry, ListRangeQuestion(std::move(*question))));
  }
  SendNow();
}

void ListRangeStream::Refuse(WorkerPool::Refusal why) {
  const std::shared_ptr<Stream> self = std::move(submitted_);
  End(ToGrpcStatus(calls().StatusOf(why)));
}

void ListRangeStream::SendNext() {
  if (std::holds_alternative<StoredListRangeAnswer>(listing_)) {
    SendNow();
  } else {
    submitted_ = shared_from_this();
    calls().workers().Submit(connection(), *this);
  }
}

void ListRangeStream::SendNow() {
  // Makes no message for a client that has cancelled.
  if (cancelled()) {
    End(grpc::Status::CANCELLED);
    return;
  }
  grpc::ByteBuffer bytes;
  bool last = false;
  if (absl::Status status = Next(bytes, last); !status.ok()) {
    End(ToGrpcStatus(status));
  } else if (last) {
    SendLast(bytes);
  } else {
    Send(bytes);
  }
}

absl::Status ListRangeStream::Next(grpc::ByteBuffer& bytes, bool& last) {
  if (auto* const stored = std::get_if<StoredListRangeAnswer>(&listing_)) {
    last = stored->Next(bytes);
    return absl::OkStatus();
  }
  v1::ListRangeResponse message;
  last = std::get<ListRangeAnswer>(listing_).Next(message);
  const absl::StatusOr<grpc::Slice> slice = calls().unread().Hold(message.SerializeAsString());
  if (!slice.ok()) return slice.status();
  grpc::ByteBuffer(&*slice, 1).Swap(&bytes);
  return absl::OkStatus();
}

}  // namespace portreg::server
