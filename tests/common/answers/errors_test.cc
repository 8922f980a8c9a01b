#include "common/answers/errors.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_messages.h"
#include "tests/common/test_status.h"

namespace portreg {
namespace {

using ::testing::SizeIs;

TEST(StatusTest, AnErrorCarriesItsReasonAndOurDomain) {
  const absl::Status status =
      ErrorFor(absl::StatusCode::kNotFound, v1::ERROR_REASON_SERVICE_NOT_FOUND, "no such service");
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Message(status), "no such service");
  const auto info = DetailOf<errordetails::v1::ErrorInfo>(status, "ErrorInfo");
  EXPECT_EQ(info.reason(), "SERVICE_NOT_FOUND");
  EXPECT_EQ(info.domain(), "portreg");
  EXPECT_THAT(info.metadata(), SizeIs(0));
  EXPECT_EQ(FieldOf(status), "");
}

TEST(StatusTest, ABadFieldIsNamedToo) {
  const absl::Status status =
      BadField("layers[2]", v1::ERROR_REASON_LAYER_UNKNOWN, "layers[2] 9 is unknown");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Message(status), "layers[2] 9 is unknown");
  EXPECT_EQ(ReasonOf(status), "LAYER_UNKNOWN");
  const auto bad_request = DetailOf<errordetails::v1::BadRequest>(status, "BadRequest");
  ASSERT_THAT(bad_request.field_violations(), SizeIs(1));
  EXPECT_EQ(bad_request.field_violations(0).field(), "layers[2]");
  EXPECT_EQ(bad_request.field_violations(0).description(), "layers[2] 9 is unknown");
}

TEST(StatusTest, AReasonIsTheEnumsNameWithoutItsPrefix) {
  const google::protobuf::EnumDescriptor& reasons = *v1::ErrorReason_descriptor();
  for (int i = 0; i < reasons.value_count(); ++i) {
    const auto reason = static_cast<v1::ErrorReason>(reasons.value(i)->number());
    EXPECT_EQ("ERROR_REASON_" + ReasonText(reason), reasons.value(i)->name());
  }
}

TEST(StatusTest, DetailsAreTheBytesOfAGoogleRpcStatus) {
  const absl::Status status = BadField("port", v1::ERROR_REASON_PORT_OUT_OF_RANGE, "port 70000");
  errordetails::v1::Status message;
  ASSERT_TRUE(message.ParseFromString(DetailsBytes(status)));
  EXPECT_EQ(message.code(), 3);
  EXPECT_EQ(message.message(), "port 70000");
  ASSERT_THAT(message.details(), SizeIs(2));
  EXPECT_EQ(message.details(0).type_url(), "type.googleapis.com/google.rpc.ErrorInfo");
  EXPECT_EQ(message.details(1).type_url(), "type.googleapis.com/google.rpc.BadRequest");
  errordetails::v1::ErrorInfo info;
  ASSERT_TRUE(info.ParseFromString(message.details(0).value()));
  EXPECT_EQ(info.reason(), "PORT_OUT_OF_RANGE");
  errordetails::v1::BadRequest bad_request;
  ASSERT_TRUE(bad_request.ParseFromString(message.details(1).value()));
  EXPECT_EQ(bad_request.field_violations(0).field(), "port");
}

TEST(StatusTest, AStatusWithoutDetailsHasNoBytes) {
  EXPECT_EQ(DetailsBytes(absl::OkStatus()), "");
  EXPECT_EQ(DetailsBytes(absl::InternalError("x")), "");
}

TEST(StatusTest, OneLookupsFailureHasTheWireFormatOfTheTrailer) {
  const absl::Status statuses[] = {
      ErrorFor(absl::StatusCode::kNotFound, v1::ERROR_REASON_SERVICE_NOT_FOUND, "no such service"),
      BadField("port", v1::ERROR_REASON_PORT_OUT_OF_RANGE, "port 70000"),
  };
  for (const absl::Status& status : statuses) {
    EXPECT_EQ(ToLookupFailure(status).SerializeAsString(), DetailsBytes(status)) << status;
  }
}

TEST(StatusTest, EqualErrorsAreEqualBytes) {
  const auto bytes = [] {
    return DetailsBytes(BadField("port", v1::ERROR_REASON_PORT_OUT_OF_RANGE, "port 70000"));
  };
  for (int i = 0; i < 10; ++i) EXPECT_EQ(bytes(), bytes());
}

}  // namespace
}  // namespace portreg
