#include "client/cli/sources/failures.h"

#include "common/answers/errors.h"
#include "portreg/error.h"

namespace portreg::cli {

bool IsBatchReplyTooLarge(const absl::Status& status) {
  // A server's errors and those of the embedded registry have their details in different forms.
  return ErrorReason(status) == v1::ERROR_REASON_BATCH_REPLY_TOO_LARGE ||
         ErrorReasonOf(status) == v1::ERROR_REASON_BATCH_REPLY_TOO_LARGE;
}

absl::Status FailureOf(const v1::LookupResult& result) {
  absl::Status status = ToStatus(result);
  return absl::IsNotFound(status) ? absl::OkStatus() : status;
}

}  // namespace portreg::cli
