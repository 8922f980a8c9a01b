#include "client/cli/audit/sock_diag.h"

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <net/if.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "client/cli/audit/socket_lines.h"

namespace portreg::cli {
namespace {

// States of sockets, from the kernel's tcp_states.h. An unconnected UDP socket has kClose.
constexpr unsigned kClose = 7;
constexpr unsigned kListen = 10;
// The kernel fills at most 32 KiB at once.
constexpr size_t kBufferBytes = 64 << 10;
// A kernel answers at once. A sandbox that does not answer must not stop the tool.
constexpr timeval kPatience = {.tv_sec = 2, .tv_usec = 0};

struct Question {
  nlmsghdr header;
  inet_diag_req_v2 request;
};

absl::Status Failure(absl::string_view what, int error) {
  return absl::UnavailableError(absl::StrCat(what, ": ", std::strerror(error)));
}

absl::Status AskKernel(int netlink, int family, Transport transport) {
  const bool udp = transport == Transport::kUdp;
  Question question = {};
  question.header.nlmsg_len = sizeof(question);
  question.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  question.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  question.request.sdiag_family = static_cast<uint8_t>(family);
  question.request.sdiag_protocol = udp ? IPPROTO_UDP : IPPROTO_TCP;
  question.request.idiag_states = 1U << (udp ? kClose : kListen);
  const ssize_t sent = send(netlink, &question, sizeof(question), 0);
  return sent == sizeof(question) ? absl::OkStatus() : Failure("sock_diag", errno);
}

// Returns true if the socket of a message accepts IPv4 as well. The kernel adds the
// attribute to sockets of IPv6.
bool IsDual(const inet_diag_msg& message, size_t attribute_bytes) {
  const auto* attribute = reinterpret_cast<const rtattr*>(&message + 1);
  auto left = static_cast<int>(attribute_bytes);
  for (; RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left)) {
    if (attribute->rta_type != INET_DIAG_SKV6ONLY || RTA_PAYLOAD(attribute) < 1) continue;
    return *static_cast<const uint8_t*>(RTA_DATA(attribute)) == 0;
  }
  return false;
}

KernelSocket ReadMessage(const inet_diag_msg& message, size_t attribute_bytes,
                         Transport transport) {
  std::array<char, IF_NAMESIZE> name = {};
  const bool bound_to_interface =
      message.id.idiag_if != 0 && if_indextoname(message.id.idiag_if, name.data()) != nullptr;
  const absl::string_view interface = bound_to_interface ? name.data() : "";
  KernelSocket read;
  read.inode = message.idiag_inode;
  read.socket.transport = transport;
  read.socket.port = ntohs(message.id.idiag_sport);
  if (message.idiag_family == AF_INET) {
    in_addr address = {};
    std::memcpy(&address, message.id.idiag_src, sizeof(address));
    read.socket.address = BoundAddressOf(address, interface);
  } else {
    in6_addr address = {};
    std::memcpy(&address, message.id.idiag_src, sizeof(address));
    read.socket.address = BoundAddressOf(address, interface, IsDual(message, attribute_bytes));
  }
  return read;
}

// Reads the messages of one datagram into `sockets`. Returns true if the answer is
// complete.
absl::StatusOr<bool> ReadDatagram(const nlmsghdr* header, size_t size, Transport transport,
                                  std::vector<KernelSocket>& sockets) {
  // Signed, because the macro subtracts more than is left if the last message is not padded.
  auto left = static_cast<int>(size);
  for (; NLMSG_OK(header, left); header = NLMSG_NEXT(header, left)) {
    const void* const payload = NLMSG_DATA(header);
    const size_t payload_bytes = NLMSG_PAYLOAD(header, 0);
    if (header->nlmsg_type == NLMSG_DONE || header->nlmsg_type == NLMSG_ERROR) {
      int error = 0;
      if (payload_bytes >= sizeof(error)) std::memcpy(&error, payload, sizeof(error));
      if (error < 0) return Failure("sock_diag", -error);
      return true;
    }
    if (header->nlmsg_type != SOCK_DIAG_BY_FAMILY || payload_bytes < sizeof(inet_diag_msg))
      continue;
    const auto& message = *static_cast<const inet_diag_msg*>(payload);
    // Port 0: a UDP socket that is not bound.
    if (message.id.idiag_sport == 0) continue;
    sockets.push_back(ReadMessage(message, payload_bytes - sizeof(message), transport));
    if (sockets.size() > kMaxSockets) {
      return absl::ResourceExhaustedError(
          absl::StrCat("this machine has more than ", kMaxSockets, " listening sockets"));
    }
  }
  return false;
}

}  // namespace

absl::StatusOr<std::vector<KernelSocket>> ReadSockDiag(int family, Transport transport) {
  const int netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  if (netlink < 0) return Failure("sock_diag", errno);
  const absl::Cleanup close_netlink = [netlink] { close(netlink); };
  (void)setsockopt(netlink, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof(kPatience));
  if (absl::Status asked = AskKernel(netlink, family, transport); !asked.ok()) return asked;

  std::vector<KernelSocket> sockets;
  alignas(nlmsghdr) std::array<char, kBufferBytes> buffer;
  while (true) {
    const ssize_t size = recv(netlink, buffer.data(), buffer.size(), 0);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return Failure("sock_diag", size < 0 ? errno : EPROTO);
    const absl::StatusOr<bool> done = ReadDatagram(reinterpret_cast<const nlmsghdr*>(buffer.data()),
                                                   static_cast<size_t>(size), transport, sockets);
    if (!done.ok()) return done.status();
    if (*done) return sockets;
  }
}

}  // namespace portreg::cli
