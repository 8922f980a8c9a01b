#include "portreg/transport.h"

#include <optional>

#include "common/model/port.h"
#include "gtest/gtest.h"
#include "portreg/v1/port_record.pb.h"

namespace portreg {
namespace {

TEST(TransportNumberTest, IanasNumbersGiveTransportsAndBack) {
  const struct {
    int number;
    v1::Transport transport;
  } cases[] = {{6, v1::TRANSPORT_TCP},
               {17, v1::TRANSPORT_UDP},
               {33, v1::TRANSPORT_DCCP},
               {132, v1::TRANSPORT_SCTP}};
  for (const auto& c : cases) {
    EXPECT_EQ(TransportFromProtocolNumber(c.number), c.transport);
    EXPECT_EQ(ProtocolNumberFromTransport(c.transport), c.number);
  }
}

TEST(TransportNumberTest, OtherValuesGiveNothing) {
  for (const int number : {-1, 0, 1, 2, 3, 4, 5, 7, 58, 131, 133, 255, 256 + 6}) {
    EXPECT_EQ(TransportFromProtocolNumber(number), std::nullopt) << number;
  }
  EXPECT_EQ(ProtocolNumberFromTransport(v1::TRANSPORT_UNSPECIFIED), std::nullopt);
  EXPECT_EQ(ProtocolNumberFromTransport(static_cast<v1::Transport>(99)), std::nullopt);
}

// The registry's own table and the public one are separate, because the library does not
// link the registry.
TEST(TransportNumberTest, AgreesWithTheRegistry) {
  for (int number = 0; number < 256; ++number) {
    const std::optional<v1::Transport> transport = TransportFromProtocolNumber(number);
    const std::optional<Transport> own = TransportOfProtocol(number);
    ASSERT_EQ(transport.has_value(), own.has_value()) << number;
    if (transport) {
      EXPECT_EQ(static_cast<int>(*transport), static_cast<int>(*own)) << number;
    }
  }
}

}  // namespace
}  // namespace portreg
