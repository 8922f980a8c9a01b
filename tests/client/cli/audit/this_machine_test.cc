#include "client/cli/audit/this_machine.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/cli/audit/proc_net.h"
#include "client/cli/audit/sock_diag.h"
#include "client/cli/audit/socket_owners.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"

namespace portreg::cli {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

// A bound socket on loopback, or on all addresses, that listens if it is a TCP socket.
class OpenSocket {
 public:
  OpenSocket(int type, const char* address, bool v6_only = false)
      : fd_(socket(std::strchr(address, ':') == nullptr ? AF_INET : AF_INET6, type | SOCK_CLOEXEC,
                   0)) {
    const bool v4 = std::strchr(address, ':') == nullptr;
    sockaddr_in in = {.sin_family = AF_INET, .sin_port = 0, .sin_addr = {}, .sin_zero = {}};
    sockaddr_in6 in6 = {};
    in6.sin6_family = AF_INET6;
    inet_pton(AF_INET, address, &in.sin_addr);
    inet_pton(AF_INET6, address, &in6.sin6_addr);
    const int only = v6_only ? 1 : 0;
    if (!v4) setsockopt(fd_, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof(only));
    const auto* const at =
        v4 ? reinterpret_cast<const sockaddr*>(&in) : reinterpret_cast<const sockaddr*>(&in6);
    open_ = fd_ >= 0 && bind(fd_, at, v4 ? sizeof(in) : sizeof(in6)) == 0 &&
            (type != SOCK_STREAM || listen(fd_, 1) == 0);
    sockaddr_in6 bound = {};
    socklen_t size = sizeof(bound);
    getsockname(fd_, reinterpret_cast<sockaddr*>(&bound), &size);
    // The port has the same place in both families.
    port_ = ntohs(bound.sin6_port);
  }
  OpenSocket(const OpenSocket&) = delete;
  OpenSocket& operator=(const OpenSocket&) = delete;
  ~OpenSocket() { close(fd_); }

  [[nodiscard]] bool open() const { return open_; }
  [[nodiscard]] Port port() const { return port_; }

 private:
  int fd_;
  bool open_ = false;
  Port port_ = 0;
};

std::string NameOfThisProcess() {
  std::ifstream file("/proc/self/comm");
  std::string name;
  std::getline(file, name);
  return name;
}

std::vector<std::string> TextsOfThisMachine() {
  std::vector<std::string> texts;
  const absl::StatusOr<std::vector<ListeningSocket>> sockets = ReadThisMachine();
  EXPECT_EQ(sockets.status(), absl::OkStatus());
  for (const ListeningSocket& each : *sockets) {
    for (const std::string& name : each.ProcessNames()) {
      texts.push_back(absl::StrCat(ToString(each), " ", name));
    }
  }
  return texts;
}

TEST(ReadThisMachineTest, SocketsOfThisProcessAreFound) {
  const OpenSocket tcp(SOCK_STREAM, "127.0.0.1");
  const OpenSocket udp(SOCK_DGRAM, "127.0.0.1");
  ASSERT_TRUE(tcp.open() && udp.open());
  const std::string name = NameOfThisProcess();
  const std::vector<std::string> texts = TextsOfThisMachine();
  EXPECT_THAT(texts, Contains(absl::StrCat("tcp 127.0.0.1:", tcp.port(), " ", name)));
  EXPECT_THAT(texts, Contains(absl::StrCat("udp 127.0.0.1:", udp.port(), " ", name)));
}

TEST(ReadThisMachineTest, SocketsOfIpv6AreFound) {
  const OpenSocket tcp(SOCK_STREAM, "::1");
  const OpenSocket dual(SOCK_DGRAM, "::");
  const OpenSocket only(SOCK_STREAM, "::", true);
  if (!tcp.open()) GTEST_SKIP() << "this machine has no IPv6";
  const std::string name = NameOfThisProcess();
  const std::vector<std::string> texts = TextsOfThisMachine();
  EXPECT_THAT(texts, Contains(absl::StrCat("tcp [::1]:", tcp.port(), " ", name)));
  EXPECT_THAT(texts, Contains(absl::StrCat("tcp [::]:", only.port(), " ", name)));
  // /proc/net does not say which sockets accept IPv4 too.
  const char* const wildcard = ReadSockDiag(AF_INET6, Transport::kUdp).ok() ? "*" : "[::]";
  EXPECT_THAT(texts, Contains(absl::StrCat("udp ", wildcard, ":", dual.port(), " ", name)));
}

TEST(ReadSockDiagTest, SeesWhatProcNetHas) {
  const OpenSocket tcp(SOCK_STREAM, "127.0.0.1");
  const OpenSocket udp(SOCK_DGRAM, "127.0.0.1");
  ASSERT_TRUE(tcp.open() && udp.open());
  for (const auto& [transport, file, port] :
       {std::tuple{Transport::kTcp, "/proc/net/tcp", tcp.port()},
        std::tuple{Transport::kUdp, "/proc/net/udp", udp.port()}}) {
    SCOPED_TRACE(file);
    std::ifstream stream(file);
    const std::string text((std::istreambuf_iterator<char>(stream)), {});
    const auto of_port = [port = port](const std::vector<KernelSocket>& sockets) {
      std::vector<std::string> texts;
      for (const KernelSocket& each : sockets) {
        if (each.socket.port != port) continue;
        texts.push_back(absl::StrCat(ToString(each.socket), " ", each.inode));
      }
      return texts;
    };
    const std::vector<std::string> from_file = of_port(ParseProcNet(text, transport));
    EXPECT_THAT(from_file, SizeIs(1));
    const absl::StatusOr<std::vector<KernelSocket>> asked = ReadSockDiag(AF_INET, transport);
    if (!asked.ok()) GTEST_SKIP() << asked.status();
    EXPECT_EQ(of_port(*asked), from_file);
  }
}

TEST(WithOwnersTest, DescriptorsOfProcessesNameSockets) {
  const TempDirectory proc;
  const auto add = [&proc](const std::string& pid, const std::string& name,
                           const std::vector<std::string>& targets) {
    std::filesystem::create_directories(proc.PathOf(pid + "/fd"));
    (void)proc.Write(pid + "/comm", name + "\n");
    for (size_t i = 0; i < targets.size(); ++i) {
      std::filesystem::create_symlink(targets[i], proc.PathOf(absl::StrCat(pid, "/fd/", i)));
    }
  };
  add("12", "web", {"/dev/null", "socket:[100]", "socket:[999]"});
  add("13", "web", {"socket:[100]"});
  add("14", "a b\x1b", {"pipe:[101]", "socket:[102]"});
  add("self", "other", {"socket:[101]"});
  std::filesystem::create_directories(proc.PathOf("15"));
  std::vector<KernelSocket> sockets(4);
  for (size_t i = 0; i < sockets.size(); ++i) sockets[i].inode = 100 + i;
  sockets[3].inode = 0;

  const std::vector<ListeningSocket> owned = WithOwners(sockets, proc.PathOf(""));
  ASSERT_THAT(owned, SizeIs(4));
  EXPECT_THAT(owned[0].owners, SizeIs(2));
  EXPECT_THAT(owned[0].ProcessNames(), ElementsAre("web"));
  EXPECT_THAT(owned[1].owners, IsEmpty());
  EXPECT_THAT(owned[2].ProcessNames(), ElementsAre("a b\\x1b"));
  EXPECT_THAT(owned[3].owners, IsEmpty());
}

TEST(ParseEphemeralRangeTest, TextOfTheKernelIsRead) {
  EXPECT_EQ(ParseEphemeralRange("32768\t60999\n"), (PortRange{32768, 60999}));
  EXPECT_EQ(ParseEphemeralRange("1024 65535"), (PortRange{1024, 65535}));
  for (const char* text : {"", "1", "9 8", "1 70000", "a b", "1 2 3"}) {
    EXPECT_EQ(ParseEphemeralRange(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace portreg::cli
