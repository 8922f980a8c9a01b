#include "portreg/record_stream.h"

#include <utility>

#include "absl/time/clock.h"
#include "client/messages.h"
#include "client/methods.h"
#include "client/reply_check.h"

namespace portreg {
namespace {

using grpc::internal::RpcMethod;
using internal::kListRange;

}  // namespace

RecordStream::Messages::Messages(internal::Listing listing) : listing_(std::move(listing)) {}

RecordStream::Messages::Messages(absl::Status status)
    : phase_(Phase::kOver), status_(std::move(status)) {}

RecordStream::Messages::~Messages() {
  if (phase_ != Phase::kOpen) return;
  context_->TryCancel();
  Finish();
}

bool RecordStream::Messages::Open() {
  context_ = std::make_unique<grpc::ClientContext>();
  listing_->Prepare(*context_);
  const internal::Connection& connection = listing_->connection();
  if (!listing_->resumed()) {
    status_ = connection.AwaitConnection(listing_->ConnectTimeout());
    if (!status_.ok()) return false;
  }
  const std::shared_ptr<grpc::Channel> channel = connection.channel();
  if (channel != nullptr) {
    // As the generated stub does it, for messages that are not parsed.
    const RpcMethod method(kListRange.path, RpcMethod::SERVER_STREAMING);
    bytes_reader_.reset(grpc::internal::ClientReaderFactory<grpc::ByteBuffer>::Create(
        channel.get(), method, context_.get(), listing_->request()));
    return true;
  }
  reader_ = connection.stub()->ListRange(context_.get(), listing_->request());
  if (reader_ == nullptr) status_ = absl::InternalError("the stub gave no reader of the listing");
  return status_.ok();
}

bool RecordStream::Messages::Read() {
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

const v1::PortRecord* RecordStream::Messages::NextRecord() {
  if (phase_ == Phase::kOver && !status_.ok()) return nullptr;
  const v1::PortRecord* const record = message_.Next();
  if (record == nullptr) return nullptr;
  absl::Status status = listing_->Check(*record);
  if (status.ok()) return record;
  Fail(std::move(status));
  return nullptr;
}

void RecordStream::Messages::Fail(absl::Status status) {
  context_->TryCancel();
  Finish();
  phase_ = Phase::kOver;
  status_ = std::move(status);
}

bool RecordStream::Messages::ReadOne() {
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

grpc::Status RecordStream::Messages::Finish() {
  return bytes_reader_ != nullptr ? bytes_reader_->Finish() : reader_->Finish();
}

bool RecordStream::Messages::MayGoOn() {
  const grpc::Status end = Finish();
  if (listing_->Resume(end)) {
    absl::SleepFor(listing_->Pause());
    return true;
  }
  status_ = listing_->Explain(end);
  return false;
}

RecordStream::RecordStream(std::unique_ptr<Messages> messages) : messages_(std::move(messages)) {}

RecordStream::RecordStream(RecordStream&& other) noexcept = default;

RecordStream& RecordStream::operator=(RecordStream&& other) noexcept {
  if (this == &other) return *this;
  messages_ = std::move(other.messages_);
  revision_ = std::move(other.revision_);
  resume_token_ = std::move(other.resume_token_);
  status_ = std::move(other.status_);
  return *this;
}

RecordStream::~RecordStream() = default;

const v1::PortRecord* RecordStream::Next() {
  if (messages_ == nullptr) return nullptr;
  const internal::ListingMessage& message = messages_->message();
  const v1::PortRecord* record = messages_->NextRecord();
  while (record == nullptr) {
    if (!messages_->Read()) {
      status_ = messages_->status();
      return nullptr;
    }
    revision_ = message.rest().revision();
    if (message.done()) resume_token_ = message.rest().resume_token();
    record = messages_->NextRecord();
  }
  if (message.done()) resume_token_ = message.rest().resume_token();
  return record;
}

}  // namespace portreg
