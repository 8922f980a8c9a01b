#include "server/listen_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"
#include "tests/common/test_status.h"

namespace portreg {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

int UnixSocket(int type) { return socket(AF_UNIX, type | SOCK_NONBLOCK, 0); }

sockaddr_un UnixName(const std::string& path) {
  sockaddr_un name = {};
  name.sun_family = AF_UNIX;
  std::strncpy(name.sun_path, path.c_str(), sizeof(name.sun_path) - 1);
  return name;
}

// A socket that listens for as long as it lives.
class Listener {
 public:
  // On a free port of 127.0.0.1.
  Listener() : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in name = {};
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(name);
    EXPECT_EQ(bind(fd_, reinterpret_cast<const sockaddr*>(&name), size), 0);
    EXPECT_EQ(listen(fd_, 1), 0);
    EXPECT_EQ(getsockname(fd_, reinterpret_cast<sockaddr*>(&name), &size), 0);
    port_ = ntohs(name.sin_port);
  }
  // On a unix socket.
  explicit Listener(const std::string& path, int type = SOCK_STREAM) : fd_(UnixSocket(type)) {
    const sockaddr_un name = UnixName(path);
    EXPECT_EQ(bind(fd_, reinterpret_cast<const sockaddr*>(&name), sizeof(name)), 0);
    if (type == SOCK_STREAM) {
      EXPECT_EQ(listen(fd_, 1), 0);
    }
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener() { close(fd_); }

  [[nodiscard]] Port port() const { return port_; }

 private:
  const int fd_;
  Port port_ = 0;
};

TEST(ListenAddressTest, AddressesAreReadAndWritten) {
  const struct {
    const char* text;
    const char* host;
    Port port;
    const char* path;
    const char* written;
  } cases[] = {
      {"127.0.0.1:0", "127.0.0.1", 0, "", "127.0.0.1:0"},
      {"127.0.0.1:65535", "127.0.0.1", 65535, "", "127.0.0.1:65535"},
      {"localhost:6335", "localhost", 6335, "", "localhost:6335"},
      {"0.0.0.0:1023", "0.0.0.0", 1023, "", "0.0.0.0:1023"},
      {"[::1]:6335", "::1", 6335, "", "[::1]:6335"},
      {"[::]:0", "::", 0, "", "[::]:0"},
      {"[fe80::1%lo]:1", "fe80::1%lo", 1, "", "[fe80::1%lo]:1"},
      {"unix:/run/portregd.sock", "", 0, "/run/portregd.sock", "unix:/run/portregd.sock"},
      {"unix:///run/portregd.sock", "", 0, "/run/portregd.sock", "unix:/run/portregd.sock"},
      {"unix:relative.sock", "", 0, "relative.sock", "unix:relative.sock"},
      {"unix:/with:colon:80", "", 0, "/with:colon:80", "unix:/with:colon:80"},
  };
  for (const auto& c : cases) {
    const absl::StatusOr<ListenAddress> address = ParseListenAddress(c.text);
    ASSERT_TRUE(address.ok()) << c.text << ": " << address.status();
    EXPECT_EQ(address->host, c.host) << c.text;
    EXPECT_EQ(address->port, c.port) << c.text;
    EXPECT_EQ(address->path, c.path) << c.text;
    EXPECT_EQ(address->ToString(), c.written) << c.text;
  }
  EXPECT_TRUE(ParseListenAddress(kDefaultAddress).ok());
}

TEST(ListenAddressTest, TheRestIsRefusedByName) {
  const struct {
    const char* text;
    const char* why;
  } cases[] = {
      {"", "has no port"},
      {"localhost", "has no port"},
      {"6335", "has no port"},
      {"unix:", "has no path"},
      {"unix://host/s", "has a host where only a path may be"},
      {":6335", "has no host"},
      {"*:6335", "has no host"},
      {"[]:6335", "has no host"},
      {"::1:6335", "has an IPv6 host without brackets"},
      {"::1", "has an IPv6 host without brackets"},
      {"[::1:6335", "has unbalanced brackets"},
      {"::1]:6335", "has unbalanced brackets"},
      {"[a]]:6335", "has unbalanced brackets"},
      {"a[b:6335", "has unbalanced brackets"},
      {"[::1]", "is unusable"},
      {"localhost:", "is unusable"},
      {"localhost:http", "port \"http\" is not a decimal number"},
      {"localhost:-1", "port \"-1\" is not a decimal number"},
      {"localhost:06335", "port 06335 has a leading zero"},
      {"localhost:65536", "port 65536 is out of range [0, 65535]"},
      {"localhost:80 ", "not a decimal number"},
  };
  for (const auto& c : cases) {
    const absl::Status status = ParseListenAddress(c.text).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.text;
    EXPECT_THAT(Message(status), AllOf(HasSubstr(absl::StrCat("address \"", c.text, "\" ")),
                                       HasSubstr(c.why), HasSubstr("expected host:port")))
        << c.text;
  }
}

TEST(ListenAddressTest, APortOfTheSystemsChoiceIsFree) {
  EXPECT_TRUE(CheckAddressIsFree({.host = "127.0.0.1", .port = 0, .path = ""}).ok());
  EXPECT_TRUE(CheckAddressIsFree({.host = "127.0.0.2", .port = 0, .path = ""}).ok());
}

TEST(ListenAddressTest, ATakenPortIsUnavailable) {
  const Listener other;
  const absl::Status status =
      CheckAddressIsFree({.host = "127.0.0.1", .port = other.port(), .path = ""});
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Message(status),
            absl::StrCat("cannot listen on 127.0.0.1:", other.port(), ": Address already in use"));
}

TEST(ListenAddressTest, AnAddressOfAnotherMachineIsUnavailable) {
  // Of the block that RFC 5737 keeps for documentation.
  const absl::Status status = CheckAddressIsFree({.host = "192.0.2.1", .port = 0, .path = ""});
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(Message(status), HasSubstr("cannot listen on 192.0.2.1:0: "));
}

TEST(ListenAddressTest, AUnixSocketIsFreeUnlessSomeoneListens) {
  const TempDirectory directory;
  const ListenAddress address = {.host = "", .port = 0, .path = directory.PathOf("s")};
  EXPECT_TRUE(CheckAddressIsFree(address).ok());
  {
    const Listener other(address.path);
    const absl::Status status = CheckAddressIsFree(address);
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
    EXPECT_EQ(Message(status),
              absl::StrCat("cannot listen on unix:", address.path, ": Address already in use"));
  }
  // The other has gone and its file is left over.
  EXPECT_TRUE(std::filesystem::exists(address.path));
  EXPECT_TRUE(CheckAddressIsFree(address).ok());
}

TEST(ListenAddressTest, AUnixSocketWhoseQueueIsFullIsTaken) {
  const TempDirectory directory;
  const ListenAddress address = {.host = "", .port = 0, .path = directory.PathOf("s")};
  const Listener other(address.path);
  const sockaddr_un name = UnixName(address.path);
  std::vector<int> waiting;
  int connected = 0;
  while (connected == 0) {
    waiting.push_back(UnixSocket(SOCK_STREAM));
    connected = connect(waiting.back(), reinterpret_cast<const sockaddr*>(&name), sizeof(name));
  }
  EXPECT_EQ(errno, EAGAIN);
  EXPECT_EQ(CheckAddressIsFree(address).code(), absl::StatusCode::kUnavailable);
  for (const int fd : waiting) close(fd);
}

TEST(ListenAddressTest, AUnixSocketOfAnotherTypeIsTaken) {
  const TempDirectory directory;
  const ListenAddress address = {.host = "", .port = 0, .path = directory.PathOf("s")};
  const Listener other(address.path, SOCK_DGRAM);
  EXPECT_EQ(CheckAddressIsFree(address).code(), absl::StatusCode::kUnavailable);
}

TEST(ListenAddressTest, AUnixSocketThatCannotBeMadeIsUnavailable) {
  const TempDirectory directory;
  const std::string file = directory.Write("file", "no socket");
  const struct {
    const char* what;
    std::string path;
  } cases[] = {
      {"too long", "/" + std::string(107, 'x')},
      {"in a directory that is missing", directory.PathOf("missing/s")},
      {"below a file", file + "/s"},
      {"a directory", directory.PathOf(".")},
      {"a file that is no socket", file},
  };
  for (const auto& c : cases) {
    const absl::Status status = CheckAddressIsFree({.host = "", .port = 0, .path = c.path});
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << c.what;
    EXPECT_THAT(Message(status), HasSubstr(absl::StrCat("cannot listen on unix:", c.path, ": ")))
        << c.what;
  }
  EXPECT_TRUE(std::filesystem::exists(file));
}

TEST(ListenAddressTest, AUnixPathMayHave107Bytes) {
  const ListenAddress longest = {.host = "", .port = 0, .path = std::string(107, 'x')};
  EXPECT_TRUE(CheckAddressIsFree(longest).ok());
  const ListenAddress too_long = {.host = "", .port = 0, .path = std::string(108, 'x')};
  EXPECT_THAT(Message(CheckAddressIsFree(too_long)), HasSubstr("longer than 107 bytes"));
}

}  // namespace
}  // namespace portreg
