#include "tests/client/relay.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace portreg {
namespace {

sockaddr_in LoopbackAddress(int port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  return address;
}

bool HasInput(const pollfd& descriptor) { return descriptor.revents != 0; }

}  // namespace

Relay::Relay(absl::string_view server) : listener_(socket(AF_INET, SOCK_STREAM, 0)) {
  EXPECT_TRUE(absl::SimpleAtoi(server.substr(server.rfind(':') + 1), &server_port_));
  EXPECT_EQ(pipe(stop_), 0);
  sockaddr_in address = LoopbackAddress(0);
  EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  EXPECT_EQ(listen(listener_, 16), 0);
  thread_ = std::thread([this] { Run(); });
}

Relay::~Relay() {
  Freeze();
  for (const int descriptor : {listener_, client_, upstream_, stop_[0], stop_[1]}) {
    if (descriptor >= 0) close(descriptor);
  }
}

std::string Relay::target() const {
  sockaddr_in address = {};
  socklen_t size = sizeof(address);
  EXPECT_EQ(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), 0);
  return absl::StrCat("127.0.0.1:", ntohs(address.sin_port));
}

void Relay::AwaitBytes(size_t count) {
  const absl::MutexLock lock(&mutex_);
  const size_t wanted = from_client_ + count;
  const auto sent = [&]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return from_client_ >= wanted; };
  EXPECT_TRUE(mutex_.AwaitWithTimeout(absl::Condition(&sent), absl::Seconds(60)));
}

void Relay::Freeze() {
  if (!thread_.joinable()) return;
  EXPECT_EQ(write(stop_[1], "", 1), 1);
  thread_.join();
}

void Relay::Run() {
  std::array<pollfd, 2> waiting = {{{stop_[0], POLLIN, 0}, {listener_, POLLIN, 0}}};
  if (poll(waiting.data(), waiting.size(), -1) < 1 || HasInput(waiting[0])) return;
  client_ = accept(listener_, nullptr, nullptr);
  upstream_ = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in server = LoopbackAddress(server_port_);
  EXPECT_EQ(connect(upstream_, reinterpret_cast<sockaddr*>(&server), sizeof(server)), 0);
  std::array<pollfd, 3> open = {
      {{stop_[0], POLLIN, 0}, {client_, POLLIN, 0}, {upstream_, POLLIN, 0}}};
  while (poll(open.data(), open.size(), -1) > 0 && !HasInput(open[0])) {
    if (HasInput(open[1]) && !Pass(client_, upstream_)) return;
    if (HasInput(open[2]) && !Pass(upstream_, client_)) return;
  }
}

bool Relay::Pass(int from, int to) {
  std::array<char, 16 << 10> bytes;
  const ssize_t size = read(from, bytes.data(), bytes.size());
  if (size <= 0) return false;
  // One send is enough, because loopback sockets accept these few bytes at once.
  EXPECT_EQ(send(to, bytes.data(), static_cast<size_t>(size), MSG_NOSIGNAL), size);
  const absl::MutexLock lock(&mutex_);
  if (from == client_) from_client_ += static_cast<size_t>(size);
  return true;
}

}  // namespace portreg
