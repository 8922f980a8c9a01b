#include "common/model/port.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_status.h"

namespace portreg {
namespace {

using ::testing::HasSubstr;

constexpr struct {
  int64_t number;
  bool valid;
} kBoundaries[] = {
    {std::numeric_limits<int64_t>::min(), false},
    {-1, false},
    {0, true},
    {1023, true},
    {1024, true},
    {49151, true},
    {49152, true},
    {65535, true},
    {65536, false},
    {int64_t{1} << 32, false},
    {std::numeric_limits<int64_t>::max(), false},
};

TEST(PortTest, CheckPortTakes0To65535) {
  for (const auto& c : kBoundaries) {
    const absl::StatusOr<Port> port = CheckPort(c.number);
    ASSERT_EQ(port.ok(), c.valid) << c.number;
    if (c.valid) {
      EXPECT_EQ(*port, c.number);
    } else {
      EXPECT_EQ(port.status().code(), absl::StatusCode::kInvalidArgument) << c.number;
    }
  }
  EXPECT_EQ(Message(CheckPort(70000).status()), "port 70000 is out of range [0, 65535]");
}

TEST(PortTest, ParsePortTakesTheSameNumbersAsText) {
  for (const auto& c : kBoundaries) {
    const absl::StatusOr<Port> port = ParsePort(std::to_string(c.number));
    ASSERT_EQ(port.ok(), c.valid) << c.number;
    if (c.valid) {
      EXPECT_EQ(*port, c.number);
    }
  }
}

TEST(PortTest, ParsePortRefusesAllButPlainDecimalDigits) {
  const struct {
    std::string text;
    std::string message;
  } cases[] = {
      {"", "port \"\" is not a decimal number in [0, 65535]"},
      {"-1", "port \"-1\" is not a decimal number"},
      {"+1", "not a decimal number"},
      {" 80", "not a decimal number"},
      {"80 ", "not a decimal number"},
      {"8o", "not a decimal number"},
      {"0x50", "not a decimal number"},
      {"80.", "not a decimal number"},
      {"1e3", "not a decimal number"},
      {std::string("80\0", 3), "not a decimal number"},
      {"\xEF\xBC\x98", "not a decimal number"},  // a digit outside ASCII
      {"0080", "port 0080 has a leading zero"},
      {"00", "leading zero"},
      {"65536", "port 65536 is out of range [0, 65535]"},
      {"18446744073709551696", "out of range [0, 65535]"},  // 2^64 + 80
      {std::string(500, '9'), "out of range [0, 65535]"},
  };
  for (const auto& c : cases) {
    const absl::Status status = ParsePort(c.text).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.text;
    EXPECT_THAT(Message(status), HasSubstr(c.message)) << c.text;
  }
}

TEST(PortTest, ParsePortRangeTakesOnePortOrTwoInOrder) {
  const struct {
    const char* text;
    PortRange range;
  } cases[] = {
      {"0", {0, 0}},
      {"443", {443, 443}},
      {"65535", {65535, 65535}},
      {"6000-6063", {6000, 6063}},
      {"7-7", {7, 7}},
      {"0-65535", {0, 65535}},
  };
  for (const auto& c : cases) {
    const absl::StatusOr<PortRange> range = ParsePortRange(c.text);
    ASSERT_TRUE(range.ok()) << c.text << ": " << range.status();
    EXPECT_EQ(*range, c.range) << c.text;
  }
}

TEST(PortTest, ParsePortRangeRefusesTheRest) {
  const struct {
    const char* text;
    const char* message;
  } cases[] = {
      {"", "not a decimal number"},
      {"-", "not a decimal number"},
      {"80-", "not a decimal number"},
      {"-80", "not a decimal number"},
      {"1-2-3", "port \"2-3\" is not a decimal number"},
      {"80 - 90", "not a decimal number"},
      {"080-90", "leading zero"},
      {"80-090", "leading zero"},
      {"80-65536", "port 65536 is out of range"},
      {"65536-65537", "port 65536 is out of range"},
      {"90-80", "port range \"90-80\": its first port must not be above its last"},
      {"1-0", "must not be above its last"},
  };
  for (const auto& c : cases) {
    const absl::Status status = ParsePortRange(c.text).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.text;
    EXPECT_THAT(Message(status), HasSubstr(c.message)) << c.text;
  }
}

TEST(PortTest, ARangeHoldsBothItsEnds) {
  constexpr PortRange kRange = {1024, 49151};
  EXPECT_FALSE(kRange.contains(1023));
  EXPECT_TRUE(kRange.contains(1024));
  EXPECT_TRUE(kRange.contains(49151));
  EXPECT_FALSE(kRange.contains(49152));
  EXPECT_EQ(kRange.width(), 48128);
  EXPECT_EQ((PortRange{443, 443}.width()), 1);
  EXPECT_EQ(PortRange::All().width(), static_cast<int>(kPortCount));
}

TEST(PortTest, ARangeIsWrittenAsItIsParsed) {
  for (const char* text : {"0", "443", "6000-6063", "0-65535"}) {
    EXPECT_EQ(ToString(ParsePortRange(text).value()), text);
  }
  EXPECT_EQ(ToString(PortRange{7, 7}), "7");
}

TEST(PortTest, TransportsAreReadAsTheyAreWritten) {
  for (const Transport transport : kTransports) {
    EXPECT_EQ(ParseTransport(ToString(transport)), transport);
  }
  EXPECT_EQ(ParseTransport("TCP"), Transport::kTcp);
  EXPECT_EQ(ParseTransport("Udp"), Transport::kUdp);
  EXPECT_EQ(ToString(Transport::kNone), "");
  for (const char* text : {"", " tcp", "tcp ", "tc", "tcpp", "icmp", "6", "none"}) {
    EXPECT_EQ(ParseTransport(text), std::nullopt) << text;
  }
}

TEST(PortTest, AQuestionWithoutATransportAsksForEach) {
  for (const Transport transport : kTransports) {
    EXPECT_TRUE(Asks(Transport::kNone, transport));
    EXPECT_TRUE(Asks(transport, transport));
  }
  EXPECT_FALSE(Asks(Transport::kTcp, Transport::kUdp));
}

TEST(PortTest, ARecordWithoutATransportAnswersForEach) {
  for (const Transport transport : kTransports) {
    EXPECT_TRUE(Answers(Transport::kNone, transport));
    EXPECT_TRUE(Answers(transport, Transport::kNone));
    EXPECT_TRUE(Answers(transport, transport));
  }
  EXPECT_TRUE(Answers(Transport::kNone, Transport::kNone));
  EXPECT_FALSE(Answers(Transport::kUdp, Transport::kTcp));
  EXPECT_FALSE(Answers(Transport::kTcp, Transport::kDccp));
}

TEST(PortTest, StatesHaveNames) {
  EXPECT_EQ(ToString(AssignmentState::kAssigned), "assigned");
  EXPECT_EQ(ToString(AssignmentState::kReserved), "reserved");
  EXPECT_EQ(ToString(AssignmentState::kUnassigned), "unassigned");
  EXPECT_EQ(ToString(AssignmentState::kDynamic), "dynamic");
}

TEST(PortTest, TransportsHaveIanasProtocolNumbers) {
  EXPECT_EQ(ProtocolNumber(Transport::kTcp), 6);
  EXPECT_EQ(ProtocolNumber(Transport::kUdp), 17);
  EXPECT_EQ(ProtocolNumber(Transport::kDccp), 33);
  EXPECT_EQ(ProtocolNumber(Transport::kSctp), 132);
  EXPECT_EQ(ProtocolNumber(Transport::kNone), std::nullopt);
  for (int number = -1; number <= 256; ++number) {
    const std::optional<Transport> transport = TransportOfProtocol(number);
    if (transport) {
      EXPECT_EQ(ProtocolNumber(*transport), number);
    }
  }
  for (const int number : {-1, 0, 1, 5, 7, 58, 133, 262}) {
    EXPECT_EQ(TransportOfProtocol(number), std::nullopt) << number;
  }
  EXPECT_EQ(TransportOfProtocol(132), Transport::kSctp);
}

}  // namespace
}  // namespace portreg
