#include "client/replies/reply_check.h"

#include <bitset>
#include <cstddef>
#include <cstdint>

#include "absl/algorithm/container.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/judgement/suggest.h"
#include "common/model/limits.h"
#include "common/model/port.h"

namespace portreg::internal {
namespace {

template <typename Records>
std::string FaultOfAny(const Records& records) {
  for (const v1::PortRecord& record : records) {
    if (std::string fault = FaultOf(record); !fault.empty()) return fault;
  }
  return {};
}

bool AreInOrder(int32_t first, int32_t last) {
  return 0 <= first && first <= last && last <= kMaxPort;
}

std::string WrongPorts(absl::string_view what, int32_t first, int32_t last) {
  return absl::StrCat("has ", what, " of ports ", first, " to ", last,
                      ", which must be in order and within [0, ", kMaxPort, "]");
}

// Returns true if a lookup of the name finds the record.
bool HasName(const v1::PortRecord& record, absl::string_view name) {
  if (absl::EqualsIgnoreCase(record.service(), name)) return true;
  for (const std::string& alias : record.aliases()) {
    if (absl::EqualsIgnoreCase(alias, name)) return true;
  }
  // A lookup of a part of a name for people, such as "A / B", finds the record too.
  for (const absl::string_view part : absl::StrSplit(record.service(), " / ")) {
    if (absl::EqualsIgnoreCase(part, name)) return true;
  }
  return false;
}

// Returns the fault of the records that answer a lookup.
std::string FaultOfRecords(const v1::LookupRequest& request, const v1::LookupResponse& reply) {
  for (const v1::PortRecord& record : reply.records()) {
    if (std::string fault = FaultOf(record); !fault.empty()) return fault;
    if (request.has_port()) {
      if (!record.has_first_port()) {
        return absl::StrCat("has a record without a port, asked was port ", request.port());
      }
      if (request.port() < record.first_port() || record.last_port() < request.port()) {
        return absl::StrCat("has a record of ports ", record.first_port(), " to ",
                            record.last_port(), ", asked was port ", request.port());
      }
    } else if (request.has_service() && !HasName(record, request.service())) {
      return absl::StrCat("has a record without the name asked for, \"",
                          absl::CHexEscape(request.service()), "\"");
    }
  }
  return {};
}

std::string FaultOfResult(const v1::LookupRequest& request, const v1::LookupResult& result) {
  if (result.has_response()) return FaultOfRecords(request, result.response());
  if (!result.has_failure()) return "has a result with neither a response nor a failure";
  if (result.failure().code() == 0) return "has a failure with the code OK";
  return {};
}

// Returns the fault of a finding about the claim `which`.
std::string FaultOfFinding(const v1::CheckRequest& request, int which, const v1::Finding& finding) {
  const v1::Claim& claim = request.claims(which);
  const int32_t last_port = claim.has_last_port() ? claim.last_port() : claim.first_port();
  if (finding.first_port() < claim.first_port() || finding.first_port() > finding.last_port() ||
      finding.last_port() > last_port) {
    return absl::StrCat("has a finding of ports ", finding.first_port(), " to ",
                        finding.last_port(), ", which must be in order and within the claim's, ",
                        claim.first_port(), " to ", last_port);
  }
  if (finding.severity() == v1::SEVERITY_UNSPECIFIED) return "has a finding without a severity";
  if (finding.kind() == v1::ADVISORY_KIND_UNSPECIFIED) return "has a finding without a kind";
  if (finding.kind() == v1::ADVISORY_KIND_CLAIMS_COLLIDE && !finding.has_other_claim()) {
    return "has a collision without the other claim";
  }
  if (finding.has_other_claim() &&
      (finding.other_claim() < 0 || finding.other_claim() >= request.claims_size() ||
       finding.other_claim() == which)) {
    return absl::StrCat("has claim ", which, " collide with claim ", finding.other_claim(),
                        ", which must be another one of ", request.claims_size());
  }
  return FaultOfAny(finding.records());
}

// Returns the fault of the ports that a reply suggests.
std::string FaultOfPorts(const v1::SuggestRequest& request, const v1::SuggestResponse& reply) {
  const int32_t first = request.has_first_port() ? request.first_port() : kSuggestedByDefault.first;
  const int32_t last = request.has_last_port() ? request.last_port() : kSuggestedByDefault.last;
  std::bitset<kPortCount> suggested;
  for (int i = 0; i < reply.ports_size(); ++i) {
    const int32_t port = reply.ports(i);
    if (!AreInOrder(port, port) || port < first || port > last) {
      return absl::StrCat("suggests port ", port, ", which must be within [", first, ", ", last,
                          "]");
    }
    if (suggested[static_cast<size_t>(port)]) return absl::StrCat("suggests port ", port, " twice");
    suggested.set(static_cast<size_t>(port));
    if (request.adjacent() && i > 0 && port != reply.ports(i - 1) + 1) {
      return absl::StrCat("suggests port ", port, " after port ", reply.ports(i - 1),
                          ", neighbours were asked for");
    }
  }
  return {};
}

}  // namespace

std::string FaultOf(const v1::PortRecord& record) {
  if (record.has_first_port() && record.has_last_port()) {
    if (AreInOrder(record.first_port(), record.last_port())) return {};
    return WrongPorts("a record", record.first_port(), record.last_port());
  }
  if (!record.has_first_port() && !record.has_last_port()) return {};
  return record.has_first_port() ? "has a record with a first port and no last port"
                                 : "has a record with a last port and no first port";
}

std::string FaultOfLayer(absl::Span<const int> layers, v1::Layer layer) {
  if (layers.empty() || absl::c_linear_search(layers, static_cast<int>(layer))) return {};
  const std::string name = v1::Layer_Name(layer);
  return absl::StrCat("has a record of layer ",
                      name.empty() ? absl::StrCat(static_cast<int>(layer)) : name,
                      ", which was not asked for");
}

std::string FaultOf(const v1::LookupRequest& request, const v1::LookupResponse& reply) {
  return FaultOfRecords(request, reply);
}

std::string FaultOf(const v1::BatchLookupRequest& request, const v1::BatchLookupResponse& reply) {
  if (reply.results_size() != request.requests_size()) {
    return absl::StrCat("has ", reply.results_size(), " results for ", request.requests_size(),
                        " requests");
  }
  for (int i = 0; i < reply.results_size(); ++i) {
    std::string fault = FaultOfResult(request.requests(i), reply.results(i));
    if (!fault.empty()) return fault;
  }
  return {};
}

std::string FaultOf(const v1::ClassifyRequest& request, const v1::ClassifyResponse& reply) {
  if (!AreInOrder(reply.first_port(), reply.last_port())) {
    return WrongPorts("a class", reply.first_port(), reply.last_port());
  }
  // A reply without a class states nothing about ports. Stubs of tests return such replies.
  if (reply.port_class() == v1::PORT_CLASS_UNSPECIFIED) return {};
  if (reply.first_port() <= request.port() && request.port() <= reply.last_port()) return {};
  return absl::StrCat("has a class of ports ", reply.first_port(), " to ", reply.last_port(),
                      ", asked was port ", request.port());
}

std::string FaultOf(const v1::CheckRequest& request, const v1::CheckResponse& reply) {
  if (reply.results_size() != request.claims_size()) {
    return absl::StrCat("has ", reply.results_size(), " results for ", request.claims_size(),
                        " claims");
  }
  for (int i = 0; i < reply.results_size(); ++i) {
    const v1::ClaimResult& result = reply.results(i);
    if (result.total_count() < result.findings_size()) {
      return absl::StrCat("has ", result.findings_size(), " findings of ", result.total_count(),
                          " in all");
    }
    for (const v1::Finding& finding : result.findings()) {
      if (std::string fault = FaultOfFinding(request, i, finding); !fault.empty()) return fault;
    }
  }
  return {};
}

std::string FaultOf(const v1::SuggestRequest& request, const v1::SuggestResponse& reply) {
  const int most = request.count() == 0 ? 1 : request.count();
  if (reply.ports_size() > most) {
    return absl::StrCat("has ", reply.ports_size(), " ports, at most ", most, " were asked for");
  }
  if (reply.free_count() < reply.ports_size() || reply.candidate_count() < reply.free_count()) {
    return absl::StrCat("has ", reply.ports_size(), " ports of ", reply.free_count(),
                        " that are free, of ", reply.candidate_count(), " in all");
  }
  for (const v1::RefusalCount& refusal : reply.refusals()) {
    if (refusal.kind() == v1::ADVISORY_KIND_UNSPECIFIED) return "has a refusal without a kind";
    if (refusal.port_count() < 0 || refusal.port_count() > reply.candidate_count()) {
      return absl::StrCat("has a refusal of ", refusal.port_count(), " ports of ",
                          reply.candidate_count(), " in all");
    }
  }
  return FaultOfPorts(request, reply);
}

std::string FaultOf(const v1::SearchRequest& request, const v1::SearchResponse& reply) {
  const int most = request.max_results() == 0 ? kDefaultSearchResults : request.max_results();
  if (reply.matches_size() > most) {
    return absl::StrCat("has ", reply.matches_size(), " matches, at most ", most,
                        " were asked for");
  }
  if (reply.total_count() < reply.matches_size()) {
    return absl::StrCat("has ", reply.matches_size(), " matches of ", reply.total_count(),
                        " in all");
  }
  for (const v1::SearchMatch& match : reply.matches()) {
    if (!match.has_record()) return "has a match without a record";
    if (std::string fault = FaultOf(match.record()); !fault.empty()) return fault;
    std::string fault = FaultOfLayer(request.layers(), match.record().layer());
    if (!fault.empty()) return fault;
  }
  return {};
}

std::string FaultOf(const v1::GetRegistryInfoRequest& /*request*/,
                    const v1::GetRegistryInfoResponse& /*reply*/) {
  return {};
}

std::string FaultOf(const v1::WatchRequest& /*request*/, const v1::WatchResponse& reply) {
  return std::string(reply.revision().empty() ? kNoRevision : "");
}

absl::Status BrokenReply(absl::string_view method, absl::string_view fault) {
  return absl::InternalError(absl::StrCat("the server's reply to ", method, " ", fault));
}

}  // namespace portreg::internal
