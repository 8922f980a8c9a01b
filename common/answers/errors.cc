#include "common/answers/errors.h"

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "portreg/errordetails/v1/error_details.pb.h"

namespace portreg {
namespace {

constexpr absl::string_view kDomain = "portreg";
constexpr absl::string_view kReasonPrefix = "ERROR_REASON_";
// The keys of the payloads of an absl::Status, and the types of the details on the wire.
constexpr absl::string_view kErrorInfoUrl = "type.googleapis.com/google.rpc.ErrorInfo";
constexpr absl::string_view kBadRequestUrl = "type.googleapis.com/google.rpc.BadRequest";

// Adds the status's payloads to the details of `message`. The order is fixed, so that
// equal errors have equal bytes.
template <typename Message>
void AddDetails(const absl::Status& status, Message& message) {
  for (const absl::string_view url : {kErrorInfoUrl, kBadRequestUrl}) {
    const absl::optional<absl::Cord> payload = status.GetPayload(url);
    if (!payload) continue;
    google::protobuf::Any& detail = *message.add_details();
    detail.set_type_url(std::string(url));
    detail.set_value(std::string(*payload));
  }
}

}  // namespace

std::string ReasonText(v1::ErrorReason reason) {
  return std::string(absl::StripPrefix(v1::ErrorReason_Name(reason), kReasonPrefix));
}

absl::Status ErrorFor(absl::StatusCode code, v1::ErrorReason reason, absl::string_view message) {
  errordetails::v1::ErrorInfo info;
  info.set_reason(ReasonText(reason));
  info.set_domain(std::string(kDomain));
  absl::Status status(code, message);
  status.SetPayload(kErrorInfoUrl, absl::Cord(info.SerializeAsString()));
  return status;
}

absl::Status BadField(absl::string_view path, v1::ErrorReason reason, absl::string_view message) {
  errordetails::v1::BadRequest bad_request;
  auto& violation = *bad_request.add_field_violations();
  violation.set_field(std::string(path));
  violation.set_description(std::string(message));
  absl::Status status = ErrorFor(absl::StatusCode::kInvalidArgument, reason, message);
  status.SetPayload(kBadRequestUrl, absl::Cord(bad_request.SerializeAsString()));
  return status;
}

v1::ErrorReason ErrorReasonOf(const absl::Status& status) {
  v1::ErrorReason reason = v1::ERROR_REASON_UNSPECIFIED;
  errordetails::v1::ErrorInfo info;
  const absl::optional<absl::Cord> payload = status.GetPayload(kErrorInfoUrl);
  if (payload && info.ParseFromString(std::string(*payload))) {
    v1::ErrorReason_Parse(absl::StrCat(kReasonPrefix, info.reason()), &reason);
  }
  return reason;
}

std::string DetailsBytes(const absl::Status& status) {
  errordetails::v1::Status message;
  AddDetails(status, message);
  if (message.details().empty()) return {};
  message.set_code(static_cast<int>(status.code()));
  message.set_message(std::string(status.message()));
  return message.SerializeAsString();
}

v1::LookupFailure ToLookupFailure(const absl::Status& status) {
  v1::LookupFailure failure;
  failure.set_code(static_cast<int>(status.code()));
  failure.set_message(std::string(status.message()));
  AddDetails(status, failure);
  return failure;
}

}  // namespace portreg
