#include "server/net/listen_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace portreg::server {

std::string ListenAddress::ToString() const {
  if (!path.empty()) return absl::StrCat("unix:", path);
  const bool ipv6 = host.find(':') != std::string::npos;
  return ipv6 ? absl::StrCat("[", host, "]:", port) : absl::StrCat(host, ":", port);
}

bool ListenAddress::IsLoopback() const {
  if (!path.empty() || host == "localhost") return true;
  in_addr v4;
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24 == IN_LOOPBACKNET;
  in6_addr v6;
  return inet_pton(AF_INET6, host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

absl::StatusOr<ListenAddress> ParseListenAddress(absl::string_view text) {
  const auto refuse = [text](absl::string_view why) {
    return absl::InvalidArgumentError(absl::StrCat(
        "address \"", text, "\" ", why, ", expected host:port, [ipv6]:port or unix:path"));
  };
  ListenAddress address;
  if (absl::string_view path = text; absl::ConsumePrefix(&path, "unix:")) {
    // gRPC writes absolute paths as unix:///path too.
    if (absl::StartsWith(path, "///")) path.remove_prefix(2);
    if (path.empty()) return refuse("has no path");
    if (absl::StartsWith(path, "//")) return refuse("has a host where only a path may be");
    address.path = std::string(path);
    return address;
  }
  const size_t colon = text.rfind(':');
  if (colon == absl::string_view::npos) return refuse("has no port");
  const absl::StatusOr<Port> port = ParsePort(text.substr(colon + 1));
  if (!port.ok()) return refuse(absl::StrCat("is unusable: ", port.status().message()));
  absl::string_view host = text.substr(0, colon);
  const bool bracketed = absl::ConsumePrefix(&host, "[");
  if (bracketed != absl::ConsumeSuffix(&host, "]") ||
      host.find_first_of("[]") != absl::string_view::npos) {
    return refuse("has unbalanced brackets");
  }
  if (!bracketed && absl::StrContains(host, ':'))
    return refuse("has an IPv6 host without brackets");
  // gRPC would read [unix]:0, printed without brackets, as a path.
  if (bracketed && !host.empty() && !absl::StrContains(host, ':')) {
    return refuse("has brackets around what is no IPv6 host");
  }
  if (absl::c_any_of(host, absl::ascii_isspace)) return refuse("has a blank in its host");
  if (host.empty() || host == "*") return refuse("has no host, [::] and 0.0.0.0 stand for all");
  address.host = std::string(host);
  address.port = *port;
  return address;
}

}  // namespace portreg::server
