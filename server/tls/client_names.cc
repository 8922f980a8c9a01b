#include "server/tls/client_names.h"

#include <arpa/inet.h>
#include <fnmatch.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "common/answers/errors.h"
#include "common/text/quote.h"
#include "grpc/grpc_security_constants.h"

namespace portreg::server {
namespace {

// The limit of SPIFFE's URIs; DNS names are shorter. Longer names match nothing.
constexpr size_t kMaxNameBytes = 2048;
// Most names that an error message shows.
constexpr size_t kMaxNamesShown = 3;

bool IsUri(absl::string_view name) { return absl::StrContains(name, "://"); }

bool IsIp(absl::string_view name) {
  unsigned char address[sizeof(in6_addr)];
  const std::string text(name);
  return inet_pton(AF_INET, text.c_str(), address) == 1 ||
         inet_pton(AF_INET6, text.c_str(), address) == 1;
}

bool IsDnsName(absl::string_view name) {
  return name.find_first_of("/:@") == absl::string_view::npos && !IsIp(name);
}

bool IsEmail(absl::string_view name) {
  return absl::c_count(name, '@') == 1 && name.find_first_of("/:") == absl::string_view::npos;
}

bool IsAnyPattern(absl::string_view /*pattern*/) { return true; }

// Returns false for a pattern of IP addresses, such as 10.0.0.*.
bool IsDnsPattern(absl::string_view pattern) {
  return absl::c_none_of(pattern, absl::ascii_isdigit) ||
         absl::c_any_of(pattern, absl::ascii_isalpha);
}

bool IsEmailPattern(absl::string_view pattern) { return absl::StrContains(pattern, '@'); }

// A kind of name in a certificate. Each kind has its own shape, because an authority
// may let clients choose names of one kind without a check, and such a name must not be
// accepted as one of another kind.
struct NameKind {
  // The name of gRPC's property.
  const char* property;
  // The member with the names of a certificate.
  std::vector<std::string> CertificateNames::*names;
  // Returns true if a name has the shape of this kind and of no other.
  bool (*has)(absl::string_view name);
  // Returns true if the pattern may match names of this kind.
  bool (*takes)(absl::string_view pattern);
  int match_flags;
};

constexpr std::array<NameKind, 4> kKinds = {{
    {GRPC_PEER_URI_PROPERTY_NAME, &CertificateNames::uri, IsUri, IsAnyPattern, FNM_PATHNAME},
    {GRPC_PEER_DNS_PROPERTY_NAME, &CertificateNames::dns, IsDnsName, IsDnsPattern,
     FNM_PATHNAME | FNM_CASEFOLD},
    {GRPC_PEER_EMAIL_PROPERTY_NAME, &CertificateNames::email, IsEmail, IsEmailPattern,
     FNM_PATHNAME},
    {GRPC_PEER_IP_PROPERTY_NAME, &CertificateNames::ip, IsIp, IsAnyPattern, FNM_PATHNAME},
}};

bool IsPlausible(absl::string_view name, const NameKind& kind) {
  return !name.empty() && name.size() <= kMaxNameBytes &&
         absl::c_all_of(name, absl::ascii_isgraph) && kind.has(name);
}

bool Matches(absl::string_view name, const NameKind& kind, absl::Span<const std::string> patterns) {
  if (!IsPlausible(name, kind)) return false;
  const std::string text(name);
  return absl::c_any_of(patterns, [&](const std::string& pattern) {
    return kind.takes(pattern) && fnmatch(pattern.c_str(), text.c_str(), kind.match_flags) == 0;
  });
}

absl::Status NotAllowed(const std::vector<std::string>& names) {
  std::string who = "a client without a name in its certificate";
  if (!names.empty()) {
    const size_t shown = std::min(names.size(), kMaxNamesShown);
    who = absl::StrCat("client ", absl::StrJoin(absl::MakeConstSpan(names).first(shown), ", "));
    if (shown < names.size()) absl::StrAppend(&who, " and ", names.size() - shown, " more");
  }
  return ErrorFor(absl::StatusCode::kPermissionDenied, v1::ERROR_REASON_CLIENT_NOT_ALLOWED,
                  absl::StrCat(who, " is not allowed to call"));
}

}  // namespace

absl::StatusOr<ClientNames> ClientNames::Create(std::vector<std::string> patterns) {
  for (const std::string& pattern : patterns) {
    if (pattern.empty()) return absl::InvalidArgumentError("pattern of allowed clients is empty");
    if (!std::all_of(pattern.begin(), pattern.end(), absl::ascii_isgraph)) {
      return absl::InvalidArgumentError(
          absl::StrCat("pattern of allowed clients ", Quoted(pattern),
                       " has a character that is not printable ASCII"));
    }
  }
  return ClientNames(std::move(patterns));
}

template <typename NamesOfKind>
absl::Status ClientNames::CheckNames(NamesOfKind names_of) const {
  if (empty()) return absl::OkStatus();
  std::vector<std::string> names;
  for (const NameKind& kind : kKinds) {
    for (const auto& value : names_of(kind)) {
      const absl::string_view name(value.data(), value.size());
      if (Matches(name, kind, patterns_)) return absl::OkStatus();
      names.push_back(Quoted(name));
    }
  }
  return NotAllowed(names);
}

absl::Status ClientNames::Check(const grpc::AuthContext& client) const {
  return CheckNames(
      [&client](const NameKind& kind) { return client.FindPropertyValues(kind.property); });
}

absl::Status ClientNames::Check(const CertificateNames& client) const {
  return CheckNames([&client](const NameKind& kind) { return client.*kind.names; });
}

}  // namespace portreg::server
