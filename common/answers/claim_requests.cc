#include "common/answers/claim_requests.h"

#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/answers/errors.h"
#include "common/model/advisory_kind.h"
#include "common/model/limits.h"
#include "common/model/port.h"
#include "common/model/scope.h"
#include "common/model/service_name.h"
#include "common/text/quote.h"

namespace portreg {
namespace {

// The first functions read fields that both requests have. `path` precedes the name of a
// field: "claims[3]." or nothing.

absl::StatusOr<PortRange> ReadPorts(absl::string_view path, int32_t first_port, int32_t last_port) {
  for (const auto& [name, number] :
       {std::pair("first_port", first_port), std::pair("last_port", last_port)}) {
    if (CheckPort(number).ok()) continue;
    return BadField(absl::StrCat(path, name), v1::ERROR_REASON_PORT_OUT_OF_RANGE,
                    absl::StrCat(path, name, " ", number, " is out of range [0, ", kMaxPort, "]"));
  }
  if (first_port > last_port) {
    return BadField(absl::StrCat(path, "first_port"), v1::ERROR_REASON_RANGE_REVERSED,
                    absl::StrCat(path, "first_port ", first_port, " is above last_port ", last_port,
                                 ", it must not be"));
  }
  return PortRange{static_cast<Port>(first_port), static_cast<Port>(last_port)};
}

absl::Status CheckLength(absl::string_view path, absl::string_view text, size_t most,
                         v1::ErrorReason reason) {
  if (text.size() <= most) return absl::OkStatus();
  return BadField(path, reason,
                  absl::StrCat(path, " ", Quoted(text), " has ", text.size(), " bytes, at most ",
                               most, " are allowed"));
}

// Reads the transports, service, owner and scope of a Claim or a SuggestRequest.
template <typename Message>
absl::StatusOr<Claim> ReadHolder(absl::string_view path, const Message& message) {
  std::vector<Transport> transports;
  for (int i = 0; i < message.transports_size(); ++i) {
    const v1::Transport transport = message.transports(i);
    if (!v1::Transport_IsValid(transport) || transport == v1::TRANSPORT_UNSPECIFIED) {
      const std::string field = absl::StrCat(path, "transports[", i, "]");
      return BadField(field, v1::ERROR_REASON_TRANSPORT_UNKNOWN,
                      absl::StrCat(field, " ", static_cast<int>(transport),
                                   " is unknown, allowed are 1 (tcp), 2 (udp), 3 (sctp) and 4 "
                                   "(dccp), and no transport at all for any"));
    }
    transports.push_back(static_cast<Transport>(transport));
  }
  absl::Status status = CheckLength(absl::StrCat(path, "service"), message.service(),
                                    kMaxServiceNameBytes, v1::ERROR_REASON_SERVICE_TOO_LONG);
  if (!status.ok()) return status;
  status = CheckLength(absl::StrCat(path, "owner"), message.owner(), kMaxOwnerBytes,
                       v1::ERROR_REASON_OWNER_TOO_LONG);
  if (!status.ok()) return status;
  status = CheckScope(message.scope());
  if (!status.ok()) {
    return BadField(absl::StrCat(path, "scope"), v1::ERROR_REASON_SCOPE_INVALID,
                    absl::StrCat(path, status.message()));
  }
  Claim claim;
  claim.transports = TransportSet(transports);
  claim.service = message.service();
  claim.owner = std::string(absl::StripAsciiWhitespace(message.owner()));
  claim.scope = message.scope();
  return claim;
}

absl::StatusOr<Claim> ReadClaim(absl::string_view path, const v1::Claim& message) {
  if (!message.has_first_port()) {
    return BadField(absl::StrCat(path, "first_port"), v1::ERROR_REASON_PORT_MISSING,
                    absl::StrCat(path, "first_port is missing, set it to 0-65535"));
  }
  const int32_t last_port = message.has_last_port() ? message.last_port() : message.first_port();
  const absl::StatusOr<PortRange> ports = ReadPorts(path, message.first_port(), last_port);
  if (!ports.ok()) return ports.status();
  absl::StatusOr<Claim> claim = ReadHolder(path, message);
  if (claim.ok()) claim->ports = *ports;
  return claim;
}

// Returns true if findings of the kind may be accepted by Suggest.
bool IsAcceptable(v1::AdvisoryKind kind) {
  return v1::AdvisoryKind_IsValid(kind) && kind != v1::ADVISORY_KIND_UNSPECIFIED &&
         IsAcceptable(static_cast<AdvisoryKind>(kind));
}

absl::StatusOr<AdvisoryKinds> ReadAcceptedKinds(const v1::SuggestRequest& request) {
  AdvisoryKinds kinds;
  for (int i = 0; i < request.accepted_kinds_size(); ++i) {
    const v1::AdvisoryKind kind = request.accepted_kinds(i);
    if (!IsAcceptable(kind)) {
      const std::string field = absl::StrCat("accepted_kinds[", i, "]");
      return BadField(field, v1::ERROR_REASON_ACCEPTED_KIND_INVALID,
                      absl::StrCat(field, " ", static_cast<int>(kind),
                                   " cannot be accepted, allowed are 2 to 18"));
    }
    kinds.set(static_cast<size_t>(kind));
  }
  return kinds;
}

}  // namespace

absl::StatusOr<std::vector<Claim>> Read(const v1::CheckRequest& request) {
  if (request.claims_size() > kMaxClaims) {
    return BadField("claims", v1::ERROR_REASON_TOO_MANY_CLAIMS,
                    absl::StrCat("claims holds ", request.claims_size(), " claims, at most ",
                                 kMaxClaims, " are allowed"));
  }
  std::vector<Claim> claims;
  int width = 0;
  for (int i = 0; i < request.claims_size(); ++i) {
    absl::StatusOr<Claim> claim = ReadClaim(absl::StrCat("claims[", i, "]."), request.claims(i));
    if (!claim.ok()) return claim.status();
    width += claim->ports.width();
    claims.push_back(*std::move(claim));
  }
  if (width > kMaxClaimedPorts) {
    return BadField("claims", v1::ERROR_REASON_CLAIMS_TOO_WIDE,
                    absl::StrCat("claims have ", width, " ports together, at most ",
                                 kMaxClaimedPorts, " are allowed"));
  }
  return claims;
}

absl::StatusOr<SuggestionWish> Read(const v1::SuggestRequest& request) {
  const absl::StatusOr<PortRange> ports =
      ReadPorts("", request.has_first_port() ? request.first_port() : kSuggestedByDefault.first,
                request.has_last_port() ? request.last_port() : kSuggestedByDefault.last);
  if (!ports.ok()) return ports.status();
  if (request.count() < 0 || request.count() > kMaxSuggestedPorts) {
    return BadField("count", v1::ERROR_REASON_COUNT_OUT_OF_RANGE,
                    absl::StrCat("count ", request.count(), " is out of range [0, ",
                                 kMaxSuggestedPorts, "], 0 stands for 1"));
  }
  absl::StatusOr<Claim> claim = ReadHolder("", request);
  if (!claim.ok()) return claim.status();
  if (request.within_blocks() && claim->owner.empty()) {
    return BadField("owner", v1::ERROR_REASON_BLOCK_OWNER_MISSING,
                    "owner is missing, within_blocks needs the owner of the blocks");
  }
  const absl::StatusOr<AdvisoryKinds> accepted = ReadAcceptedKinds(request);
  if (!accepted.ok()) return accepted.status();
  absl::Status status =
      CheckLength("key", request.key(), kMaxSuggestKeyBytes, v1::ERROR_REASON_SUGGEST_KEY_TOO_LONG);
  if (!status.ok()) return status;
  SuggestionWish wish;
  wish.claim = *std::move(claim);
  wish.claim.ports = *ports;
  wish.within_blocks = request.within_blocks();
  wish.count = request.count() == 0 ? 1 : static_cast<size_t>(request.count());
  wish.adjacent = request.adjacent();
  wish.accepted = *accepted;
  wish.key = request.key();
  return wish;
}

}  // namespace portreg
