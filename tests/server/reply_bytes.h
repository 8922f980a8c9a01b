// Reading replies that are bytes, in tests.
#ifndef PORTREG_TESTS_SERVER_REPLY_BYTES_H_
#define PORTREG_TESTS_SERVER_REPLY_BYTES_H_

#include <string>

#include "grpcpp/support/slice.h"
#include "gtest/gtest.h"

namespace portreg::server {

inline std::string TextOf(const grpc::Slice& bytes) {
  return {reinterpret_cast<const char*>(bytes.begin()), bytes.size()};
}

// The message that the bytes are.
template <typename Message>
Message FromBytes(const grpc::Slice& bytes) {
  Message message;
  EXPECT_TRUE(message.ParseFromArray(bytes.begin(), static_cast<int>(bytes.size())));
  return message;
}

}  // namespace portreg::server

#endif  // PORTREG_TESTS_SERVER_REPLY_BYTES_H_
