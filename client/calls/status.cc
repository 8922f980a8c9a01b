#include "client/calls/status.h"

#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "portreg/error.h"
#include "portreg/errordetails/v1/error_details.pb.h"

namespace portreg {
namespace {

// The last value of google.rpc.Code.
constexpr int kLastCode = static_cast<int>(absl::StatusCode::kUnauthenticated);

// Returns true for gRPC's error about a compressed reply.
bool IsCompressedReply(const grpc::Status& status) {
  return status.error_code() == grpc::StatusCode::UNIMPLEMENTED &&
         absl::StartsWith(status.error_message(), "Compression algorithm '");
}

}  // namespace

v1::ErrorReason ErrorReason(const absl::Status& status) {
  const auto payload = status.GetPayload(kStatusDetailsUrl);
  errordetails::v1::Status message;
  if (!payload || !message.ParseFromString(std::string(*payload)))
    return v1::ERROR_REASON_UNSPECIFIED;
  for (const google::protobuf::Any& detail : message.details()) {
    errordetails::v1::ErrorInfo info;
    if (absl::EndsWith(detail.type_url(), "/google.rpc.ErrorInfo") &&
        info.ParseFromString(detail.value())) {
      v1::ErrorReason reason = v1::ERROR_REASON_UNSPECIFIED;
      v1::ErrorReason_Parse(absl::StrCat("ERROR_REASON_", info.reason()), &reason);
      return reason;
    }
  }
  return v1::ERROR_REASON_UNSPECIFIED;
}

absl::Status ToStatus(const v1::LookupFailure& failure) {
  if (failure.code() == 0) return absl::InternalError("the lookup failed with the code OK");
  const bool known = 0 < failure.code() && failure.code() <= kLastCode;
  absl::Status result(
      known ? static_cast<absl::StatusCode>(failure.code()) : absl::StatusCode::kUnknown,
      failure.message());
  // LookupFailure has the wire format of google.rpc.Status.
  if (!failure.details().empty()) {
    result.SetPayload(kStatusDetailsUrl, absl::Cord(failure.SerializeAsString()));
  }
  return result;
}

absl::Status ToStatus(const v1::LookupResult& result) {
  if (result.has_response()) return absl::OkStatus();
  if (result.has_failure()) return ToStatus(result.failure());
  return absl::InternalError("the lookup has neither a response nor a failure");
}

namespace internal {

absl::Status FromGrpcStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  if (IsCompressedReply(status)) {
    return absl::InternalError("the server's reply is compressed, which was not offered");
  }
  absl::Status result(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
  if (!status.error_details().empty()) {
    result.SetPayload(kStatusDetailsUrl, absl::Cord(status.error_details()));
  }
  return result;
}

grpc::Status ToGrpcStatus(const absl::Status& status) {
  return {static_cast<grpc::StatusCode>(status.code()), std::string(status.message())};
}

bool IsBatchReplyTooLarge(const absl::Status& status) {
  return absl::IsResourceExhausted(status) &&
         ErrorReason(status) == v1::ERROR_REASON_BATCH_REPLY_TOO_LARGE;
}

}  // namespace internal
}  // namespace portreg
