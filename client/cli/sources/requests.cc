#include "client/cli/sources/requests.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "client/cli/base/limits.h"
#include "common/model/limits.h"

namespace portreg::cli {

v1::LookupRequest LookupRequestFor(const Query& query, v1::RecordView view,
                                   const std::string& scope) {
  v1::LookupRequest request;
  if (query.ports) {
    request.set_port(query.ports->first);
  } else {
    request.set_service(query.service);
  }
  request.set_transport(static_cast<v1::Transport>(query.transport));
  request.set_view(view);
  request.set_scope(scope);
  return request;
}

v1::ClassifyRequest ClassifyRequestFor(const Query& query) {
  v1::ClassifyRequest request;
  request.set_port(query.ports->first);
  request.set_transport(static_cast<v1::Transport>(query.transport));
  return request;
}

v1::ListRangeRequest ListRequestFor(PortRange ports, Transport transport,
                                    const std::vector<Layer>& layers, v1::RecordView view,
                                    const std::string& scope) {
  v1::ListRangeRequest request;
  request.set_first_port(ports.first);
  request.set_last_port(ports.last);
  request.set_transport(static_cast<v1::Transport>(transport));
  for (const Layer layer : layers) request.add_layers(static_cast<v1::Layer>(layer));
  request.set_view(view);
  request.set_scope(scope);
  return request;
}

absl::StatusOr<v1::BatchLookupResponse> LookUpAll(const std::vector<v1::LookupRequest>& requests,
                                                  Source& source) {
  constexpr size_t kBatchSize = kMaxBatchSize;
  v1::BatchLookupResponse all;
  size_t held = 0;
  for (size_t begin = 0; begin < requests.size(); begin += kBatchSize) {
    const size_t end = std::min(begin + kBatchSize, requests.size());
    v1::BatchLookupRequest batch;
    for (size_t i = begin; i < end; ++i) *batch.add_requests() = requests[i];
    absl::StatusOr<v1::BatchLookupResponse> part = source.BatchLookup(batch);
    if (!part.ok()) return part;
    held += part->SpaceUsedLong();
    if (held > kMaxAnswerBytes) {
      return absl::ResourceExhaustedError(
          absl::StrCat("the answers take more than ", kMaxAnswerBytes,
                       " bytes of memory; ask for fewer keys at once"));
    }
    if (begin > 0 && part->revision() != all.revision()) part->clear_revision();
    all.set_revision(part->revision());
    for (v1::LookupResult& result : *part->mutable_results()) {
      *all.add_results() = std::move(result);
    }
  }
  return all;
}

}  // namespace portreg::cli
