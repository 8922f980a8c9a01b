#include "server/net/socket_path.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"
#include "tests/common/test_status.h"

namespace portreg::server {
namespace {

using ::testing::HasSubstr;

int StreamSocket() { return socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0); }

// A socket with its path, until it is destroyed or crashes.
class PathOwner {
 public:
  explicit PathOwner(const std::string& path)
      : fd_(StreamSocket()), path_(SocketPath::Take(path, fd_)) {}
  PathOwner(const PathOwner&) = delete;
  PathOwner& operator=(const PathOwner&) = delete;
  ~PathOwner() {
    if (path_.ok()) path_->GiveBack();
    close(fd_);
  }

  [[nodiscard]] absl::Status status() const { return path_.status(); }

 private:
  const int fd_;
  absl::StatusOr<SocketPath> path_;
};

sockaddr_un NameAt(const std::string& path) {
  sockaddr_un name = {};
  name.sun_family = AF_UNIX;
  std::strncpy(name.sun_path, path.c_str(), sizeof(name.sun_path) - 1);
  return name;
}

// Returns true if somebody listens at the path.
bool IsReachable(const std::string& path) {
  const sockaddr_un name = NameAt(path);
  const int fd = StreamSocket();
  const bool reachable = connect(fd, reinterpret_cast<const sockaddr*>(&name), sizeof(name)) == 0;
  close(fd);
  return reachable;
}

// Leaves the file that a killed server leaves.
void LeaveDeadSocket(const std::string& path) {
  const sockaddr_un name = NameAt(path);
  const int fd = StreamSocket();
  EXPECT_EQ(bind(fd, reinterpret_cast<const sockaddr*>(&name), sizeof(name)), 0);
  EXPECT_EQ(listen(fd, 1), 0);
  close(fd);
}

class SocketPathTest : public ::testing::Test {
 protected:
  const TempDirectory directory_;
  const std::string path_ = directory_.PathOf("s");
};

TEST_F(SocketPathTest, IsOpenToAllAndRemovedAtTheEnd) {
  {
    const PathOwner owner(path_);
    ASSERT_TRUE(owner.status().ok()) << owner.status();
    EXPECT_TRUE(IsReachable(path_));
    struct stat file;
    ASSERT_EQ(stat(path_.c_str(), &file), 0);
    EXPECT_EQ(file.st_mode & 0777, 0666);
  }
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(SocketPathTest, ASecondServerIsRefusedAndTheFirstStays) {
  const PathOwner first(path_);
  const PathOwner second(path_);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Message(second.status()), "Address already in use");
  EXPECT_TRUE(IsReachable(path_));
}

TEST_F(SocketPathTest, WhoWasReplacedLeavesTheSuccessorsSocket) {
  auto first = std::make_unique<PathOwner>(path_);
  std::filesystem::remove(path_);
  const PathOwner second(path_);
  ASSERT_TRUE(second.status().ok()) << second.status();
  first.reset();
  EXPECT_TRUE(IsReachable(path_));
}

TEST_F(SocketPathTest, WhoWasReplacedLeavesAnyOtherFile) {
  auto owner = std::make_unique<PathOwner>(path_);
  std::filesystem::remove(path_);
  (void)directory_.Write("s", "not a socket");
  owner.reset();
  EXPECT_TRUE(std::filesystem::is_regular_file(path_));
}

TEST_F(SocketPathTest, AForeignFileIsRefusedAndLeft) {
  const std::string target = directory_.Write("target", "text");
  std::filesystem::create_symlink(target, path_);
  for (const std::string& path : {target, path_}) {
    const PathOwner owner(path);
    EXPECT_EQ(Message(owner.status()), "the file is no socket");
    EXPECT_TRUE(std::filesystem::exists(path));
  }
  EXPECT_TRUE(std::filesystem::is_symlink(path_));
}

TEST_F(SocketPathTest, WithoutALockFileThereIsNoSocket) {
  std::filesystem::create_directory(path_ + ".lock");
  const PathOwner owner(path_);
  EXPECT_EQ(owner.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(Message(owner.status()), HasSubstr("lock file " + path_ + ".lock: "));
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(SocketPathTest, OfManyAtOnceOneTakesThePath) {
  constexpr int kRounds = 100;
  constexpr size_t kServers = 4;
  for (int round = 0; round < kRounds; ++round) {
    LeaveDeadSocket(path_);
    std::vector<std::unique_ptr<PathOwner>> owners(kServers);
    std::vector<std::thread> threads;
    std::atomic<size_t> started = 0;
    for (std::unique_ptr<PathOwner>& owner : owners) {
      threads.emplace_back([this, &owner, &started] {
        ++started;
        while (started < kServers) std::this_thread::yield();
        owner = std::make_unique<PathOwner>(path_);
      });
    }
    for (std::thread& thread : threads) thread.join();
    size_t taken = 0;
    for (const std::unique_ptr<PathOwner>& owner : owners) {
      taken += owner->status().ok() ? 1 : 0;
    }
    EXPECT_EQ(taken, 1);
    EXPECT_TRUE(IsReachable(path_));
  }
}

}  // namespace
}  // namespace portreg::server
