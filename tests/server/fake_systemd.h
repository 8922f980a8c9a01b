// Receives the messages of sd_notify(3) in place of a service manager.
#ifndef PORTREG_TESTS_SERVER_FAKE_SYSTEMD_H_
#define PORTREG_TESTS_SERVER_FAKE_SYSTEMD_H_

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"

namespace portreg::server {

// Binds a socket and sets NOTIFY_SOCKET to its path. The destructor unsets NOTIFY_SOCKET.
class FakeSystemd {
 public:
  FakeSystemd() {
    sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = {}};
    const std::string path = directory_.PathOf("notify");
    EXPECT_LT(path.copy(address.sun_path, sizeof(address.sun_path) - 1), sizeof(address.sun_path));
    EXPECT_EQ(bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    EXPECT_EQ(setenv("NOTIFY_SOCKET", path.c_str(), /*overwrite=*/1), 0);
  }
  FakeSystemd(const FakeSystemd&) = delete;
  FakeSystemd& operator=(const FakeSystemd&) = delete;
  ~FakeSystemd() {
    unsetenv("NOTIFY_SOCKET");
    close(fd_);
  }

  // Returns the states that were sent since the last call.
  [[nodiscard]] std::vector<std::string> Received() const {
    std::vector<std::string> states;
    std::array<char, 4096> state;
    ssize_t size;
    while ((size = recv(fd_, state.data(), state.size(), MSG_DONTWAIT)) > 0) {
      states.emplace_back(state.data(), static_cast<size_t>(size));
    }
    return states;
  }

 private:
  const TempDirectory directory_;
  const int fd_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
};

}  // namespace portreg::server

#endif  // PORTREG_TESTS_SERVER_FAKE_SYSTEMD_H_
