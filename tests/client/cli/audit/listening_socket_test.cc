#include "client/cli/audit/listening_socket.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_status.h"

namespace portreg::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

TEST(ParseBoundAddressTest, FormsOfAddressesAreRead) {
  const struct {
    const char* written;
    const char* text;
    const char* interface;
    bool loopback;
  } cases[] = {
      {"*", "*", "", false},
      {"*%eth0", "*", "eth0", false},
      {"0.0.0.0", "0.0.0.0", "", false},
      {"0.0.0.0%lo", "0.0.0.0", "lo", true},
      {"127.0.0.1", "127.0.0.1", "", true},
      {"127.255.255.255", "127.255.255.255", "", true},
      {"126.255.255.255", "126.255.255.255", "", false},
      {"128.0.0.1", "128.0.0.1", "", false},
      {"::", "[::]", "", false},
      {"[::]", "[::]", "", false},
      {"::1", "[::1]", "", true},
      {"[0:0:0:0:0:0:0:1]", "[::1]", "", true},
      {"[::2]", "[::2]", "", false},
      {"::ffff:127.0.0.1", "[::ffff:127.0.0.1]", "", true},
      {"::ffff:10.0.0.1", "[::ffff:10.0.0.1]", "", false},
      {"[fe80::1]%eth0", "[fe80::1]", "eth0", false},
      {"[fe80::1%eth0]", "[fe80::1]", "eth0", false},
      {"fe80::1%eth0", "[fe80::1]", "eth0", false},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(each.written);
    const absl::StatusOr<BoundAddress> address = ParseBoundAddress(each.written);
    ASSERT_EQ(address.status(), absl::OkStatus());
    EXPECT_EQ(address->text, each.text);
    EXPECT_EQ(address->interface, each.interface);
    EXPECT_EQ(address->loopback, each.loopback);
  }
}

TEST(ParseBoundAddressTest, OtherTextsAreRefused) {
  for (const char* text : {"", "[", "[]", "1.2.3", "localhost", "[::1", "::1]", "%lo", "**"}) {
    EXPECT_EQ(ParseBoundAddress(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
  EXPECT_EQ(Message(ParseBoundAddress("localhost").status()),
            "address \"localhost\" is not *, an IPv4 or an IPv6 address (ss and netstat need -n)");
}

ListeningSocket TestSocket(Transport transport, const char* address, Port port,
                           std::vector<SocketOwner> owners) {
  return {.transport = transport,
          .address = ParseBoundAddress(address).value(),
          .port = port,
          .owners = std::move(owners),
          .count = 1};
}

TEST(MergedTest, WorkersOfOneNameBecomeOneSocket) {
  const std::vector<ListeningSocket> merged = Merged({
      TestSocket(Transport::kTcp, "0.0.0.0", 80, {{"web", 12}}),
      TestSocket(Transport::kTcp, "0.0.0.0", 80, {{"web", 11}, {"web", 12}}),
      TestSocket(Transport::kTcp, "0.0.0.0", 80, {{"other", 13}}),
      TestSocket(Transport::kTcp, "[::]", 80, {{"web", 11}}),
      TestSocket(Transport::kTcp, "0.0.0.0%eth0", 80, {{"web", 11}}),
      TestSocket(Transport::kUdp, "0.0.0.0", 80, {{"web", 11}}),
      TestSocket(Transport::kTcp, "0.0.0.0", 79, {{"web", 11}}),
      TestSocket(Transport::kTcp, "0.0.0.0", 80, {}),
  });
  std::vector<std::string> texts;
  for (const ListeningSocket& each : merged) texts.push_back(ToString(each));
  EXPECT_THAT(texts,
              ElementsAre("tcp 0.0.0.0:79", "tcp 0.0.0.0:80", "tcp 0.0.0.0:80", "tcp 0.0.0.0:80",
                          "tcp 0.0.0.0%eth0:80", "tcp [::]:80", "udp 0.0.0.0:80"));
  EXPECT_EQ(merged[3].count, 2U);
  ASSERT_THAT(merged[3].owners, SizeIs(2));
  EXPECT_EQ(merged[3].owners[0].pid, 11);
  EXPECT_EQ(merged[3].owners[1].pid, 12);
  EXPECT_THAT(merged[3].ProcessNames(), ElementsAre("web"));
}

TEST(MergedTest, OrderDoesNotDependOnTheOrderGiven) {
  std::vector<ListeningSocket> sockets = {TestSocket(Transport::kTcp, "[::]", 80, {{"b", 1}}),
                                          TestSocket(Transport::kTcp, "[::]", 80, {{"a", 2}}),
                                          TestSocket(Transport::kUdp, "*", 8, {})};
  const std::vector<ListeningSocket> one = Merged(sockets);
  std::swap(sockets[0], sockets[2]);
  const std::vector<ListeningSocket> other = Merged(sockets);
  ASSERT_THAT(one, SizeIs(3));
  for (size_t i = 0; i < one.size(); ++i) {
    EXPECT_EQ(ToString(one[i]), ToString(other[i]));
    EXPECT_EQ(one[i].ProcessNames(), other[i].ProcessNames());
  }
}

}  // namespace
}  // namespace portreg::cli
