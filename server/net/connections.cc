#include "server/net/connections.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <vector>

#include "absl/algorithm/container.h"
#include "absl/time/time.h"

namespace portreg::server {
namespace {

// After a look at all open connections, the next look must wait for this many times
// its duration. In a flood of connections beyond the limit, looking thus takes at
// most a twentieth of the time.
constexpr int kPauseForLook = 20;

// Returns the number that the kernel gives a socket as long as it exists. Returns 0
// if `fd` is not a socket.
ino_t SocketBehind(int fd) {
  struct stat file;
  return fstat(fd, &file) == 0 && S_ISSOCK(file.st_mode) ? file.st_ino : 0;
}

}  // namespace

Refusal Connections::Admit(int fd, const std::string& peer) {
  const MutexLock lock(mutex_);
  // gRPC has closed the connection that had this descriptor before.
  Forget(fd);
  Refusal refusal = Check(peer);
  if (refusal != Refusal::kNone && MonotonicTime::Now() >= next_look_) {
    ForgetClosed();
    refusal = Check(peer);
  }
  const bool evicts = refusal == Refusal::kTotal && limits_.when_full == WhenFull::kEvictOldest;
  if (evicts) refusal = Refusal::kNone;
  if (refusal == Refusal::kTotal) {
    ++counts_.refused_total;
  } else if (refusal == Refusal::kPeer) {
    ++counts_.refused_peer;
  } else {
    ++counts_.accepted;
    ++by_peer_[peer];
    if (evicts) EvictOne();
    open_[fd] = {SocketBehind(fd), peer, counts_.accepted};
  }
  return refusal;
}

bool Connections::MayAccept() {
  const MutexLock lock(mutex_);
  const auto most = static_cast<size_t>(limits_.total);
  if (evicted_ >= most) ForgetClosed();
  return evicted_ < most;
}

void Connections::RefusedForDescriptors() {
  const MutexLock lock(mutex_);
  ++counts_.refused_descriptors;
}

void Connections::HangUp() {
  const MutexLock lock(mutex_);
  ForgetClosed();
  for (const auto& [fd, connection] : open_) shutdown(fd, SHUT_RD);
}

Connections::Counts Connections::Count() {
  const MutexLock lock(mutex_);
  ForgetClosed();
  counts_.open = open_.size();
  return counts_;
}

Refusal Connections::Check(const std::string& peer) const {
  if (limits_.per_peer > 0 && !peer.empty()) {
    const auto found = by_peer_.find(peer);
    if (found != by_peer_.end() && found->second >= limits_.per_peer) return Refusal::kPeer;
  }
  const size_t counted = open_.size() - evicted_;
  return counted < static_cast<size_t>(limits_.total) ? Refusal::kNone : Refusal::kTotal;
}

void Connections::Forget(int fd) {
  const auto found = open_.find(fd);
  if (found == open_.end()) return;
  if (found->second.evicted) {
    --evicted_;
  } else {
    Uncount(found->second);
  }
  open_.erase(found);
}

void Connections::Uncount(const Connection& connection) {
  const auto peer = by_peer_.find(connection.peer);
  if (--peer->second == 0) by_peer_.erase(peer);
}

void Connections::EvictOne() {
  const auto fewer = [](const auto& a, const auto& b) { return a.second < b.second; };
  const int most = absl::c_max_element(by_peer_, fewer)->second;
  auto oldest = open_.end();
  for (auto each = open_.begin(); each != open_.end(); ++each) {
    const Connection& connection = each->second;
    if (connection.evicted || by_peer_.at(connection.peer) < most) continue;
    if (oldest == open_.end() || connection.number < oldest->second.number) oldest = each;
  }
  if (SocketBehind(oldest->first) != oldest->second.socket) {
    Forget(oldest->first);
    return;
  }
  // gRPC now behaves as if the client had closed the connection, and closes it.
  shutdown(oldest->first, SHUT_RDWR);
  Uncount(oldest->second);
  oldest->second.evicted = true;
  ++evicted_;
}

void Connections::ForgetClosed() {
  const MonotonicTime start = MonotonicTime::Now();
  std::vector<int> closed;
  for (const auto& [fd, connection] : open_) {
    if (SocketBehind(fd) != connection.socket) closed.push_back(fd);
  }
  for (const int fd : closed) Forget(fd);
  const MonotonicTime end = MonotonicTime::Now();
  next_look_ = end + kPauseForLook * (end - start);
}

}  // namespace portreg::server
