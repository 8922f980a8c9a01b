// Writes messages and reads errors in tests.
#ifndef PORTREG_TESTS_COMMON_TEST_MESSAGES_H_
#define PORTREG_TESTS_COMMON_TEST_MESSAGES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "portreg/errordetails/v1/error_details.pb.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg {

// Parses a message in Protobuf's text format.
template <typename Message>
Message Proto(absl::string_view text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(std::string(text), &message)) << text;
  return message;
}

// Returns the error detail of type google.rpc.`type`; an empty message if there is none.
template <typename Detail>
Detail DetailOf(const absl::Status& status, absl::string_view type) {
  Detail detail;
  const absl::optional<absl::Cord> payload =
      status.GetPayload("type.googleapis.com/google.rpc." + std::string(type));
  if (payload) {
    EXPECT_TRUE(detail.ParseFromString(std::string(*payload)));
  }
  return detail;
}

// Returns ErrorInfo.reason; empty if the status has no ErrorInfo.
inline std::string ReasonOf(const absl::Status& status) {
  return DetailOf<errordetails::v1::ErrorInfo>(status, "ErrorInfo").reason();
}

// Returns the field that BadRequest names first; empty if the status has no BadRequest.
inline std::string FieldOf(const absl::Status& status) {
  const auto bad_request = DetailOf<errordetails::v1::BadRequest>(status, "BadRequest");
  return bad_request.field_violations().empty() ? "" : bad_request.field_violations(0).field();
}

}  // namespace portreg

#endif  // PORTREG_TESTS_COMMON_TEST_MESSAGES_H_
