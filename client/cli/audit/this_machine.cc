#include "client/cli/audit/this_machine.h"

#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/cli/audit/proc_net.h"
#include "client/cli/audit/small_file.h"
#include "client/cli/audit/sock_diag.h"
#include "client/cli/audit/socket_lines.h"
#include "client/cli/audit/socket_owners.h"
#include "common/model/range_rules.h"

namespace portreg::cli {
namespace {

// The sockets of one protocol and family.
struct Table {
  int family;
  Transport transport;
  const char* file;
};
constexpr std::array<Table, 4> kTables = {{
    {AF_INET, Transport::kTcp, "/proc/net/tcp"},
    {AF_INET6, Transport::kTcp, "/proc/net/tcp6"},
    {AF_INET, Transport::kUdp, "/proc/net/udp"},
    {AF_INET6, Transport::kUdp, "/proc/net/udp6"},
}};
constexpr const char* kSctpFile = "/proc/net/sctp/eps";
// A line of these files has about 150 bytes.
constexpr size_t kMaxProcBytes = 64 << 20;

absl::StatusOr<std::vector<KernelSocket>> ReadTable(const Table& table) {
  absl::StatusOr<std::vector<KernelSocket>> read = ReadSockDiag(table.family, table.transport);
  if (read.ok() || absl::IsResourceExhausted(read.status())) return read;
  const absl::StatusOr<std::string> text = ReadSmallFile(table.file, kMaxProcBytes);
  if (text.ok()) return ParseProcNet(*text, table.transport);
  // A kernel without IPv6 has neither sock_diag(7) for it nor these files.
  if (table.family == AF_INET6 && absl::IsNotFound(text.status())) {
    return std::vector<KernelSocket>();
  }
  return absl::Status(
      text.status().code(),
      absl::StrCat("the sockets of this machine cannot be read: ", read.status().message(), "; ",
                   table.file, " ", text.status().message()));
}

}  // namespace

absl::StatusOr<std::vector<ListeningSocket>> ReadThisMachine() {
  std::vector<KernelSocket> sockets;
  const auto add = [&sockets](std::vector<KernelSocket> some) {
    for (KernelSocket& each : some) sockets.push_back(std::move(each));
  };
  for (const Table& table : kTables) {
    absl::StatusOr<std::vector<KernelSocket>> read = ReadTable(table);
    if (!read.ok()) return read.status();
    add(*std::move(read));
  }
  // Most kernels have not loaded SCTP; then there is no such file.
  const absl::StatusOr<std::string> sctp = ReadSmallFile(kSctpFile, kMaxProcBytes);
  if (sctp.ok()) add(ParseSctpEndpoints(*sctp));
  if (sockets.size() > kMaxSockets) {
    return absl::ResourceExhaustedError(
        absl::StrCat("this machine has more than ", kMaxSockets, " listening sockets"));
  }
  return WithOwners(std::move(sockets));
}

std::optional<PortRange> ParseEphemeralRange(absl::string_view text) {
  const std::vector<absl::string_view> bounds =
      absl::StrSplit(text, absl::ByAnyChar(" \t\n"), absl::SkipEmpty());
  if (bounds.size() != 2) return std::nullopt;
  const absl::StatusOr<PortRange> range = ParsePortRange(absl::StrCat(bounds[0], "-", bounds[1]));
  return range.ok() ? std::optional(*range) : std::nullopt;
}

PortRange EphemeralRangeOfThisMachine() {
  const absl::StatusOr<std::string> text =
      ReadSmallFile("/proc/sys/net/ipv4/ip_local_port_range", 4096);
  return (text.ok() ? ParseEphemeralRange(*text) : std::nullopt).value_or(kLinuxEphemeral);
}

}  // namespace portreg::cli
