#include "server/net/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"

namespace portreg::server {
namespace {

// A listener on loopback that keeps the connections that it accepts.
class ListenerTest : public ::testing::Test {
 protected:
  ~ListenerTest() override {
    for (const int fd : connected_) close(fd);
    if (listener_ != nullptr) listener_->Stop();
    for (const int fd : taken_) close(fd);
  }

  void Start(const ConnectionLimits& limits, const std::string& address = "127.0.0.1:0") {
    listener_ = Listener::Open({address}, limits, absl::Seconds(20)).value();
    listener_->Start([this](int fd, int /*listener_fd*/) {
      const std::lock_guard lock(mutex_);
      taken_.push_back(fd);
    });
  }

  // Connects from `source`.
  void Connect(const std::string& source = "127.0.0.1") {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in name = {};
    name.sin_family = AF_INET;
    inet_pton(AF_INET, source.c_str(), &name.sin_addr);
    ASSERT_EQ(bind(fd, reinterpret_cast<const sockaddr*>(&name), sizeof(name)), 0);
    const ListenAddress address = ParseListenAddress(listener_->addresses()[0]).value();
    inet_pton(AF_INET, "127.0.0.1", &name.sin_addr);
    name.sin_port = htons(address.port);
    ASSERT_EQ(connect(fd, reinterpret_cast<const sockaddr*>(&name), sizeof(name)), 0);
    connected_.push_back(fd);
  }

  // Returns true once these numbers of connections are accepted and refused; false after
  // 10 s.
  bool Counts(uint64_t accepted, uint64_t refused) {
    const absl::Time end = absl::Now() + absl::Seconds(10);
    while (absl::Now() < end) {
      const Connections::Counts counts = listener_->connections().Count();
      if (counts.accepted == accepted && counts.refused_total + counts.refused_peer == refused) {
        return true;
      }
      absl::SleepFor(absl::Milliseconds(1));
    }
    return false;
  }

  // Returns true if the other end has closed the connection.
  static bool IsClosed(int fd) {
    char byte;
    return recv(fd, &byte, 1, 0) <= 0;
  }

  std::unique_ptr<Listener> listener_;
  std::vector<int> connected_;
  std::mutex mutex_;
  std::vector<int> taken_;
};

TEST_F(ListenerTest, HandsConnectionsOver) {
  Start({});
  Connect();
  Connect();
  EXPECT_TRUE(Counts(2, 0));
}

TEST_F(ListenerTest, ClosesWhatIsBeyondTheTotal) {
  Start({.total = 2, .per_peer = 0});
  for (int i = 0; i < 3; ++i) Connect();
  EXPECT_TRUE(Counts(2, 1));
  EXPECT_TRUE(IsClosed(connected_[2]));
}

TEST_F(ListenerTest, CountsPeersByTheirAddress) {
  Start({.total = 10, .per_peer = 1});
  Connect("127.0.0.1");
  Connect("127.0.0.2");
  EXPECT_TRUE(Counts(2, 0));
  Connect("127.0.0.2");
  EXPECT_TRUE(Counts(2, 1));
  EXPECT_TRUE(IsClosed(connected_[2]));
}

TEST_F(ListenerTest, RemovesItsUnixSocketAtTheEnd) {
  const TempDirectory directory;
  const std::string path = directory.PathOf("s");
  Start({}, "unix:" + path);
  EXPECT_TRUE(std::filesystem::exists(path));
  listener_->Stop();
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(ListenerTest, IsNotOpenIfOneOfItsAddressesIsNot) {
  Start({});
  const std::string taken = listener_->addresses()[0];
  const auto other = Listener::Open({"127.0.0.1:0", taken}, {}, absl::Seconds(20));
  EXPECT_EQ(other.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(other.status().message()), ::testing::HasSubstr(taken));
}

}  // namespace
}  // namespace portreg::server
