// Reads listening sockets from the output of ss(8) and netstat(8).
#ifndef PORTREG_CLIENT_CLI_AUDIT_SOCKET_LINES_H_
#define PORTREG_CLIENT_CLI_AUDIT_SOCKET_LINES_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/cli/audit/listening_socket.h"

namespace portreg::cli {

// The most bytes of one text, and the most sockets in it.
inline constexpr size_t kMaxSocketTextBytes = 16 << 20;
inline constexpr size_t kMaxSockets = 100'000;

// A line that could not be read.
struct UnreadableLine {
  // Counted from 1.
  size_t number;
  std::string reason;
};

struct SocketLines {
  // In the order of the text.
  std::vector<ListeningSocket> sockets;
  // The first kMaxUnreadableLines of the lines that could not be read, and how many there
  // are.
  std::vector<UnreadableLine> unreadable;
  size_t unreadable_count = 0;
};

inline constexpr size_t kMaxUnreadableLines = 10;

// Reads the output of `ss -lntup` or `netstat -lntup`, of any version and with further
// options, with or without column titles. Addresses and ports must be numeric (-n).
//
// - Reads TCP, UDP, SCTP and DCCP; MPTCP counts as TCP. Skips other sockets, sockets that
//   do not listen, and the additional lines of -i and -m.
// - If ss was asked for one kind of sockets, it omits the column Netid: then LISTEN means
//   TCP, and UNCONN means UDP.
// - Before version 4.15 ss wrote "*" for 0.0.0.0. It is read so if the text has an IPv6
//   address without brackets, as these versions and netstat write them.
//
// A line that cannot be read does not affect other lines. RESOURCE_EXHAUSTED if a limit
// above is exceeded.
absl::StatusOr<SocketLines> ParseSocketLines(absl::string_view text);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_AUDIT_SOCKET_LINES_H_
