#include "client/listings/blocking_listing.h"

#include <utility>

#include "absl/time/clock.h"
#include "client/calls/methods.h"
#include "client/replies/reply_check.h"

namespace portreg {
namespace {

using grpc::internal::RpcMethod;
using internal::kListRange;

}  // namespace

RecordStream::BlockingListing::BlockingListing(
    std::shared_ptr<const internal::Connection> connection, internal::ResumableListing listing)
    : connection_(std::move(connection)), listing_(std::move(listing)) {}

RecordStream::BlockingListing::BlockingListing(absl::Status status)
    : phase_(Phase::kOver), status_(std::move(status)) {}

RecordStream::BlockingListing::~BlockingListing() {
  if (phase_ != Phase::kOpen) return;
  context_->TryCancel();
  Finish();
}

bool RecordStream::BlockingListing::Open() {
  context_ = std::make_unique<grpc::ClientContext>();
  const internal::CallTerms terms = listing_->NextTerms();
  internal::Prepare(*context_, terms.deadline, terms.metadata);
  context_->set_wait_for_ready(terms.wait_for_ready);
  if (!listing_->resumed()) {
    status_ = connection_->AwaitConnection(listing_->ConnectTimeout());
    if (!status_.ok()) return false;
  }
  const std::shared_ptr<grpc::Channel> channel = connection_->channel();
  if (channel != nullptr) {
    // Makes the call of the generated stub, but does not parse the messages.
    const RpcMethod method(kListRange.path, RpcMethod::SERVER_STREAMING);
    bytes_reader_.reset(grpc::internal::ClientReaderFactory<grpc::ByteBuffer>::Create(
        channel.get(), method, context_.get(), listing_->request()));
    return true;
  }
  reader_ = connection_->stub()->ListRange(context_.get(), listing_->request());
  if (reader_ == nullptr) status_ = absl::InternalError("the stub gave no reader of the listing");
  return status_.ok();
}

bool RecordStream::BlockingListing::Read() {
  while (phase_ != Phase::kOver) {
    if (message_.malformed()) {
      Fail(internal::BrokenReply(internal::NameOf(kListRange.path), internal::kMalformed));
    } else if (phase_ == Phase::kNew && !Open()) {
      phase_ = Phase::kOver;
    } else if (phase_ = Phase::kOpen; !ReadOne()) {
      phase_ = MayGoOn() ? Phase::kNew : Phase::kOver;
    } else if (!message_.malformed()) {
      absl::Status status = listing_->Take(message_.rest(), message_bytes_);
      if (status.ok()) return true;
      Fail(std::move(status));
    }
  }
  return false;
}

const v1::PortRecord* RecordStream::BlockingListing::NextRecord() {
  if (phase_ == Phase::kOver && !status_.ok()) return nullptr;
  const v1::PortRecord* const record = message_.Next();
  if (record == nullptr) return nullptr;
  absl::Status status = listing_->Check(*record);
  if (status.ok()) return record;
  Fail(std::move(status));
  return nullptr;
}

void RecordStream::BlockingListing::Fail(absl::Status status) {
  context_->TryCancel();
  Finish();
  phase_ = Phase::kOver;
  status_ = std::move(status);
}

bool RecordStream::BlockingListing::ReadOne() {
  if (bytes_reader_ != nullptr) {
    grpc::ByteBuffer bytes;
    if (!bytes_reader_->Read(&bytes)) return false;
    message_bytes_ = bytes.Length();
    message_.Parse(bytes);
  } else {
    v1::ListRangeResponse message;
    if (!reader_->Read(&message)) return false;
    message_bytes_ = message.ByteSizeLong();
    message_.Set(std::move(message));
  }
  return true;
}

grpc::Status RecordStream::BlockingListing::Finish() {
  return bytes_reader_ != nullptr ? bytes_reader_->Finish() : reader_->Finish();
}

bool RecordStream::BlockingListing::MayGoOn() {
  const grpc::Status end = Finish();
  if (listing_->Resume(end)) {
    absl::SleepFor(listing_->Pause());
    return true;
  }
  status_ = listing_->Explain(end);
  return false;
}

}  // namespace portreg
