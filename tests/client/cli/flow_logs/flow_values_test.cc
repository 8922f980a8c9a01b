#include "client/cli/flow_logs/flow_values.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace portreg::cli {
namespace {

TEST(FlowValuesTest, NumbersAreReadFromEveryLength) {
  for (int number = 0; number <= 65535; ++number) {
    ASSERT_EQ(ReadPort(absl::StrCat(number)), number);
    // Bytes before the text must not matter.
    const std::string line = absl::StrCat("99999999", number);
    ASSERT_EQ(ReadPaddedNumber(absl::string_view(line).substr(8), 65535), number);
  }
  EXPECT_EQ(ReadPort("00000443"), 443);
}

TEST(FlowValuesTest, OtherTextsAreNoPorts) {
  for (const char* text : {"65536", "99999999", "100000000", "-1", "+1", "1 ", " 1", "1.0", "0x1",
                           "1e3", "a", "/", ":", "\xC3\xBC", "12a45"}) {
    EXPECT_EQ(ReadPort(text), kBadValue) << text;
  }
  EXPECT_EQ(ReadPort(std::string(1, '\0')), kBadValue);
  EXPECT_EQ(ReadPort(""), kNoValue);
  EXPECT_EQ(ReadPort("-"), kNoValue);
}

TEST(FlowValuesTest, ProtocolsAreNumbersOrKeywords) {
  EXPECT_EQ(ReadProtocol("6"), 6);
  EXPECT_EQ(ReadProtocol("255"), 255);
  EXPECT_EQ(ReadProtocol("TCP  "), 6);
  EXPECT_EQ(ReadProtocol("udp"), 17);
  EXPECT_EQ(ReadProtocol("unknown_transport"), kPortlessProtocol);
  EXPECT_EQ(ReadProtocol("256"), kBadValue);
  EXPECT_EQ(ReadProtocol("t\x01p"), kBadValue);
  EXPECT_EQ(ReadProtocol(""), kNoValue);
  EXPECT_EQ(ReadProtocol("-"), kNoValue);
}

TEST(FlowValuesTest, TcpFlagsAreNumbersOrLetters) {
  EXPECT_EQ(ReadTcpFlags("18"), 18);
  EXPECT_EQ(ReadTcpFlags("0x1b"), 0x1b);
  EXPECT_EQ(ReadTcpFlags("...AP.SF"), 0x1b);
  EXPECT_EQ(ReadTcpFlags("........"), 0);
  EXPECT_EQ(ReadTcpFlags("-"), kNoValue);
  for (const char* text : {"SYN", "0x", "0x10000", "4096", "x"}) {
    EXPECT_EQ(ReadTcpFlags(text), kBadValue) << text;
  }
}

}  // namespace
}  // namespace portreg::cli
