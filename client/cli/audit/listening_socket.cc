#include "client/cli/audit/listening_socket.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/text/quote.h"

namespace portreg::cli {
namespace {

constexpr absl::string_view kLoopbackInterface = "lo";
constexpr uint32_t kLoopbackNetwork = 127;

bool IsLoopback(in_addr address) { return ntohl(address.s_addr) >> 24U == kLoopbackNetwork; }

bool IsLoopback(const in6_addr& address) {
  if (IN6_IS_ADDR_LOOPBACK(&address)) return true;
  if (!IN6_IS_ADDR_V4MAPPED(&address)) return false;
  in_addr mapped = {};
  std::memcpy(&mapped, &address.s6_addr[12], sizeof(mapped));
  return IsLoopback(mapped);
}

template <typename Address>
std::string TextOf(int family, const Address& address) {
  std::array<char, INET6_ADDRSTRLEN> text = {};
  return inet_ntop(family, &address, text.data(), text.size()) == nullptr ? "" : text.data();
}

// Returns the values by which Merged() recognises equal sockets.
auto IdentityOf(const ListeningSocket& socket, const std::vector<std::string>& names) {
  return std::tie(socket.port, socket.transport, socket.address.text, socket.address.interface,
                  names);
}

void SortOwners(std::vector<SocketOwner>& owners) {
  const auto key = [](const SocketOwner& owner) { return std::tie(owner.name, owner.pid); };
  std::sort(owners.begin(), owners.end(),
            [key](const auto& one, const auto& other) { return key(one) < key(other); });
  owners.erase(
      std::unique(owners.begin(), owners.end(),
                  [key](const auto& one, const auto& other) { return key(one) == key(other); }),
      owners.end());
}

}  // namespace

BoundAddress BoundAddressOf(in_addr address, absl::string_view interface) {
  return {TextOf(AF_INET, address), std::string(interface),
          IsLoopback(address) || interface == kLoopbackInterface};
}

BoundAddress BoundAddressOf(const in6_addr& address, absl::string_view interface, bool dual) {
  std::string text = dual && IN6_IS_ADDR_UNSPECIFIED(&address)
                         ? "*"
                         : absl::StrCat("[", TextOf(AF_INET6, address), "]");
  return {std::move(text), std::string(interface),
          IsLoopback(address) || interface == kLoopbackInterface};
}

absl::StatusOr<BoundAddress> ParseBoundAddress(absl::string_view text) {
  absl::string_view address = text;
  absl::string_view interface;
  if (const size_t percent = address.find('%'); percent != absl::string_view::npos) {
    interface = address.substr(percent + 1);
    address = address.substr(0, percent);
    if (absl::StartsWith(address, "[") && !absl::EndsWith(address, "]")) {
      if (absl::ConsumeSuffix(&interface, "]")) address.remove_prefix(1);
    }
  }
  if (absl::StartsWith(address, "[") && absl::EndsWith(address, "]") && address.size() > 1) {
    address = address.substr(1, address.size() - 2);
  }
  const std::string shown = Printable(interface);
  if (address == "*") return BoundAddress{"*", shown, interface == kLoopbackInterface};
  in_addr v4 = {};
  in6_addr v6 = {};
  const std::string plain(address);
  if (inet_pton(AF_INET, plain.c_str(), &v4) == 1) return BoundAddressOf(v4, shown);
  if (inet_pton(AF_INET6, plain.c_str(), &v6) == 1) return BoundAddressOf(v6, shown, false);
  return absl::InvalidArgumentError(absl::StrCat(
      "address ", Quoted(text), " is not *, an IPv4 or an IPv6 address (ss and netstat need -n)"));
}

std::vector<std::string> ListeningSocket::ProcessNames() const {
  std::vector<std::string> names;
  names.reserve(owners.size());
  for (const SocketOwner& owner : owners) names.push_back(owner.name);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::string ToString(const ListeningSocket& socket) {
  const BoundAddress& address = socket.address;
  return absl::StrCat(ToString(socket.transport), " ", address.text,
                      address.interface.empty() ? "" : "%", address.interface, ":", socket.port);
}

std::vector<ListeningSocket> Merged(std::vector<ListeningSocket> sockets) {
  using Named = std::pair<std::vector<std::string>, ListeningSocket>;
  std::vector<Named> named;
  named.reserve(sockets.size());
  for (ListeningSocket& socket : sockets) {
    std::vector<std::string> names = socket.ProcessNames();
    named.emplace_back(std::move(names), std::move(socket));
  }
  const auto identity = [](const Named& each) { return IdentityOf(each.second, each.first); };
  std::stable_sort(named.begin(), named.end(), [&](const Named& one, const Named& other) {
    return identity(one) < identity(other);
  });
  std::vector<ListeningSocket> merged;
  const Named* last = nullptr;
  for (Named& each : named) {
    if (last != nullptr &&
        IdentityOf(merged.back(), last->first) == IdentityOf(each.second, each.first)) {
      merged.back().count += each.second.count;
      std::move(each.second.owners.begin(), each.second.owners.end(),
                std::back_inserter(merged.back().owners));
    } else {
      merged.push_back(std::move(each.second));
    }
    last = &each;
  }
  for (ListeningSocket& socket : merged) SortOwners(socket.owners);
  return merged;
}

}  // namespace portreg::cli
