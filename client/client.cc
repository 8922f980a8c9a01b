#include "portreg/client.h"

#include <string>
#include <utility>
#include <vector>

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

v1::BatchLookupRequest Part(const v1::BatchLookupRequest& request, int begin, int end) {
  v1::BatchLookupRequest part;
  for (int i = begin; i < end; ++i) *part.add_requests() = request.requests(i);
  return part;
}

// Asks for the whole, or, where its reply is too large, for each half; adds the
// replies to `parts` in the order of the requests.
absl::Status LookUpInParts(const Connection& connection, const v1::BatchLookupRequest& request,
                           absl::Time deadline, std::vector<v1::BatchLookupResponse>& parts) {
  absl::StatusOr<v1::BatchLookupResponse> whole =
      connection.Call(&Stub::BatchLookup, request, deadline);
  const int size = request.requests_size();
  if (whole.ok()) {
    parts.push_back(*std::move(whole));
    return absl::OkStatus();
  }
  if (size < 2 || !ReplyTooLarge(whole.status())) return whole.status();
  absl::Status first = LookUpInParts(connection, Part(request, 0, size / 2), deadline, parts);
  if (!first.ok()) return first;
  return LookUpInParts(connection, Part(request, size / 2, size), deadline, parts);
}

// ABORTED if the parts come from several revisions.
absl::Status CheckOneRevision(const std::vector<v1::BatchLookupResponse>& parts) {
  for (size_t i = 1; i < parts.size(); ++i) {
    if (parts[i].revision() == parts[i - 1].revision()) continue;
    return absl::AbortedError(absl::StrCat("the registry changed from revision ",
                                           parts[i - 1].revision(), " to ", parts[i].revision(),
                                           " between the parts of a batch"));
  }
  return absl::OkStatus();
}

v1::BatchLookupResponse Joined(std::vector<v1::BatchLookupResponse> parts) {
  v1::BatchLookupResponse whole = std::move(parts.front());
  for (size_t i = 1; i < parts.size(); ++i) {
    for (v1::LookupResult& result : *parts[i].mutable_results()) {
      *whole.add_results() = std::move(result);
    }
  }
  return whole;
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
  absl::Status changed;
  for (int attempt = 0; attempt < kMaxSplitAttempts; ++attempt) {
    std::vector<v1::BatchLookupResponse> parts;
    absl::Status status = LookUpInParts(*connection_, request, deadline, parts);
    if (!status.ok()) return status;
    changed = CheckOneRevision(parts);
    if (changed.ok()) return Joined(std::move(parts));
  }
  return changed;
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
