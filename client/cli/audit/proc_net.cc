#include "client/cli/audit/proc_net.h"

#include <array>
#include <cstddef>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace portreg::cli {
namespace {

using Columns = std::vector<absl::string_view>;

// Values of the column "st" and of "SST", from the kernel's tcp_states.h. An unconnected
// UDP socket has the second one.
constexpr absl::string_view kTcpListen = "0A";
constexpr absl::string_view kTcpClose = "07";
constexpr absl::string_view kSctpListening = "10";

constexpr size_t kWordDigits = 8;

// Reads words of eight hexadecimal digits, each the value of a word in memory, into the
// bytes of an address.
template <typename Address>
std::optional<Address> ReadWords(absl::string_view digits) {
  std::array<uint32_t, sizeof(Address) / sizeof(uint32_t)> words = {};
  if (digits.size() != words.size() * kWordDigits) return std::nullopt;
  for (size_t i = 0; i < words.size(); ++i) {
    if (!absl::SimpleHexAtoi(digits.substr(i * kWordDigits, kWordDigits), &words[i])) {
      return std::nullopt;
    }
  }
  Address address = {};
  std::memcpy(&address, words.data(), sizeof(address));
  return address;
}

std::optional<BoundAddress> ReadHexAddress(absl::string_view digits) {
  if (const auto v4 = ReadWords<in_addr>(digits)) return BoundAddressOf(*v4, "");
  if (const auto v6 = ReadWords<in6_addr>(digits)) return BoundAddressOf(*v6, "", false);
  return std::nullopt;
}

// Reads: sl local_address rem_address st queues timer retransmits uid timeout inode.
std::optional<KernelSocket> ReadRow(const Columns& columns, Transport transport) {
  constexpr size_t kLocal = 1;
  constexpr size_t kState = 3;
  constexpr size_t kInode = 9;
  if (columns.size() <= kInode) return std::nullopt;
  if (columns[kState] != (transport == Transport::kUdp ? kTcpClose : kTcpListen)) {
    return std::nullopt;
  }
  const std::pair<absl::string_view, absl::string_view> local =
      absl::StrSplit(columns[kLocal], absl::MaxSplits(':', 1));
  const std::optional<BoundAddress> address = ReadHexAddress(local.first);
  uint32_t port = 0;
  KernelSocket read;
  if (!address || !absl::SimpleHexAtoi(local.second, &port) || port == 0 || port > kMaxPort ||
      !absl::SimpleAtoi(columns[kInode], &read.inode)) {
    return std::nullopt;
  }
  read.socket.transport = transport;
  read.socket.address = *address;
  read.socket.port = static_cast<Port>(port);
  return read;
}

// Reads: ENDPT SOCK STY SST HBKT LPORT UID INODE LADDRS...
std::vector<KernelSocket> ReadEndpoint(const Columns& columns) {
  constexpr size_t kState = 3;
  constexpr size_t kPort = 5;
  constexpr size_t kInode = 7;
  std::vector<KernelSocket> sockets;
  if (columns.size() <= kInode || columns[kState] != kSctpListening) return sockets;
  KernelSocket read;
  const absl::StatusOr<Port> port = ParsePort(columns[kPort]);
  if (!port.ok() || *port == 0 || !absl::SimpleAtoi(columns[kInode], &read.inode)) return sockets;
  read.socket.transport = Transport::kSctp;
  read.socket.port = *port;
  for (size_t i = kInode + 1; i < columns.size(); ++i) {
    absl::StatusOr<BoundAddress> address = ParseBoundAddress(columns[i]);
    if (!address.ok()) continue;
    read.socket.address = *std::move(address);
    sockets.push_back(read);
  }
  return sockets;
}

}  // namespace

std::vector<KernelSocket> ParseProcNet(absl::string_view text, Transport transport) {
  std::vector<KernelSocket> sockets;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const Columns columns = absl::StrSplit(line, ' ', absl::SkipEmpty());
    if (std::optional<KernelSocket> read = ReadRow(columns, transport); read) {
      sockets.push_back(*std::move(read));
    }
  }
  return sockets;
}

std::vector<KernelSocket> ParseSctpEndpoints(absl::string_view text) {
  std::vector<KernelSocket> sockets;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const Columns columns = absl::StrSplit(line, ' ', absl::SkipEmpty());
    for (KernelSocket& read : ReadEndpoint(columns)) sockets.push_back(std::move(read));
  }
  return sockets;
}

}  // namespace portreg::cli
