#include "server/connections.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <vector>

#include "absl/time/time.h"

namespace portreg {
namespace {

// A flood of connections beyond the limit must not make us look at each open
// one for each of them: looking takes a twentieth of the time at most.
constexpr int kPauseForLook = 20;

// The number that the kernel gives a socket for as long as it lives; 0 if `fd`
// is none.
ino_t SocketBehind(int fd) {
  struct stat file;
  return fstat(fd, &file) == 0 && S_ISSOCK(file.st_mode) ? file.st_ino : 0;
}

}  // namespace

Refusal Connections::Admit(int fd, const std::string& peer) {
  const std::lock_guard lock(mutex_);
  // gRPC has closed what had this descriptor before.
  Forget(fd);
  Refusal refusal = Check(peer);
  if (refusal != Refusal::kNone && MonotonicTime::Now() >= next_look_) {
    ForgetClosed();
    refusal = Check(peer);
  }
  if (refusal == Refusal::kTotal) {
    ++counts_.refused_total;
  } else if (refusal == Refusal::kPeer) {
    ++counts_.refused_peer;
  } else {
    ++counts_.accepted;
    open_[fd] = {SocketBehind(fd), peer};
    if (!peer.empty()) ++by_peer_[peer];
  }
  return refusal;
}

void Connections::RefusedForDescriptors() {
  const std::lock_guard lock(mutex_);
  ++counts_.refused_descriptors;
}

void Connections::HangUp() {
  const std::lock_guard lock(mutex_);
  ForgetClosed();
  for (const auto& [fd, connection] : open_) shutdown(fd, SHUT_RD);
}

Connections::Counts Connections::Count() {
  const std::lock_guard lock(mutex_);
  ForgetClosed();
  counts_.open = open_.size();
  return counts_;
}

Refusal Connections::Check(const std::string& peer) const {
  if (open_.size() >= static_cast<size_t>(limits_.total)) return Refusal::kTotal;
  if (limits_.per_peer == 0 || peer.empty()) return Refusal::kNone;
  const auto found = by_peer_.find(peer);
  if (found == by_peer_.end() || found->second < limits_.per_peer) return Refusal::kNone;
  return Refusal::kPeer;
}

void Connections::Forget(int fd) {
  const auto found = open_.find(fd);
  if (found == open_.end()) return;
  const auto peer = by_peer_.find(found->second.peer);
  if (peer != by_peer_.end() && --peer->second == 0) by_peer_.erase(peer);
  open_.erase(found);
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

}  // namespace portreg
