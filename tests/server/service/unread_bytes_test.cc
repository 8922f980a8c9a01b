#include "server/service/unread_bytes.h"

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "tests/server/reply_bytes.h"

namespace portreg::server {
namespace {

TEST(UnreadBytesTest, BytesCountUntilTheLastPartOfThemIsGone) {
  UnreadBytes unread(1000);
  std::optional<grpc::Slice> slice = unread.Hold(std::string(100, 'x')).value();
  EXPECT_EQ(TextOf(*slice), std::string(100, 'x'));
  EXPECT_EQ(unread.held(), 100);
  // gRPC does not copy a part of this length.
  std::optional<grpc::Slice> part = slice->sub(2, 80);
  slice.reset();
  EXPECT_EQ(unread.held(), 100);
  part.reset();
  EXPECT_EQ(unread.held(), 0);
}

TEST(UnreadBytesTest, WhatWouldPassTheLimitIsRefusedAndCountsNothing) {
  UnreadBytes unread(10);
  const grpc::Slice held = unread.Hold("12345678").value();
  const absl::Status status = unread.Hold("9ab").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(unread.held(), 8);
  EXPECT_EQ(unread.refused(), 1);
  EXPECT_TRUE(unread.Hold("9a").ok());
}

TEST(UnreadBytesTest, SlicesOutliveTheCount) {
  std::optional<UnreadBytes> unread(std::in_place, 10);
  const grpc::Slice slice = unread->Hold("1234").value();
  unread.reset();
  EXPECT_EQ(TextOf(slice), "1234");
}

}  // namespace
}  // namespace portreg::server
