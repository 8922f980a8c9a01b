#include "server/list_range_stream.h"

#include <utility>

#include "absl/status/statusor.h"
#include "server/request.h"
#include "server/wire.h"

namespace portreg {

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
  if (StoredListing::Serves(*question)) {
    listing_.emplace<StoredListing>(snapshot_->registry, snapshot_->replies, *question);
  } else {
    listing_.emplace<Listing>(ListRange(snapshot_->registry, *std::move(question)));
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

void ListRangeStream::SendNext() {
  // A stream that was reset costs no message.
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
  if (auto* const stored = std::get_if<StoredListing>(&listing_)) {
    last = stored->Next(bytes);
    return absl::OkStatus();
  }
  v1::ListRangeResponse message;
  last = std::get<Listing>(listing_).Next(message);
  const absl::StatusOr<grpc::Slice> slice = calls().unread().Hold(message.SerializeAsString());
  if (!slice.ok()) return slice.status();
  grpc::ByteBuffer(&*slice, 1).Swap(&bytes);
  return absl::OkStatus();
}

}  // namespace portreg
