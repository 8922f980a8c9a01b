#include "client/status.h"

#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "portreg/error.h"
#include "portreg/errordetails/v1/error_details.pb.h"

namespace portreg {

std::string ErrorReason(const absl::Status& status) {
  const absl::optional<absl::Cord> payload = status.GetPayload(kStatusDetailsUrl);
  errordetails::v1::Status message;
  if (!payload || !message.ParseFromString(std::string(*payload))) return {};
  for (const google::protobuf::Any& detail : message.details()) {
    errordetails::v1::ErrorInfo info;
    if (absl::EndsWith(detail.type_url(), "/google.rpc.ErrorInfo") &&
        info.ParseFromString(detail.value())) {
      return info.reason();
    }
  }
  return {};
}

namespace internal {

absl::Status FromGrpcStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  absl::Status result(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
  if (!status.error_details().empty()) {
    result.SetPayload(kStatusDetailsUrl, absl::Cord(status.error_details()));
  }
  return result;
}

bool IsBatchReplyTooLarge(const absl::Status& status) {
  return absl::IsResourceExhausted(status) && ErrorReason(status) == "BATCH_REPLY_TOO_LARGE";
}

absl::Status FromLookupFailure(const v1::LookupFailure& failure) {
  if (failure.code() == 0) return absl::InternalError("the server gave a lookup no outcome");
  absl::Status result(static_cast<absl::StatusCode>(failure.code()), failure.message());
  // LookupFailure has the wire format of google.rpc.Status.
  if (!failure.details().empty()) {
    result.SetPayload(kStatusDetailsUrl, absl::Cord(failure.SerializeAsString()));
  }
  return result;
}

}  // namespace internal
}  // namespace portreg
