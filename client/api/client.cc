#include "portreg/client.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "client/connections/channel.h"
#include "client/connections/connection.h"
#include "client/connections/renewed_line.h"
#include "client/connections/unary_call.h"
#include "client/listings/async_listing.h"
#include "client/listings/blocking_listing.h"
#include "client/listings/resumable_listing.h"
#include "client/lookups/batch_call.h"
#include "client/lookups/coalescer.h"
#include "client/lookups/split_batch.h"
#include "client/watches/watch.h"
#include "common/system/monotonic_time.h"
#include "common/tls/handshake_guard.h"

namespace portreg {

using internal::CheckedCallOptions;
using internal::Connection;
using internal::ResumableListing;

namespace {

absl::Status RefuseTls(const ClientOptions& options) {
  if (!options.tls) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "ClientOptions.tls is given, it must be absent beside own credentials or an own channel");
}

absl::Status NullArgument(absl::string_view argument) {
  return absl::InvalidArgumentError(absl::StrCat("the ", argument, " must not be null"));
}

v1::LookupRequest RequestOfPort(int32_t port) {
  v1::LookupRequest request;
  request.set_port(port);
  return request;
}

v1::LookupRequest RequestOfService(absl::string_view service) {
  v1::LookupRequest request;
  request.set_service(std::string(service));
  return request;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Client>> Client::Create(const ClientOptions& options) {
  if (absl::Status status = options.Validate(); !status.ok()) return status;
  if (options.tls) {
    if (absl::Status status = GuardHandshakes(); !status.ok()) return status;
    absl::StatusOr<std::unique_ptr<internal::RenewedLine>> line =
        internal::RenewedLine::Create(options);
    if (!line.ok()) return line.status();
    return std::unique_ptr<Client>(
        new Client(std::make_shared<const Connection>(*std::move(line), options)));
  }
  std::shared_ptr<grpc::Channel> channel =
      internal::MakeChannel(options, grpc::InsecureChannelCredentials());
  return std::unique_ptr<Client>(
      new Client(std::make_shared<const Connection>(std::move(channel), options)));
}

absl::StatusOr<std::unique_ptr<Client>> Client::Create(
    const ClientOptions& options, const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
  if (credentials == nullptr) return NullArgument("credentials");
  if (absl::Status status = RefuseTls(options); !status.ok()) return status;
  if (absl::Status status = options.Validate(); !status.ok()) return status;
  if (absl::Status status = GuardHandshakes(); !status.ok()) return status;
  return std::unique_ptr<Client>(new Client(std::make_shared<const Connection>(
      internal::MakeChannel(options, credentials), options, /*own_credentials=*/true)));
}

absl::StatusOr<std::unique_ptr<Client>> Client::CreateWithChannel(
    std::shared_ptr<grpc::Channel> channel, const ClientOptions& options) {
  if (channel == nullptr) return NullArgument("channel");
  if (absl::Status status = RefuseTls(options); !status.ok()) return status;
  if (absl::Status status = options.Validate(); !status.ok()) return status;
  return std::unique_ptr<Client>(new Client(
      std::make_shared<const Connection>(std::move(channel), options, /*own_credentials=*/true)));
}

Client::Client(std::shared_ptr<v1::PortRegistryService::StubInterface> stub, ClientOptions options)
    : Client(std::make_shared<const Connection>(std::move(stub), std::move(options))) {}

Client::Client(std::shared_ptr<const Connection> connection) : connection_(std::move(connection)) {
  if (connection_->options().coalesce_lookups && connection_->HasAsyncCalls()) {
    coalescer_ = std::make_unique<internal::Coalescer>(connection_);
  }
}

Client::~Client() = default;

absl::StatusOr<v1::LookupResponse> Client::Lookup(const v1::LookupRequest& request,
                                                  const CallOptions& call) const {
  if (coalescer_ != nullptr) return coalescer_->Lookup(request, call);
  return connection_->Call(internal::kLookup, request, call);
}

PendingCall Client::LookupAsync(const v1::LookupRequest& request,
                                Callback<v1::LookupResponse> callback,
                                const CallOptions& call) const {
  if (coalescer_ != nullptr) return coalescer_->LookupAsync(request, std::move(callback), call);
  return CallAsync(connection_, internal::kLookup, request, call, std::move(callback));
}

absl::StatusOr<v1::LookupResponse> Client::LookupPort(int32_t port, const CallOptions& call) const {
  return Lookup(RequestOfPort(port), call);
}

PendingCall Client::LookupPortAsync(int32_t port, Callback<v1::LookupResponse> callback,
                                    const CallOptions& call) const {
  return LookupAsync(RequestOfPort(port), std::move(callback), call);
}

absl::StatusOr<v1::LookupResponse> Client::LookupService(absl::string_view service,
                                                         const CallOptions& call) const {
  return Lookup(RequestOfService(service), call);
}

PendingCall Client::LookupServiceAsync(absl::string_view service,
                                       Callback<v1::LookupResponse> callback,
                                       const CallOptions& call) const {
  return LookupAsync(RequestOfService(service), std::move(callback), call);
}

absl::StatusOr<v1::BatchLookupResponse> Client::BatchLookup(const v1::BatchLookupRequest& request,
                                                            const CallOptions& call) const {
  const absl::StatusOr<CheckedCallOptions> terms = connection_->Terms(call);
  if (!terms.ok()) return terms.status();
  const MonotonicTime deadline = terms->Deadline();
  internal::SplitBatch batch(request);
  while (const v1::BatchLookupRequest* part = batch.Next()) {
    batch.Take(connection_->Call(internal::kBatchLookup, *part, *terms, deadline));
  }
  return std::move(batch).Result();
}

PendingCall Client::BatchLookupAsync(const v1::BatchLookupRequest& request,
                                     Callback<v1::BatchLookupResponse> callback,
                                     const CallOptions& call) const {
  absl::StatusOr<CheckedCallOptions> terms = connection_->Terms(call);
  if (!terms.ok()) {
    std::move(callback)(terms.status());
    return PendingCall({});
  }
  const auto batch = std::make_shared<internal::BatchCall>(connection_, *std::move(terms), request,
                                                           std::move(callback));
  batch->Start();
  return PendingCall(batch);
}

absl::StatusOr<v1::ClassifyResponse> Client::Classify(const v1::ClassifyRequest& request,
                                                      const CallOptions& call) const {
  return connection_->Call(internal::kClassify, request, call);
}

PendingCall Client::ClassifyAsync(const v1::ClassifyRequest& request,
                                  Callback<v1::ClassifyResponse> callback,
                                  const CallOptions& call) const {
  return CallAsync(connection_, internal::kClassify, request, call, std::move(callback));
}

absl::StatusOr<v1::CheckResponse> Client::Check(const v1::CheckRequest& request,
                                                const CallOptions& call) const {
  return connection_->Call(internal::kCheck, request, call);
}

PendingCall Client::CheckAsync(const v1::CheckRequest& request,
                               Callback<v1::CheckResponse> callback,
                               const CallOptions& call) const {
  return CallAsync(connection_, internal::kCheck, request, call, std::move(callback));
}

absl::StatusOr<v1::SuggestResponse> Client::Suggest(const v1::SuggestRequest& request,
                                                    const CallOptions& call) const {
  return connection_->Call(internal::kSuggest, request, call);
}

PendingCall Client::SuggestAsync(const v1::SuggestRequest& request,
                                 Callback<v1::SuggestResponse> callback,
                                 const CallOptions& call) const {
  return CallAsync(connection_, internal::kSuggest, request, call, std::move(callback));
}

absl::StatusOr<v1::SearchResponse> Client::Search(const v1::SearchRequest& request,
                                                  const CallOptions& call) const {
  return connection_->Call(internal::kSearch, request, call);
}

PendingCall Client::SearchAsync(const v1::SearchRequest& request,
                                Callback<v1::SearchResponse> callback,
                                const CallOptions& call) const {
  return CallAsync(connection_, internal::kSearch, request, call, std::move(callback));
}

RecordStream Client::ListRange(const v1::ListRangeRequest& request, const CallOptions& call) const {
  absl::StatusOr<CheckedCallOptions> terms = connection_->ListingTerms(call);
  if (!terms.ok())
    return RecordStream(std::make_unique<RecordStream::BlockingListing>(terms.status()));
  return RecordStream(std::make_unique<RecordStream::BlockingListing>(
      connection_, ResumableListing(connection_, *std::move(terms), request)));
}

AsyncRecordStream Client::ListRangeAsync(const v1::ListRangeRequest& request,
                                         const CallOptions& call) const {
  absl::StatusOr<CheckedCallOptions> terms = connection_->ListingTerms(call);
  if (!terms.ok()) {
    return AsyncRecordStream(std::make_shared<internal::AsyncListing>(terms.status()));
  }
  return AsyncRecordStream(std::make_shared<internal::AsyncListing>(
      connection_, ResumableListing(connection_, *std::move(terms), request)));
}

absl::StatusOr<v1::GetRegistryInfoResponse> Client::GetRegistryInfo(const CallOptions& call) const {
  return connection_->Call(internal::kGetRegistryInfo, v1::GetRegistryInfoRequest(), call);
}

PendingCall Client::GetRegistryInfoAsync(Callback<v1::GetRegistryInfoResponse> callback,
                                         const CallOptions& call) const {
  return CallAsync(connection_, internal::kGetRegistryInfo, v1::GetRegistryInfoRequest(), call,
                   std::move(callback));
}

Watcher Client::Watch(RevisionCallback on_revision, WatchOptions options) const {
  const auto watch =
      std::make_shared<internal::Watch>(connection_, std::move(on_revision), std::move(options));
  watch->Start();
  return Watcher(watch);
}

}  // namespace portreg
