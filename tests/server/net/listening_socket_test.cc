#include "server/net/listening_socket.h"

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

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"
#include "tests/common/test_status.h"

namespace portreg::server {
namespace {

using ::testing::HasSubstr;

// Returns OK if the address can be listened on, which it then no longer is.
absl::Status TryToListen(const ListenAddress& address) {
  return ListeningSockets::Open(address, absl::Seconds(20)).status();
}

int UnixSocket(int type) { return socket(AF_UNIX, type | SOCK_NONBLOCK, 0); }

sockaddr_un UnixName(const std::string& path) {
  sockaddr_un name = {};
  name.sun_family = AF_UNIX;
  std::strncpy(name.sun_path, path.c_str(), sizeof(name.sun_path) - 1);
  return name;
}

// A socket that listens until the object is destroyed.
class OtherListener {
 public:
  // Listens on a free port of 127.0.0.1.
  OtherListener() : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in name = {};
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(name);
    EXPECT_EQ(bind(fd_, reinterpret_cast<const sockaddr*>(&name), size), 0);
    EXPECT_EQ(listen(fd_, 1), 0);
    EXPECT_EQ(getsockname(fd_, reinterpret_cast<sockaddr*>(&name), &size), 0);
    port_ = ntohs(name.sin_port);
  }
  // Listens on a unix socket.
  explicit OtherListener(const std::string& path, int type = SOCK_STREAM) : fd_(UnixSocket(type)) {
    const sockaddr_un name = UnixName(path);
    EXPECT_EQ(bind(fd_, reinterpret_cast<const sockaddr*>(&name), sizeof(name)), 0);
    if (type == SOCK_STREAM) {
      EXPECT_EQ(listen(fd_, 1), 0);
    }
  }
  OtherListener(const OtherListener&) = delete;
  OtherListener& operator=(const OtherListener&) = delete;
  ~OtherListener() { close(fd_); }

  [[nodiscard]] Port port() const { return port_; }

 private:
  const int fd_;
  Port port_ = 0;
};

TEST(ListeningSocketTest, TheAddressHasThePortThatTheSystemChose) {
  const ListeningSockets opened =
      ListeningSockets::Open({.host = "127.0.0.1", .port = 0, .path = ""}, absl::Seconds(20))
          .value();
  ASSERT_EQ(opened.descriptors().size(), 1);
  EXPECT_NE(opened.address().port, 0);
  sockaddr_in name = {};
  socklen_t size = sizeof(name);
  ASSERT_EQ(getsockname(opened.descriptors()[0], reinterpret_cast<sockaddr*>(&name), &size), 0);
  EXPECT_EQ(ntohs(name.sin_port), opened.address().port);
}

TEST(ListeningSocketTest, APortOfTheSystemsChoiceIsFree) {
  EXPECT_TRUE(TryToListen({.host = "127.0.0.1", .port = 0, .path = ""}).ok());
  EXPECT_TRUE(TryToListen({.host = "127.0.0.2", .port = 0, .path = ""}).ok());
}

TEST(ListeningSocketTest, ATakenPortIsUnavailable) {
  const OtherListener other;
  const absl::Status status = TryToListen({.host = "127.0.0.1", .port = other.port(), .path = ""});
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Message(status),
            absl::StrCat("cannot listen on 127.0.0.1:", other.port(), ": Address already in use"));
}

TEST(ListeningSocketTest, AnAddressOfAnotherMachineIsUnavailable) {
  // The address is from the block that RFC 5737 reserves for documentation.
  const absl::Status status = TryToListen({.host = "192.0.2.1", .port = 0, .path = ""});
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(Message(status), HasSubstr("cannot listen on 192.0.2.1:0: "));
}

TEST(ListeningSocketTest, AUnixSocketIsFreeUnlessSomeoneListens) {
  const TempDirectory directory;
  const ListenAddress address = {.host = "", .port = 0, .path = directory.PathOf("s")};
  EXPECT_TRUE(TryToListen(address).ok());
  {
    const OtherListener other(address.path);
    const absl::Status status = TryToListen(address);
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
    EXPECT_EQ(Message(status),
              absl::StrCat("cannot listen on unix:", address.path, ": Address already in use"));
  }
  // The other listener is destroyed, but its file is left.
  EXPECT_TRUE(std::filesystem::exists(address.path));
  EXPECT_TRUE(TryToListen(address).ok());
}

TEST(ListeningSocketTest, AUnixSocketWhoseQueueIsFullIsTaken) {
  const TempDirectory directory;
  const ListenAddress address = {.host = "", .port = 0, .path = directory.PathOf("s")};
  const OtherListener other(address.path);
  const sockaddr_un name = UnixName(address.path);
  std::vector<int> waiting;
  int connected = 0;
  while (connected == 0) {
    waiting.push_back(UnixSocket(SOCK_STREAM));
    connected = connect(waiting.back(), reinterpret_cast<const sockaddr*>(&name), sizeof(name));
  }
  EXPECT_EQ(errno, EAGAIN);
  EXPECT_EQ(TryToListen(address).code(), absl::StatusCode::kUnavailable);
  for (const int fd : waiting) close(fd);
}

TEST(ListeningSocketTest, AUnixSocketOfAnotherTypeIsTaken) {
  const TempDirectory directory;
  const ListenAddress address = {.host = "", .port = 0, .path = directory.PathOf("s")};
  const OtherListener other(address.path, SOCK_DGRAM);
  EXPECT_EQ(TryToListen(address).code(), absl::StatusCode::kUnavailable);
}

TEST(ListeningSocketTest, AUnixSocketThatCannotBeMadeIsUnavailable) {
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
    const absl::Status status = TryToListen({.host = "", .port = 0, .path = c.path});
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << c.what;
    EXPECT_THAT(Message(status), HasSubstr(absl::StrCat("cannot listen on unix:", c.path, ": ")))
        << c.what;
  }
  EXPECT_TRUE(std::filesystem::exists(file));
}

TEST(ListeningSocketTest, AUnixPathMayHave107Bytes) {
  const TempDirectory directory;
  std::string path = directory.PathOf("");
  path.resize(107, 'x');
  const ListenAddress longest = {.host = "", .port = 0, .path = path};
  EXPECT_TRUE(TryToListen(longest).ok());
  const ListenAddress too_long = {.host = "", .port = 0, .path = path + 'x'};
  EXPECT_THAT(Message(TryToListen(too_long)), HasSubstr("longer than 107 bytes"));
}

}  // namespace
}  // namespace portreg::server
