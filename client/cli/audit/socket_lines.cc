#include "client/cli/audit/socket_lines.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/text/quote.h"

namespace portreg::cli {
namespace {

// The column Netid of ss, and the column Proto of netstat.
struct Kind {
  absl::string_view name;
  // kNone: sockets that this program does not audit.
  Transport transport;
};
constexpr std::array<Kind, 27> kKinds = {{
    {"tcp", Transport::kTcp},    {"tcp6", Transport::kTcp},   {"mptcp", Transport::kTcp},
    {"udp", Transport::kUdp},    {"udp6", Transport::kUdp},   {"sctp", Transport::kSctp},
    {"sctp6", Transport::kSctp}, {"dccp", Transport::kDccp},  {"udplite", Transport::kNone},
    {"u_str", Transport::kNone}, {"u_dgr", Transport::kNone}, {"u_seq", Transport::kNone},
    {"nl", Transport::kNone},    {"p_raw", Transport::kNone}, {"p_dgr", Transport::kNone},
    {"raw", Transport::kNone},   {"raw6", Transport::kNone},  {"icmp", Transport::kNone},
    {"icmp6", Transport::kNone}, {"v_str", Transport::kNone}, {"v_dgr", Transport::kNone},
    {"ti_rd", Transport::kNone}, {"ti_sq", Transport::kNone}, {"ti_st", Transport::kNone},
    {"ti_dg", Transport::kNone}, {"xdp", Transport::kNone},   {"unix", Transport::kNone},
}};

// The column State of ss and netstat.
constexpr std::array<absl::string_view, 25> kStates = {
    "LISTEN",       "UNCONN",      "ESTAB",      "SYN-SENT",   "SYN-RECV",
    "FIN-WAIT-1",   "FIN-WAIT-2",  "TIME-WAIT",  "CLOSE-WAIT", "LAST-ACK",
    "CLOSING",      "ESTABLISHED", "SYN_SENT",   "SYN_RECV",   "FIN_WAIT1",
    "FIN_WAIT2",    "TIME_WAIT",   "CLOSE_WAIT", "LAST_ACK",   "CLOSE",
    "NEW-SYN-RECV", "CONNECTING",  "CLOSED",     "UNKNOWN",    "BOUND-INACTIVE"};

// The first words of lines of titles, and of netstat's remarks to users other than root.
constexpr std::array<absl::string_view, 7> kTitles = {"Netid", "State", "Proto",   "Active",
                                                      "(Not",  "(No",   "netstat:"};

constexpr absl::string_view kUsers = "users:(";

using Words = std::vector<absl::string_view>;

std::optional<Kind> FindKind(absl::string_view word) {
  const auto found =
      absl::c_find_if(kKinds, [word](const Kind& kind) { return kind.name == word; });
  return found == kKinds.end() ? std::nullopt : std::optional(*found);
}

bool IsState(absl::string_view word) { return absl::c_linear_search(kStates, word); }

bool IsNumber(absl::string_view word) {
  return !word.empty() && absl::c_all_of(word, [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c));
  });
}

int64_t NumberAtStart(absl::string_view text) {
  const auto end = absl::c_find_if_not(
      text, [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); });
  int64_t number = 0;
  return absl::SimpleAtoi(text.substr(0, static_cast<size_t>(end - text.begin())), &number) ? number
                                                                                            : 0;
}

// Reads the processes of ss: users:(("sshd",pid=812,fd=3),("systemd",pid=1,fd=41)), or in
// versions before 4.0 users:(("sshd",812,3)). A name may contain quotes and commas.
std::vector<SocketOwner> ReadUsers(absl::string_view line) {
  std::vector<SocketOwner> owners;
  const size_t begin = line.find(kUsers);
  if (begin == absl::string_view::npos) return owners;
  line.remove_prefix(begin + kUsers.size());
  while (absl::ConsumePrefix(&line, "(\"")) {
    size_t end = line.find("\",pid=");
    size_t skipped = absl::string_view("\",pid=").size();
    if (const size_t older = line.find("\","); end == absl::string_view::npos) {
      end = older;
      skipped = 2;
    }
    if (end == absl::string_view::npos) break;
    owners.push_back({Printable(line.substr(0, end)), NumberAtStart(line.substr(end + skipped))});
    const size_t next = line.find("),(", end);
    if (next == absl::string_view::npos) break;
    line.remove_prefix(next + 2);
  }
  return owners;
}

// Reads the process of netstat, which follows the state: 812/sshd, or 812/sshd: /usr/sbin.
std::vector<SocketOwner> ReadProgram(const Words& words, size_t first) {
  for (size_t i = first; i < words.size(); ++i) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(words[i], absl::MaxSplits('/', 1));
    if (!IsNumber(parts.first) || parts.second.empty()) continue;
    return {{Printable(absl::StripSuffix(parts.second, ":")), NumberAtStart(parts.first)}};
  }
  return {};
}

// Reads the lines of one text.
class LineReader {
 public:
  // Reads a line. INVALID_ARGUMENT if it is not a line of ss or netstat.
  absl::Status Read(absl::string_view line) {
    const Words words = absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
    if (words.empty() || absl::c_linear_search(kTitles, words[0])) return absl::OkStatus();
    const std::optional<Kind> kind = FindKind(words[0]);
    if (!kind && !IsState(words[0])) return ReadContinuation(line, words);
    open_ = false;
    if (kind && words.size() > 1 && IsNumber(words[1])) return ReadNetstat(*kind, words);
    return ReadSs(kind, line, words);
  }

  // Returns the sockets read.
  std::vector<ListeningSocket> Finish() && {
    for (ListeningSocket& socket : sockets_) {
      if (saw_bare_ipv6_ && socket.address.text == "*") socket.address.text = "0.0.0.0";
    }
    return std::move(sockets_);
  }

  [[nodiscard]] size_t size() const { return sockets_.size(); }

 private:
  // Reads a line that continues the socket of the line before. Some versions of ss write
  // the processes there.
  absl::Status ReadContinuation(absl::string_view line, const Words& words) {
    const bool indented = line[0] == ' ' || line[0] == '\t';
    if (!indented && !absl::StartsWith(words[0], kUsers)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "begins with ", Quoted(words[0]),
          ", which is neither a kind nor a state of sockets that ss or netstat write"));
    }
    if (open_ && sockets_.back().owners.empty()) sockets_.back().owners = ReadUsers(line);
    return absl::OkStatus();
  }

  // Reads: [Netid] State Recv-Q Send-Q Local Peer [users] [more].
  absl::Status ReadSs(const std::optional<Kind>& kind, absl::string_view line, const Words& words) {
    const size_t at = kind ? 1 : 0;
    if (kind && kind->transport == Transport::kNone) return absl::OkStatus();
    if (words.size() <= at || !IsState(words[at])) {
      return absl::InvalidArgumentError(absl::StrCat(
          "has ", words.size() <= at ? "nothing" : Quoted(words[at]), " in place of a state"));
    }
    const bool udp = kind ? kind->transport == Transport::kUdp : words[at] == "UNCONN";
    if (words[at] != (udp ? "UNCONN" : "LISTEN")) return absl::OkStatus();
    if (words.size() < at + 4) {
      return absl::InvalidArgumentError("ends before the local address");
    }
    const Transport transport = kind ? kind->transport : (udp ? Transport::kUdp : Transport::kTcp);
    return Add(transport, words[at + 3], ReadUsers(line));
  }

  // Reads: Proto Recv-Q Send-Q Local Foreign [State] [User Inode] [PID/Program].
  absl::Status ReadNetstat(const Kind& kind, const Words& words) {
    if (kind.transport == Transport::kNone) return absl::OkStatus();
    if (words.size() < 5) return absl::InvalidArgumentError("ends before the foreign address");
    const bool has_state = words.size() > 5 && IsState(words[5]);
    const bool listens =
        kind.transport == Transport::kUdp ? !has_state : has_state && words[5] == "LISTEN";
    if (!listens) return absl::OkStatus();
    return Add(kind.transport, words[3], ReadProgram(words, 5));
  }

  absl::Status Add(Transport transport, absl::string_view endpoint,
                   std::vector<SocketOwner> owners) {
    const size_t colon = endpoint.rfind(':');
    if (colon == absl::string_view::npos) {
      return absl::InvalidArgumentError(
          absl::StrCat("local address ", Quoted(endpoint), " has no port"));
    }
    const absl::string_view address = endpoint.substr(0, colon);
    const absl::string_view digits = endpoint.substr(colon + 1);
    // Skips a socket without a port, because nobody can send to it.
    if (digits == "*" || digits == "0") return absl::OkStatus();
    const absl::StatusOr<BoundAddress> bound = ParseBoundAddress(address);
    if (!bound.ok()) return bound.status();
    const absl::StatusOr<Port> port = ParsePort(digits);
    if (!port.ok() && IsNumber(digits)) {
      return absl::InvalidArgumentError(
          absl::StrCat("port ", Quoted(digits), " is out of range [0, ", kMaxPort, "]"));
    }
    if (!port.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("port ", Quoted(digits), " is not a number (ss and netstat need -n)"));
    }
    saw_bare_ipv6_ |= address[0] != '[' && absl::StrContains(address, ':');
    sockets_.push_back({.transport = transport,
                        .address = *bound,
                        .port = *port,
                        .owners = std::move(owners),
                        .count = 1});
    open_ = true;
    return absl::OkStatus();
  }

  std::vector<ListeningSocket> sockets_;
  bool saw_bare_ipv6_ = false;
  // True if the line before is that of sockets_.back().
  bool open_ = false;
};

}  // namespace

absl::StatusOr<SocketLines> ParseSocketLines(absl::string_view text) {
  if (text.size() > kMaxSocketTextBytes) {
    return absl::ResourceExhaustedError(
        absl::StrCat("has more than ", kMaxSocketTextBytes, " bytes"));
  }
  SocketLines lines;
  LineReader reader;
  size_t number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    const absl::Status status = reader.Read(absl::StripSuffix(line, "\r"));
    if (!status.ok()) {
      ++lines.unreadable_count;
      if (lines.unreadable.size() < kMaxUnreadableLines) {
        lines.unreadable.push_back({number, std::string(status.message())});
      }
    }
    if (reader.size() > kMaxSockets) {
      return absl::ResourceExhaustedError(absl::StrCat("has more than ", kMaxSockets, " sockets"));
    }
  }
  lines.sockets = std::move(reader).Finish();
  return lines;
}

}  // namespace portreg::cli
