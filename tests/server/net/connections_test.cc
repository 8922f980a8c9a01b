#include "server/net/connections.h"

#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "gtest/gtest.h"

namespace portreg::server {
namespace {

// Provides sockets in place of accepted connections.
class ConnectionsTest : public ::testing::Test {
 protected:
  ~ConnectionsTest() override {
    for (const int fd : open_) close(fd);
  }

  int Accepted() {
    open_.push_back(socket(AF_UNIX, SOCK_STREAM, 0));
    return open_.back();
  }

  // Returns a connection, and its other end.
  std::pair<int, int> AcceptedFrom() {
    int ends[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    open_.insert(open_.end(), {ends[0], ends[1]});
    return {ends[0], ends[1]};
  }

  static bool IsEnded(int fd) {
    char byte;
    return recv(fd, &byte, 1, 0) == 0;
  }

  void Close(int fd) {
    std::erase(open_, fd);
    close(fd);
  }

  // Returns true if a further connection is admitted within a second, because closed
  // connections are noticed only after a while.
  bool AdmitsSoon(Connections& connections, const std::string& peer = "") {
    const int fd = Accepted();
    const absl::Time end = absl::Now() + absl::Seconds(1);
    while (absl::Now() < end) {
      if (connections.Admit(fd, peer) == Refusal::kNone) return true;
    }
    return false;
  }

 private:
  std::vector<int> open_;
};

TEST_F(ConnectionsTest, AdmitsAsManyAsMayBeOpen) {
  Connections connections({.total = 2, .per_peer = 0});
  EXPECT_EQ(connections.Admit(Accepted(), "a"), Refusal::kNone);
  EXPECT_EQ(connections.Admit(Accepted(), "a"), Refusal::kNone);
  EXPECT_EQ(connections.Admit(Accepted(), "b"), Refusal::kTotal);
  const Connections::Counts counts = connections.Count();
  EXPECT_EQ(counts.open, 2);
  EXPECT_EQ(counts.accepted, 2);
  EXPECT_EQ(counts.refused_total, 1);
  EXPECT_EQ(counts.refused_peer, 0);
}

TEST_F(ConnectionsTest, WhoComesMayTakeTheOldestsPlace) {
  Connections connections({.total = 2, .per_peer = 0, .when_full = WhenFull::kEvictOldest});
  const auto [oldest, oldests_peer] = AcceptedFrom();
  const auto [other, others_peer] = AcceptedFrom();
  EXPECT_EQ(connections.Admit(oldest, "a"), Refusal::kNone);
  EXPECT_EQ(connections.Admit(other, "a"), Refusal::kNone);
  EXPECT_EQ(connections.Admit(Accepted(), "a"), Refusal::kNone);
  EXPECT_TRUE(IsEnded(oldests_peer));
  EXPECT_FALSE(IsEnded(others_peer));
}

TEST_F(ConnectionsTest, ThePeerWithMostConnectionsMakesRoom) {
  Connections connections({.total = 3, .per_peer = 0, .when_full = WhenFull::kEvictOldest});
  const auto [alone, alones_peer] = AcceptedFrom();
  EXPECT_EQ(connections.Admit(alone, "a"), Refusal::kNone);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(connections.Admit(Accepted(), "b"), Refusal::kNone);
  }
  EXPECT_FALSE(IsEnded(alones_peer));
  // All connections of unix sockets have one peer.
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(connections.Admit(Accepted(), ""), Refusal::kNone);
    EXPECT_GE(connections.Count().open, 1);
  }
  EXPECT_FALSE(IsEnded(alones_peer));
}

TEST_F(ConnectionsTest, OthersWaitWhileTooManyAreEvictedAndStillOpen) {
  Connections connections({.total = 2, .per_peer = 0, .when_full = WhenFull::kEvictOldest});
  std::vector<int> admitted;
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(connections.MayAccept());
    admitted.push_back(Accepted());
    EXPECT_EQ(connections.Admit(admitted.back(), "a"), Refusal::kNone);
  }
  EXPECT_FALSE(connections.MayAccept());
  Close(admitted[0]);
  EXPECT_TRUE(connections.MayAccept());
}

TEST_F(ConnectionsTest, AClosedConnectionMakesRoom) {
  Connections connections({.total = 1, .per_peer = 0});
  const int first = Accepted();
  EXPECT_EQ(connections.Admit(first, "a"), Refusal::kNone);
  EXPECT_EQ(connections.Count().open, 1);
  Close(first);
  EXPECT_EQ(connections.Count().open, 0);
  EXPECT_TRUE(AdmitsSoon(connections));
}

TEST_F(ConnectionsTest, ADescriptorThatIsAnotherFileIsNoConnection) {
  Connections connections({.total = 1, .per_peer = 0});
  const int fd = Accepted();
  EXPECT_EQ(connections.Admit(fd, ""), Refusal::kNone);
  const int other = eventfd(0, 0);
  ASSERT_EQ(dup2(other, fd), fd);
  EXPECT_EQ(connections.Count().open, 0);
  // Another socket is not the same connection either.
  const int next = Accepted();
  EXPECT_EQ(connections.Admit(next, ""), Refusal::kNone);
  const int third = Accepted();
  ASSERT_EQ(dup2(third, next), next);
  EXPECT_EQ(connections.Count().open, 0);
  close(other);
}

TEST_F(ConnectionsTest, EachPeerMayHaveItsShare) {
  Connections connections({.total = 10, .per_peer = 2});
  const int first = Accepted();
  EXPECT_EQ(connections.Admit(first, "a"), Refusal::kNone);
  EXPECT_EQ(connections.Admit(Accepted(), "a"), Refusal::kNone);
  EXPECT_EQ(connections.Admit(Accepted(), "a"), Refusal::kPeer);
  EXPECT_EQ(connections.Admit(Accepted(), "b"), Refusal::kNone);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(connections.Admit(Accepted(), ""), Refusal::kNone);
  EXPECT_EQ(connections.Count().refused_peer, 1);
  Close(first);
  EXPECT_TRUE(AdmitsSoon(connections, "a"));
  EXPECT_EQ(connections.Admit(Accepted(), "a"), Refusal::kPeer);
}

TEST_F(ConnectionsTest, APeerBeyondItsShareTakesNoPlace) {
  Connections connections({.total = 1, .per_peer = 1, .when_full = WhenFull::kEvictOldest});
  EXPECT_EQ(connections.Admit(Accepted(), "a"), Refusal::kNone);
  EXPECT_EQ(connections.Admit(Accepted(), "a"), Refusal::kPeer);
  EXPECT_EQ(connections.Admit(Accepted(), "b"), Refusal::kNone);
}

TEST_F(ConnectionsTest, ADescriptorThatComesAgainIsANewConnection) {
  Connections connections({.total = 1, .per_peer = 1});
  const int fd = Accepted();
  // gRPC has closed the first connection, and the system has reused its number.
  EXPECT_EQ(connections.Admit(fd, "a"), Refusal::kNone);
  EXPECT_EQ(connections.Admit(fd, "a"), Refusal::kNone);
  EXPECT_EQ(connections.Count().open, 1);
}

}  // namespace
}  // namespace portreg::server
