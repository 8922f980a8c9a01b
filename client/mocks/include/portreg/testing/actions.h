// Defines actions for the methods of a MockStub.
#ifndef PORTREG_TESTING_ACTIONS_H_
#define PORTREG_TESTING_ACTIONS_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "google/protobuf/unknown_field_set.h"
#include "grpcpp/grpcpp.h"
#include "grpcpp/support/sync_stream.h"
#include "portreg/error.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg {
namespace testing {

namespace internal {

using ListingReader = grpc::ClientReaderInterface<v1::ListRangeResponse>;
using WatchReader = grpc::ClientReaderInterface<v1::WatchResponse>;

// Returns the status as a server sends it, with its details if it has any.
inline grpc::Status ToGrpcStatus(const absl::Status& status) {
  const absl::Cord details = status.GetPayload(kStatusDetailsUrl).value_or(absl::Cord());
  return {static_cast<grpc::StatusCode>(status.code()), std::string(status.message()),
          std::string(details)};
}

// Returns the bytes of a google.rpc.Status with an ErrorInfo that has the reason.
inline std::string DetailsBytes(const absl::Status& status, v1::ErrorReason reason) {
  // The fields of google.rpc.ErrorInfo: reason = 1, domain = 2.
  google::protobuf::UnknownFieldSet info;
  info.AddLengthDelimited(
      1, std::string(absl::StripPrefix(v1::ErrorReason_Name(reason), "ERROR_REASON_")));
  info.AddLengthDelimited(2, "portreg");
  // LookupFailure has the wire format of google.rpc.Status.
  v1::LookupFailure failure;
  failure.set_code(static_cast<int>(status.code()));
  failure.set_message(std::string(status.message()));
  google::protobuf::Any& detail = *failure.add_details();
  detail.set_type_url("type.googleapis.com/google.rpc.ErrorInfo");
  info.SerializeToString(detail.mutable_value());
  return failure.SerializeAsString();
}

// Yields messages that the test has set.
template <typename Response>
class ScriptedReader final : public grpc::ClientReaderInterface<Response> {
 public:
  using Messages = std::shared_ptr<const std::vector<Response>>;

  ScriptedReader(Messages messages, grpc::Status end)
      : messages_(std::move(messages)), end_(std::move(end)) {}

  void WaitForInitialMetadata() override {}

  bool NextMessageSize(uint32_t* size) override {
    if (next_ == messages_->size()) return false;
    *size = static_cast<uint32_t>((*messages_)[next_].ByteSizeLong());
    return true;
  }

  bool Read(Response* message) override {
    if (next_ == messages_->size()) return false;
    *message = (*messages_)[next_++];
    return true;
  }

  grpc::Status Finish() override { return end_; }

 private:
  const Messages messages_;
  const grpc::Status end_;
  size_t next_ = 0;
};

template <typename Response>
struct AnswersAction {
  template <typename Request>
  grpc::Status operator()(grpc::ClientContext* /*context*/, const Request& /*request*/,
                          Response* out) const {
    *out = response;
    return grpc::Status::OK;
  }

  Response response;
};

// Answers each lookup of a batch with the empty response.
struct AnswersEachLookup {
  grpc::Status operator()(grpc::ClientContext* /*context*/, const v1::BatchLookupRequest& request,
                          v1::BatchLookupResponse* out) const {
    for (int i = 0; i < request.requests_size(); ++i) out->add_results()->mutable_response();
    return grpc::Status::OK;
  }
};

// Answers each claim of a Check with no findings.
struct AnswersEachClaim {
  grpc::Status operator()(grpc::ClientContext* /*context*/, const v1::CheckRequest& request,
                          v1::CheckResponse* out) const {
    for (int i = 0; i < request.claims_size(); ++i) out->add_results();
    return grpc::Status::OK;
  }
};

template <typename Response>
struct StreamAction {
  template <typename Request>
  grpc::ClientReaderInterface<Response>* operator()(grpc::ClientContext* /*context*/,
                                                    const Request& /*request*/) const {
    return new ScriptedReader<Response>(messages, end);
  }

  typename ScriptedReader<Response>::Messages messages;
  grpc::Status end;
};

template <typename Response>
StreamAction<Response> StreamOf(std::vector<Response> messages, const absl::Status& end) {
  return {std::make_shared<const std::vector<Response>>(std::move(messages)), ToGrpcStatus(end)};
}

struct FailsAction {
  template <typename Request, typename Response>
  grpc::Status operator()(grpc::ClientContext* /*context*/, const Request& /*request*/,
                          Response* /*response*/) const {
    return status;
  }

  ListingReader* operator()(grpc::ClientContext* /*context*/,
                            const v1::ListRangeRequest& /*request*/) const {
    return Stream<v1::ListRangeResponse>();
  }

  WatchReader* operator()(grpc::ClientContext* /*context*/,
                          const v1::WatchRequest& /*request*/) const {
    return Stream<v1::WatchResponse>();
  }

  template <typename Response>
  ScriptedReader<Response>* Stream() const {
    return new ScriptedReader<Response>(std::make_shared<std::vector<Response>>(), status);
  }

  grpc::Status status;
};

}  // namespace internal

// Answers a call with `response`, which must have the type that the method returns.
template <typename Response>
internal::AnswersAction<Response> Answers(Response response) {
  return {std::move(response)};
}

// Fails a call, or a stream before its first message. `status` must be an error. The
// client returns it with `reason`, which ErrorReason() reads; or with the reason that
// `status` already has, if `reason` is not given.
inline internal::FailsAction Fails(absl::Status status,
                                   v1::ErrorReason reason = v1::ERROR_REASON_UNSPECIFIED) {
  if (reason != v1::ERROR_REASON_UNSPECIFIED) {
    status.SetPayload(kStatusDetailsUrl, absl::Cord(internal::DetailsBytes(status, reason)));
  }
  return {internal::ToGrpcStatus(status)};
}

// Lists `messages`, of which there must be at least one, and ends with `end`. Each call
// lists all of them. If the listing breaks with UNAVAILABLE after a message, the client
// makes another call to continue it; see portreg/record_stream.h.
inline internal::StreamAction<v1::ListRangeResponse> ListingOf(
    std::vector<v1::ListRangeResponse> messages, const absl::Status& end = absl::OkStatus()) {
  return internal::StreamOf(std::move(messages), end);
}

// Sends `messages` to a watch, and ends its stream with `end`. Each call sends all of
// them. A watch makes another call after a pause, on one of gRPC's threads, until it is
// cancelled or fails for good. The default `end`, UNIMPLEMENTED, makes it fail for good.
inline internal::StreamAction<v1::WatchResponse> WatchOf(
    std::vector<v1::WatchResponse> messages,
    const absl::Status& end = absl::UnimplementedError("the mock tells no more")) {
  return internal::StreamOf(std::move(messages), end);
}

}  // namespace testing
}  // namespace portreg

#endif  // PORTREG_TESTING_ACTIONS_H_
