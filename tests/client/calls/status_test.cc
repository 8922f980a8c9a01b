#include "client/calls/status.h"

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "common/answers/errors.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "portreg/error.h"
#include "portreg/errordetails/v1/error_details.pb.h"
#include "tests/common/test_status.h"

namespace portreg {
namespace {

using internal::FromGrpcStatus;

// Returns a refusal as the server sends it.
grpc::Status RefusalOf(const absl::Status& status) {
  return {static_cast<grpc::StatusCode>(status.code()), std::string(status.message()),
          DetailsBytes(status)};
}

// Returns the bytes of a google.rpc.Status with one detail.
std::string DetailsWith(const std::string& type_url, const std::string& value) {
  errordetails::v1::Status message;
  google::protobuf::Any& detail = *message.add_details();
  detail.set_type_url(type_url);
  detail.set_value(value);
  return message.SerializeAsString();
}

std::string InfoBytes(const std::string& reason) {
  errordetails::v1::ErrorInfo info;
  info.set_reason(reason);
  info.set_domain("portreg");
  return info.SerializeAsString();
}

absl::Status StatusWith(const std::string& details) {
  absl::Status status = absl::NotFoundError("gone");
  status.SetPayload(kStatusDetailsUrl, absl::Cord(details));
  return status;
}

TEST(StatusTest, FailureOfABatchsLookupHasItsReason) {
  v1::LookupResult result;
  EXPECT_TRUE(absl::IsInternal(ToStatus(result)));
  result.mutable_failure();
  EXPECT_TRUE(absl::IsInternal(ToStatus(result)));
  result.mutable_failure()->set_code(5);
  result.mutable_failure()->set_message("no service");
  google::protobuf::Any& detail = *result.mutable_failure()->add_details();
  detail.set_type_url("type.googleapis.com/google.rpc.ErrorInfo");
  detail.set_value(InfoBytes("SERVICE_NOT_FOUND"));
  const absl::Status status = ToStatus(result);
  EXPECT_TRUE(absl::IsNotFound(status));
  EXPECT_EQ(Message(status), "no service");
  EXPECT_EQ(ErrorReason(status), v1::ERROR_REASON_SERVICE_NOT_FOUND);
  for (const int code : {-1, 17, 1 << 30}) {
    result.mutable_failure()->set_code(code);
    EXPECT_EQ(ToStatus(result).code(), absl::StatusCode::kUnknown) << code;
  }
  result.mutable_response();
  EXPECT_EQ(ToStatus(result), absl::OkStatus());
}

TEST(StatusTest, OkStaysOk) { EXPECT_EQ(FromGrpcStatus(grpc::Status::OK), absl::OkStatus()); }

TEST(StatusTest, CodeAndMessageAreKept) {
  for (int code = 1; code <= 16; ++code) {
    const absl::Status status =
        FromGrpcStatus(grpc::Status(static_cast<grpc::StatusCode>(code), "port 70000"));
    EXPECT_EQ(static_cast<int>(status.code()), code);
    EXPECT_EQ(Message(status), "port 70000");
  }
}

TEST(StatusTest, UnknownCodeIsAnError) {
  for (const int code : {17, 31}) {
    const absl::Status status = FromGrpcStatus({static_cast<grpc::StatusCode>(code), "?"});
    EXPECT_EQ(status.code(), absl::StatusCode::kUnknown);
    EXPECT_EQ(Message(status), "?");
  }
}

TEST(StatusTest, DetailsAreKeptAsPayload) {
  const absl::Status status =
      FromGrpcStatus(grpc::Status(grpc::StatusCode::NOT_FOUND, "gone", "any bytes\xFF"));
  const auto payload = status.GetPayload(kStatusDetailsUrl);
  ASSERT_TRUE(payload.has_value());
  EXPECT_EQ(*payload, "any bytes\xFF");
}

TEST(StatusTest, WithoutDetailsThereIsNoPayload) {
  const absl::Status status = FromGrpcStatus(grpc::Status(grpc::StatusCode::NOT_FOUND, "gone"));
  EXPECT_FALSE(status.GetPayload(kStatusDetailsUrl).has_value());
}

TEST(ErrorReasonTest, IsTheServersReason) {
  EXPECT_EQ(ErrorReason(FromGrpcStatus(
                RefusalOf(ErrorFor(absl::StatusCode::kNotFound, v1::ERROR_REASON_SERVICE_NOT_FOUND,
                                   "not in the registry")))),
            v1::ERROR_REASON_SERVICE_NOT_FOUND);
  EXPECT_EQ(ErrorReason(FromGrpcStatus(
                RefusalOf(BadField("port", v1::ERROR_REASON_PORT_OUT_OF_RANGE, "port 70000")))),
            v1::ERROR_REASON_PORT_OUT_OF_RANGE);
}

TEST(ErrorReasonTest, IsUnspecifiedWithoutDetails) {
  EXPECT_EQ(ErrorReason(absl::OkStatus()), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(ErrorReason(absl::UnavailableError("nobody there")), v1::ERROR_REASON_UNSPECIFIED);
}

TEST(ErrorReasonTest, IsUnspecifiedForBytesThatAreNoDetails) {
  EXPECT_EQ(ErrorReason(StatusWith("\xFF\xFF\xFF")), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(ErrorReason(StatusWith("")), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(ErrorReason(StatusWith(
                DetailsWith("type.googleapis.com/google.rpc.ErrorInfo", "\xFF\xFF\xFF"))),
            v1::ERROR_REASON_UNSPECIFIED);
}

TEST(ErrorReasonTest, IsUnspecifiedIfThisVersionDoesNotKnowIt) {
  EXPECT_EQ(ErrorReason(StatusWith(DetailsWith("type.googleapis.com/google.rpc.ErrorInfo",
                                               InfoBytes("FROM_THE_FUTURE")))),
            v1::ERROR_REASON_UNSPECIFIED);
}

TEST(ErrorReasonTest, IsFoundBehindOtherDetails) {
  errordetails::v1::Status message;
  message.add_details()->set_type_url("type.googleapis.com/google.rpc.BadRequest");
  google::protobuf::Any& other = *message.add_details();
  other.set_type_url("type.googleapis.com/google.rpc.NotErrorInfo");
  other.set_value(InfoBytes("WRONG"));
  google::protobuf::Any& info = *message.add_details();
  info.set_type_url("type.googleapis.com/google.rpc.ErrorInfo");
  info.set_value(InfoBytes("SERVICE_NOT_FOUND"));
  EXPECT_EQ(ErrorReason(StatusWith(message.SerializeAsString())),
            v1::ERROR_REASON_SERVICE_NOT_FOUND);
}

}  // namespace
}  // namespace portreg
