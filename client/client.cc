#include "portreg/client.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "client/channel.h"
#include "client/connection.h"
#include "client/messages.h"
#include "portreg/error.h"

namespace portreg {
namespace {

using internal::Connection;
using internal::Stub;

// How often a batch that is asked for in parts is begun anew since the
// registry changed between two of them.
constexpr int kMaxSplitAttempts = 3;

bool ReplyTooLarge(const absl::Status& status) {
  return absl::IsResourceExhausted(status) && ErrorReason(status) == "BATCH_REPLY_TOO_LARGE";
}

bool RevisionChanged(const absl::Status& status) { return absl::IsAborted(status); }

v1::BatchLookupRequest Part(const v1::BatchLookupRequest& request, int begin, int end) {
  v1::BatchLookupRequest part;
  for (int i = begin; i < end; ++i) *part.add_requests() = request.requests(i);
  return part;
}

// Asks for the whole, or, where its reply is too large, for each half. ABORTED
// if the halves' revisions differ.
absl::StatusOr<v1::BatchLookupResponse> LookUpInParts(const Connection& connection,
                                                      const v1::BatchLookupRequest& request,
                                                      absl::Time deadline) {
  absl::StatusOr<v1::BatchLookupResponse> whole =
      connection.Call(&Stub::BatchLookup, request, deadline);
  const int size = request.requests_size();
  if (whole.ok() || size < 2 || !ReplyTooLarge(whole.status())) return whole;

  absl::StatusOr<v1::BatchLookupResponse> first =
      LookUpInParts(connection, Part(request, 0, size / 2), deadline);
  if (!first.ok()) return first;
  absl::StatusOr<v1::BatchLookupResponse> second =
      LookUpInParts(connection, Part(request, size / 2, size), deadline);
  if (!second.ok()) return second;
  if (first->revision() != second->revision()) {
    return absl::AbortedError(absl::StrCat("the registry changed from revision ", first->revision(),
                                           " to ", second->revision(),
                                           " between the parts of a batch"));
  }
  for (v1::LookupResult& result : *second->mutable_results()) {
    *first->add_results() = std::move(result);
  }
  return first;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Client>> Client::Create(const ClientOptions& options) {
  if (absl::Status status = options.Validate(); !status.ok()) return status;
  absl::StatusOr<std::shared_ptr<grpc::Channel>> channel = internal::MakeChannel(options);
  if (!channel.ok()) return channel.status();
  std::shared_ptr<Stub> stub = v1::PortRegistryService::NewStub(*channel);
  return std::unique_ptr<Client>(new Client(
      std::make_shared<const Connection>(std::move(stub), *std::move(channel), options)));
}

Client::Client(std::shared_ptr<v1::PortRegistryService::StubInterface> stub, ClientOptions options)
    : Client(std::make_shared<const Connection>(std::move(stub), nullptr, std::move(options))) {}

Client::Client(std::shared_ptr<const Connection> connection) : connection_(std::move(connection)) {}

Client::~Client() = default;

absl::StatusOr<v1::LookupResponse> Client::Lookup(const v1::LookupRequest& request) const {
  return connection_->Call(&Stub::Lookup, request, connection_->Deadline());
}

absl::StatusOr<v1::LookupResponse> Client::LookupPort(int32_t port) const {
  v1::LookupRequest request;
  request.set_port(port);
  return Lookup(request);
}

absl::StatusOr<v1::LookupResponse> Client::LookupService(absl::string_view service) const {
  v1::LookupRequest request;
  request.set_service(std::string(service));
  return Lookup(request);
}

absl::StatusOr<v1::BatchLookupResponse> Client::BatchLookup(
    const v1::BatchLookupRequest& request) const {
  const absl::Time deadline = connection_->Deadline();
  absl::StatusOr<v1::BatchLookupResponse> response = LookUpInParts(*connection_, request, deadline);
  for (int attempt = 1; attempt < kMaxSplitAttempts && RevisionChanged(response.status());
       ++attempt) {
    response = LookUpInParts(*connection_, request, deadline);
  }
  return response;
}

absl::StatusOr<v1::ClassifyResponse> Client::Classify(const v1::ClassifyRequest& request) const {
  return connection_->Call(&Stub::Classify, request, connection_->Deadline());
}

RecordStream Client::ListRange(const v1::ListRangeRequest& request) const {
  return RecordStream(std::make_unique<RecordStream::Messages>(connection_, request));
}

absl::StatusOr<v1::GetRegistryInfoResponse> Client::GetRegistryInfo() const {
  return connection_->Call(&Stub::GetRegistryInfo, v1::GetRegistryInfoRequest(),
                           connection_->Deadline());
}

}  // namespace portreg
