// Converts serialised replies to text and to messages in tests.
#ifndef PORTREG_TESTS_SERVER_REPLY_BYTES_H_
#define PORTREG_TESTS_SERVER_REPLY_BYTES_H_

#include <string>

#include "grpcpp/support/slice.h"
#include "gtest/gtest.h"

namespace portreg::server {

inline std::string TextOf(const grpc::Slice& bytes) {
  return {reinterpret_cast<const char*>(bytes.begin()), bytes.size()};
}

// Parses the bytes as a message. Fails the test if they cannot be parsed.
template <typename Message>
Message FromBytes(const grpc::Slice& bytes) {
  Message message;
  EXPECT_TRUE(message.ParseFromArray(bytes.begin(), static_cast<int>(bytes.size())));
  return message;
}

}  // namespace portreg::server

#endif  // PORTREG_TESTS_SERVER_REPLY_BYTES_H_
