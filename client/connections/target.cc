#include "client/connections/target.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/model/port.h"

namespace portreg::internal {
namespace {

constexpr size_t kMaxHostBytes = 253;
constexpr size_t kMaxShown = 128;
// The longest path of a Unix socket, without the final NUL.
constexpr size_t kMaxPathBytes = sizeof(sockaddr_un::sun_path) - 1;

enum class Hosts { kAny, kIpv4, kIpv6 };

absl::Status Refused(absl::string_view target, absl::string_view why) {
  const absl::string_view end = target.size() > kMaxShown ? "...\"" : "\"";
  return absl::InvalidArgumentError(absl::StrCat(
      "ClientOptions.target is \"", absl::CHexEscape(target.substr(0, kMaxShown)), end, ", ", why,
      "; it must be host, host:port with a port of 1 to 65535, or a target of the "
      "schemes dns, ipv4, ipv6, unix, unix-abstract or xds"));
}

bool IsIpv4(absl::string_view host) {
  in_addr address;
  return inet_pton(AF_INET, std::string(host).c_str(), &address) == 1;
}

bool IsDigits(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

bool IsZone(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(c) || c == '-' || c == '_' || c == '.';
  });
}

// Accepts a zone, as in fe80::1%eth0.
bool IsIpv6(absl::string_view host) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(host, absl::MaxSplits('%', 1));
  const bool has_zone = parts.first.size() != host.size();
  in6_addr address;
  return (!has_zone || IsZone(parts.second)) &&
         inet_pton(AF_INET6, std::string(parts.first).c_str(), &address) == 1;
}

// Accepts a DNS name or an IPv4 address. A text that ends in a number is an address
// or a mistake, because no top-level domain is a number (RFC 3696 section 2).
bool IsName(absl::string_view host) {
  const auto allowed = [](char c) { return absl::ascii_isalnum(c) || c == '-' || c == '_'; };
  if (host.empty() || host.size() > kMaxHostBytes) return false;
  const absl::string_view name = absl::StripSuffix(host, ".");
  absl::string_view last;
  for (const absl::string_view label : absl::StrSplit(name, '.')) {
    if (label.empty() || !std::all_of(label.begin(), label.end(), allowed)) return false;
    last = label;
  }
  return !IsDigits(last) || IsIpv4(host);
}

bool IsPort(absl::string_view text) {
  uint32_t port = 0;
  return IsDigits(text) && absl::SimpleAtoi(text, &port) && 1 <= port && port <= kMaxPort;
}

// A host, and the text after the colon that separates its port. Without a colon the
// port is empty.
struct Address {
  absl::string_view host;
  bool bracketed = false;
  bool has_port = false;
  absl::string_view port = {};
};

Address Split(absl::string_view text) {
  if (absl::ConsumePrefix(&text, "[")) {
    const size_t end = text.find(']');
    // Refused because the closing bracket is missing.
    if (end == absl::string_view::npos) return {};
    absl::string_view port = text.substr(end + 1);
    const bool has_port = absl::ConsumePrefix(&port, ":");
    // Refused because no port follows the bracket.
    if (!has_port && !port.empty()) return {};
    return {text.substr(0, end), true, has_port, port};
  }
  const size_t colon = text.find(':');
  if (colon == absl::string_view::npos || IsIpv6(text)) return {text};
  return {text.substr(0, colon), false, true, text.substr(colon + 1)};
}

// Completes one address. Errors name `target`.
absl::StatusOr<std::string> Complete(absl::string_view text, Hosts hosts,
                                     absl::string_view target) {
  const Address address = Split(text);
  const bool ipv6 = IsIpv6(address.host);
  const bool sound = hosts == Hosts::kIpv6   ? ipv6
                     : hosts == Hosts::kIpv4 ? !address.bracketed && IsIpv4(address.host)
                     : address.bracketed     ? ipv6
                                             : ipv6 || IsName(address.host);
  if (!sound) {
    return Refused(target, absl::StrCat("which has \"", absl::CHexEscape(text.substr(0, kMaxShown)),
                                        "\" where a host must be"));
  }
  if (address.has_port && !IsPort(address.port)) {
    return Refused(target,
                   absl::StrCat("which has \"", absl::CHexEscape(address.port.substr(0, kMaxShown)),
                                "\" where a port must be"));
  }
  const absl::string_view default_port = kDefaultAddress.substr(kDefaultAddress.rfind(':') + 1);
  // gRPC parses a target as a URI, in which % begins an escape.
  const std::string host = absl::StrReplaceAll(address.host, {{"%", "%25"}});
  return absl::StrCat(ipv6 ? "[" : "", host, ipv6 ? "]:" : ":",
                      address.has_port ? address.port : default_port);
}

// Decodes the escapes that addresses have in a URI (RFC 3986, RFC 6874).
std::string Unescaped(absl::string_view text) {
  return absl::StrReplaceAll(
      text, {{"%5B", "["}, {"%5b", "["}, {"%5D", "]"}, {"%5d", "]"}, {"%25", "%"}});
}

// Completes addresses that commas separate, after `prefix`.
absl::StatusOr<std::string> CompleteList(absl::string_view prefix, absl::string_view list,
                                         Hosts hosts, absl::string_view target) {
  std::string result(prefix);
  const std::string plain = Unescaped(list);
  absl::string_view separator;
  for (const absl::string_view each : absl::StrSplit(plain, ',')) {
    const absl::StatusOr<std::string> address = Complete(each, hosts, target);
    if (!address.ok()) return address.status();
    absl::StrAppend(&result, separator, *address);
    separator = ",";
  }
  return result;
}

// Completes a DNS name after dns:, which may follow the DNS server.
absl::StatusOr<std::string> CompleteDns(absl::string_view rest, absl::string_view target) {
  size_t begin = 0;
  if (absl::StartsWith(rest, "//")) {
    const size_t slash = rest.find('/', 2);
    if (slash == absl::string_view::npos)
      return Refused(target, "which has no host behind a third /");
    begin = slash + 1;
  }
  const absl::StatusOr<std::string> address =
      Complete(Unescaped(rest.substr(begin)), Hosts::kAny, target);
  if (!address.ok()) return address.status();
  return absl::StrCat("dns:", rest.substr(0, begin), *address);
}

absl::Status CheckPath(absl::string_view path, absl::string_view target) {
  if (!path.empty() && path.size() <= kMaxPathBytes) return absl::OkStatus();
  return Refused(target, absl::StrCat("whose path has ", path.size(), " bytes instead of 1 to ",
                                      kMaxPathBytes));
}

}  // namespace

absl::StatusOr<std::string> CompleteTarget(absl::string_view target) {
  if (target.empty()) return std::string(kDefaultAddress);
  absl::string_view rest = target;
  if (absl::ConsumePrefix(&rest, "dns:")) return CompleteDns(rest, target);
  if (absl::ConsumePrefix(&rest, "ipv4:")) {
    absl::ConsumePrefix(&rest, "///");
    return CompleteList("ipv4:", rest, Hosts::kIpv4, target);
  }
  if (absl::ConsumePrefix(&rest, "ipv6:")) {
    absl::ConsumePrefix(&rest, "///");
    return CompleteList("ipv6:", rest, Hosts::kIpv6, target);
  }
  if (absl::ConsumePrefix(&rest, "unix:") || absl::ConsumePrefix(&rest, "unix-abstract:")) {
    absl::ConsumePrefix(&rest, "//");
    if (absl::Status status = CheckPath(rest, target); !status.ok()) return status;
    return std::string(target);
  }
  if (absl::StartsWith(target, "xds:")) return std::string(target);
  if (absl::StrContains(target, "://")) return Refused(target, "whose scheme is unknown");
  if (absl::StrContains(target, ","))
    return Refused(target, "a list without the scheme ipv4 or ipv6");
  return Complete(target, Hosts::kAny, target);
}

}  // namespace portreg::internal
