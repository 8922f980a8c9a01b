#include "client/cli/audit/socket_lines.h"

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_status.h"

namespace portreg::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Returns texts such as "tcp 0.0.0.0:22 sshd x2 lo". The count follows "x", and only if
// it is above 1. "lo" marks sockets that other machines cannot reach.
std::vector<std::string> Described(std::vector<ListeningSocket> sockets) {
  std::vector<std::string> texts;
  for (const ListeningSocket& socket : Merged(std::move(sockets))) {
    texts.push_back(absl::StrCat(ToString(socket), " ", absl::StrJoin(socket.ProcessNames(), "+"),
                                 socket.count > 1 ? absl::StrCat(" x", socket.count) : "",
                                 socket.address.loopback ? " lo" : ""));
  }
  return texts;
}

std::vector<std::string> ReadSockets(absl::string_view text) {
  const absl::StatusOr<SocketLines> lines = ParseSocketLines(text);
  EXPECT_EQ(lines.status(), absl::OkStatus());
  EXPECT_EQ(lines->unreadable_count, 0U) << text;
  return Described(lines->sockets);
}

SocketLines ReadRecorded(const std::string& name) {
  std::ifstream file(absl::StrCat(PORTREG_SOURCE_DIR, "/tests/client/cli/audit/recorded/", name));
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_TRUE(file.good()) << name;
  return ParseSocketLines(text.str()).value();
}

TEST(ParseSocketLinesTest, RecordedListingsAreRead) {
  const std::vector<std::string> tcp_without_names = {
      "tcp [::]:22 ",       "tcp 0.0.0.0:22 ",      "tcp 127.0.0.53%lo:53  lo",
      "tcp 192.0.2.10:53 ", "tcp *:7100 ",          "tcp 127.0.0.1:7400  lo",
      "tcp [::1]:7400  lo", "tcp 0.0.0.0:8080  x3", "tcp [::ffff:127.0.0.1]:9000  lo"};
  const std::vector<std::string> udp = {"udp 127.0.0.53%lo:53 stub lo", "udp 192.0.2.10:53 named",
                                        "udp [2001:db8::10]:53 named", "udp *:5353 chat, \"beta\""};
  const std::vector<std::string> all = {"tcp 0.0.0.0:22 sshd",
                                        "tcp [::]:22 sshd",
                                        "tcp 127.0.0.53%lo:53 stub lo",
                                        "tcp 192.0.2.10:53 named",
                                        "udp 127.0.0.53%lo:53 stub lo",
                                        "udp 192.0.2.10:53 named",
                                        "udp [2001:db8::10]:53 named",
                                        "udp *:5353 chat, \"beta\"",
                                        "tcp *:7100 billing",
                                        "tcp 127.0.0.1:7400 ledger lo",
                                        "tcp [::1]:7400 ledger lo",
                                        "tcp 0.0.0.0:8080 web-worker x3",
                                        "tcp [::ffff:127.0.0.1]:9000 chat, \"beta\" lo"};
  const std::vector<std::string> of_netstat = {
      "tcp 0.0.0.0:22 python3",        "tcp [::]:22 python3",
      "tcp 127.0.0.53:53 python3 lo",  "tcp 192.0.2.10:53 python3",
      "udp 127.0.0.53:53 python3 lo",  "udp 192.0.2.10:53 python3",
      "udp [2001:db8::10]:53 python3", "udp [::]:5353 python3",
      "tcp [::]:7100 python3",         "tcp 127.0.0.1:7400 python3 lo",
      "tcp [::1]:7400 python3 lo",     "tcp 0.0.0.0:8080 python3 x3",
      "tcp 127.0.0.1:9000 python3 lo"};
  const struct {
    const char* file;
    std::vector<std::string> sockets;
  } cases[] = {
      {"ss-6.1-Hlntup.txt", all},
      {"ss-6.1-lntup.txt", all},
      {"ss-6.1-tulpenoim.txt", all},
      {"ss-6.1-anp.txt", all},
      {"ss-6.1-ltn.txt", tcp_without_names},
      {"ss-6.1-lun.txt", udp},
      {"netstat-tulpn.txt", of_netstat},
      {"netstat-anpe.txt", of_netstat},
      {"ss-2.6-lntup.txt",
       {"tcp 0.0.0.0:22 sshd", "tcp [::]:22 sshd", "tcp 127.0.0.1:25 master lo",
        "tcp [::1]:25 master lo", "udp 0.0.0.0:68 dhclient", "udp [::]:123 ntpd",
        "udp 127.0.0.1:323 chronyd lo", "tcp 0.0.0.0:8080 nginx"}},
      {"ss-4.9-lntupe.txt",
       {"tcp 0.0.0.0:22 sshd", "tcp [::]:22 sshd", "udp 0.0.0.0%eth0:68 dhclient",
        "udp [fe80::5054:ff:fe4d:77d3]%eth0:546 dhclient", "tcp 127.0.0.1:3306 mysqld lo",
        "tcp [::ffff:192.0.2.10]:9100 java"}},
      {"ss-4.15-lntup-wrapped.txt",
       {"tcp 0.0.0.0:22 sshd", "tcp [::]:22 sshd", "udp 127.0.0.53%lo:53 systemd-resolve lo",
        "udp 192.0.2.20%eth0:68 systemd-network", "tcp *:80 apache2"}},
      {"ss-5.4-lntup-glued.txt",
       {"tcp 127.0.0.53%lo:53 systemd-resolve lo", "udp 127.0.0.53%lo:53 systemd-resolve lo",
        "udp [fe80::5054:ff:fe12:3456]%enp1s0:546 systemd-network", "tcp *:2375 dockerd+systemd",
        "tcp 0.0.0.0:8443 docker-proxy", "udp 0.0.0.0:51820 ", "udp [::]:51820 "}},
      {"ss-5.15-HlntupS.txt",
       {"udp 0.0.0.0:2152 sgw", "tcp 0.0.0.0:3868 hss", "sctp [::]:3868 hss",
        "sctp 192.0.2.10:36412 mme"}},
      {"ss-6.5-lntupMZ.txt",
       {"tcp 0.0.0.0:22 sshd", "udp 127.0.0.1:323 chronyd lo", "tcp 0.0.0.0:8443 web x2"}},
      {"busybox-1.36-netstat-tulnp.txt",
       {"tcp 0.0.0.0:80 nginx", "tcp [::]:80 nginx", "udp 0.0.0.0:5353 avahi-daemon",
        "udp [::]:5353 avahi-daemon", "tcp 127.0.0.1:9000  lo"}},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(each.file);
    const SocketLines lines = ReadRecorded(each.file);
    EXPECT_EQ(lines.unreadable_count, 0U);
    EXPECT_THAT(Described(lines.sockets), ::testing::UnorderedElementsAreArray(each.sockets));
  }
}

TEST(ParseSocketLinesTest, NamesInPlaceOfPortsAreNotRead) {
  const SocketLines lines = ReadRecorded("ss-5.10-ltup-names.txt");
  EXPECT_THAT(Described(lines.sockets), ElementsAre("tcp 0.0.0.0:7100 billing"));
  EXPECT_EQ(lines.unreadable_count, 3U);
  ASSERT_THAT(lines.unreadable, SizeIs(3));
  EXPECT_EQ(lines.unreadable[0].number, 2U);
  EXPECT_EQ(lines.unreadable[0].reason, "port \"bootpc\" is not a number (ss and netstat need -n)");
  EXPECT_EQ(lines.unreadable[2].number, 4U);
  EXPECT_THAT(lines.unreadable[2].reason, HasSubstr("address \"localhost\" is not *, an IPv4"));
}

TEST(ParseSocketLinesTest, ANumberThatIsNoPortIsOutOfRange) {
  const SocketLines lines = ParseSocketLines("tcp LISTEN 0 5 0.0.0.0:70000 0.0.0.0:*\n").value();
  ASSERT_THAT(lines.unreadable, SizeIs(1));
  EXPECT_EQ(lines.unreadable[0].reason, "port \"70000\" is out of range [0, 65535]");
}

TEST(ParseSocketLinesTest, UnreadableLinesDoNotAffectOthers) {
  const std::string good = "tcp LISTEN 0 5 0.0.0.0:7100 0.0.0.0:*\n";
  const std::string bad[] = {"hello world\n",
                             "tcp\n",
                             "tcp LISTEN\n",
                             "tcp LISTEN 0 5\n",
                             "tcp WAITING 0 5\n",
                             "tcp LISTEN 0 5 0.0.0.0 *\n",
                             "tcp LISTEN 0 5 :22 *\n",
                             "tcp LISTEN 0 5 0.0.0.0:65536 *\n",
                             "tcp LISTEN 0 5 0.0.0.0:022 *\n",
                             "tcp LISTEN 0 5 1.2.3:22 *\n",
                             "tcp LISTEN 0 5 [::1:22 *\n",
                             "tcp LISTEN 0 5 %lo:22 *\n",
                             "tcp 0 0 0.0.0.0:22\n",
                             "tcp LISTEN 0 5 0.0.0.0:-1 *\n",
                             "\xff\xfe\n"};
  std::string text;
  for (const std::string& line : bad) absl::StrAppend(&text, line, good);
  const SocketLines lines = ParseSocketLines(text).value();
  EXPECT_THAT(lines.sockets, SizeIs(std::size(bad)));
  EXPECT_EQ(lines.unreadable_count, std::size(bad));
  ASSERT_THAT(lines.unreadable, SizeIs(kMaxUnreadableLines));
  for (size_t i = 0; i < kMaxUnreadableLines; ++i) {
    EXPECT_EQ(lines.unreadable[i].number, 2 * i + 1) << bad[i];
  }
}

TEST(ParseSocketLinesTest, OnlyListeningSocketsOfKnownTransportsCount) {
  EXPECT_THAT(ReadSockets(""), IsEmpty());
  EXPECT_THAT(ReadSockets("\n\n"), IsEmpty());
  EXPECT_THAT(ReadSockets("tcp ESTAB 0 0 10.0.0.1:22 10.0.0.2:40000\n"
                          "udp ESTAB 0 0 10.0.0.1:53 10.0.0.2:40000\n"
                          "tcp UNCONN 0 0 0.0.0.0:9 *:*\n"
                          "raw UNCONN 0 0 0.0.0.0:58 *:*\n"
                          "icmp6 UNCONN 0 0 *:58 *:*\n"
                          "nl UNCONN 0 0 rtnl:kernel *\n"
                          "u_dgr UNCONN 0 0 /run/log 123 * 0\n"
                          "udp UNCONN 0 0 0.0.0.0:* 0.0.0.0:*\n"
                          "ESTAB 0 0 10.0.0.1:22 10.0.0.2:40000\n"),
              IsEmpty());
}

TEST(ParseSocketLinesTest, LineEndsOfWindowsAndTabsAreRead) {
  EXPECT_THAT(ReadSockets("tcp\tLISTEN\t0\t5\t0.0.0.0:22\t*:*\tusers:((\"sshd\",pid=3,fd=3))\r\n"),
              ElementsAre("tcp 0.0.0.0:22 sshd"));
}

TEST(ParseSocketLinesTest, OnlyTheSocketBeforeGetsTheProcessesOfAnExtraLine) {
  EXPECT_THAT(ReadSockets("tcp LISTEN 0 5 0.0.0.0:22 *:*\n"
                          "u_str LISTEN 0 5 /run/a 1 * 0\n"
                          " users:((\"dbus\",pid=3,fd=3))\n"),
              ElementsAre("tcp 0.0.0.0:22 "));
}

TEST(ParseSocketLinesTest, NamesOfProcessesArePrintable) {
  EXPECT_THAT(ReadSockets("tcp LISTEN 0 5 0.0.0.0:22 *:* users:((\"a\x1b[2J\",pid=3,fd=3))\n"),
              ElementsAre("tcp 0.0.0.0:22 a\\x1b[2J"));
}

TEST(ParseSocketLinesTest, LimitsAreKept) {
  std::string text;
  for (size_t i = 0; i <= kMaxSockets; ++i) text += "tcp LISTEN 0 5 [::]:22 *\n";
  EXPECT_EQ(Message(ParseSocketLines(text).status()), "has more than 100000 sockets");
  text.assign(kMaxSocketTextBytes + 1, '\n');
  EXPECT_EQ(Message(ParseSocketLines(text).status()), "has more than 16777216 bytes");
}

}  // namespace
}  // namespace portreg::cli
