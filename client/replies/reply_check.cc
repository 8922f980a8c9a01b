#include "client/replies/reply_check.h"

#include <cstdint>

#include "absl/strings/str_cat.h"
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

std::string FaultOfResult(const v1::LookupResult& result) {
  if (result.has_response()) return FaultOfAny(result.response().records());
  if (!result.has_failure()) return "has a result with neither a response nor a failure";
  if (result.failure().code() == 0) return "has a failure with the code OK";
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

std::string FaultOf(const v1::LookupRequest& /*request*/, const v1::LookupResponse& reply) {
  return FaultOfAny(reply.records());
}

std::string FaultOf(const v1::BatchLookupRequest& request, const v1::BatchLookupResponse& reply) {
  if (reply.results_size() != request.requests_size()) {
    return absl::StrCat("has ", reply.results_size(), " results for ", request.requests_size(),
                        " requests");
  }
  for (const v1::LookupResult& result : reply.results()) {
    if (std::string fault = FaultOfResult(result); !fault.empty()) return fault;
  }
  return {};
}

std::string FaultOf(const v1::ClassifyRequest& /*request*/, const v1::ClassifyResponse& reply) {
  if (AreInOrder(reply.first_port(), reply.last_port())) return {};
  return WrongPorts("a class", reply.first_port(), reply.last_port());
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
