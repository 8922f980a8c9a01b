#include "server/client_names.h"

#include <fnmatch.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "common/quote.h"
#include "grpc/grpc_security_constants.h"
#include "server/status.h"

namespace portreg {
namespace {

// SPIFFE's bound on its URIs; DNS names are shorter. Longer names match nothing.
constexpr size_t kMaxNameBytes = 2048;
// That an error tells of.
constexpr size_t kMaxNamesShown = 3;

// What gRPC calls the names in a certificate.
constexpr std::array<const char*, 4> kKinds = {
    GRPC_PEER_URI_PROPERTY_NAME, GRPC_PEER_DNS_PROPERTY_NAME, GRPC_PEER_EMAIL_PROPERTY_NAME,
    GRPC_PEER_IP_PROPERTY_NAME};

// Whether the name can be of its kind. An authority that lets clients choose a
// DNS name may not look whether it is one: it must not pass for a URI or for an
// e-mail address, nor end early for fnmatch.
bool IsPlausible(absl::string_view name, bool is_dns_name) {
  return !name.empty() && name.size() <= kMaxNameBytes &&
         std::all_of(name.begin(), name.end(), absl::ascii_isgraph) &&
         !(is_dns_name && name.find_first_of("/:@") != absl::string_view::npos);
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

absl::Status ClientNames::Check(const grpc::AuthContext& client) const {
  if (empty()) return absl::OkStatus();
  std::vector<std::string> names;
  for (const char* kind : kKinds) {
    const bool is_dns_name = absl::string_view(kind) == GRPC_PEER_DNS_PROPERTY_NAME;
    for (const grpc::string_ref& value : client.FindPropertyValues(kind)) {
      const absl::string_view name(value.data(), value.size());
      if (Allow(name, is_dns_name)) return absl::OkStatus();
      names.push_back(Quoted(name));
    }
  }
  return NotAllowed(names);
}

bool ClientNames::Allow(absl::string_view name, bool is_dns_name) const {
  if (!IsPlausible(name, is_dns_name)) return false;
  // fnmatch reads until a zero.
  const std::string text(name);
  const int flags = FNM_PATHNAME | (is_dns_name ? FNM_CASEFOLD : 0);
  return std::any_of(patterns_.begin(), patterns_.end(), [&](const std::string& pattern) {
    return fnmatch(pattern.c_str(), text.c_str(), flags) == 0;
  });
}

}  // namespace portreg
