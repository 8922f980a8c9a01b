// Reads a status in tests.
#ifndef PORTREG_TESTS_COMMON_TEST_STATUS_H_
#define PORTREG_TESTS_COMMON_TEST_STATUS_H_

#include <string>

#include "absl/status/status.h"

namespace portreg {

// Returns the message as a std::string, because GoogleTest prints that as text.
inline std::string Message(const absl::Status& status) { return std::string(status.message()); }

}  // namespace portreg

#endif  // PORTREG_TESTS_COMMON_TEST_STATUS_H_
