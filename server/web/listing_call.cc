#include "server/web/listing_call.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "server/http/conditional.h"
#include "server/web/entity_tag.h"
#include "server/web_protocol/error_reply.h"
#include "server/web_protocol/json.h"
#include "server/web_protocol/methods.h"

namespace portreg::server {

void ListingCall::Start(WebService& service, HttpExchange& exchange, const WebQuestion& question) {
  const auto call = std::make_shared<ListingCall>(service, exchange);
  // Counts the call as cancelled if it has no status when the exchange ends. The destructor of
  // the stream could not do that, because libmicrohttpd may destroy the stream after the
  // exchange.
  exchange.Keep({call.get(), [call](void*) { call->record_.Handled(absl::CancelledError()); }});
  call->Go(question);
}

ListingCall::ListingCall(WebService& service, HttpExchange& exchange)
    : record_(service, exchange, Method::kListRange) {}

void ListingCall::Go(const WebQuestion& question) {
  absl::StatusOr<HttpResponse> response = Begin(question);
  if (response.ok()) {
    record_.exchange().Answer(*std::move(response));
    return;
  }
  record_.Handled(response.status());
  record_.exchange().Answer(ErrorReply({.error = response.status()}));
}

absl::StatusOr<HttpResponse> ListingCall::Begin(const WebQuestion& question) {
  if (absl::Status status = record_.service().Admit(record_.exchange()); !status.ok())
    return status;
  v1::ListRangeRequest message;
  if (absl::Status status = ParseRequest(question.request, message); !status.ok()) return status;
  snapshot_ = record_.service().publication.Current();
  absl::StatusOr<ListRangeQuestion> read = portreg::Read(message, snapshot_->registry);
  if (!read.ok()) return read.status();
  listing_ = *std::move(read);
  const HttpRequest& request = record_.exchange().request;
  HttpResponse response = {.content_type = "application/x-ndjson"};
  if (Revalidate(request, EntityTagOf(snapshot_->registry), response)) {
    record_.Handled(absl::OkStatus());
    return response;
  }
  compress_ = AcceptsGzip(request);
  if (compress_) response.fields.emplace_back("Content-Encoding", "gzip");
  if (request.method == "HEAD") record_.Handled(absl::OkStatus());
  response.stream = shared_from_this();
  return response;
}

HttpStream::State ListingCall::Read(HttpExchange& exchange, char* to, size_t room,
                                    size_t& written) {
  if (!failure_.ok()) return State::kFailed;
  if (line_) {
    written = std::min(room, line_->size() - sent_);
    std::memcpy(to, line_->begin() + sent_, written);
    sent_ += written;
    if (sent_ == line_->size()) line_.reset();
    return State::kBytes;
  }
  if (last_) {
    record_.Handled(absl::OkStatus());
    return State::kEnd;
  }
  exchange.Suspend();
  record_.service().calls.workers().Submit(record_.flow(), *this);
  return State::kWait;
}

void ListingCall::Run() {
  absl::StatusOr<grpc::Slice> line = NextLine();
  if (line.ok()) {
    line_ = *std::move(line);
    sent_ = 0;
  } else {
    failure_ = line.status();
    record_.Handled(failure_);
  }
  record_.exchange().Resume();
}

void ListingCall::Refuse(WorkerPool::Refusal why) {
  failure_ = record_.service().calls.StatusOf(why);
  record_.Handled(failure_);
  record_.exchange().Resume();
}

absl::StatusOr<std::string> ListingCall::NextMessage() {
  if (const auto* const asked = std::get_if<ListRangeQuestion>(&listing_)) {
    ListRangeQuestion question = *asked;
    if (StoredListRangeAnswer::Serves(question)) {
      listing_.emplace<StoredListRangeAnswer>(snapshot_->registry, snapshot_->replies, question);
    } else {
      listing_.emplace<ListRangeAnswer>(ListRange(snapshot_->registry, std::move(question)));
    }
  }
  if (auto* const stored = std::get_if<StoredListRangeAnswer>(&listing_)) {
    grpc::ByteBuffer bytes;
    last_ = stored->Next(bytes);
    grpc::Slice slice;
    if (!bytes.DumpToSingleSlice(&slice).ok()) {
      return absl::InternalError("a stored message cannot be read");
    }
    return std::string(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  v1::ListRangeResponse message;
  last_ = std::get<ListRangeAnswer>(listing_).Next(message);
  return message.SerializeAsString();
}

absl::StatusOr<grpc::Slice> ListingCall::NextLine() {
  const absl::StatusOr<std::string> message = NextMessage();
  if (!message.ok()) return message.status();
  absl::StatusOr<std::string> json = ToJson(ResponseType(Method::kListRange), *message);
  if (!json.ok()) return json.status();
  json->push_back('\n');
  record_.CountMessage();
  if (compress_ && gzip_ == nullptr) gzip_ = std::make_unique<GzipStream>();
  std::string bytes = compress_ ? gzip_->Add(*json, last_) : *std::move(json);
  if (bytes.empty()) return absl::ResourceExhaustedError("the listing cannot be compressed");
  return record_.service().calls.unread().Hold(std::move(bytes));
}

}  // namespace portreg::server
