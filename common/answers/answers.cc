#include "common/answers/answers.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <string>
#include <utility>
#include <variant>

#include "absl/types/span.h"
#include "common/answers/errors.h"
#include "common/answers/requests.h"
#include "common/judgement/classify.h"
#include "common/model/port.h"
#include "common/model/port_class.h"
#include "common/model/scope.h"
#include "common/model/service_name.h"
#include "common/text/version.h"

namespace portreg {
namespace {

void AddRecords(const Registry& registry, absl::Span<const RecordIndex> found,
                const LookupQuestion& question, v1::LookupResponse& response) {
  for (const RecordIndex index : found) {
    const ServiceRecord& record = registry.record(index);
    if (!Answers(record.transport, question.transport)) continue;
    if (!HoldsIn(record, question.scope)) continue;
    ToMessage(record, question.with_details, *response.add_records());
  }
}

// Leaves the revision unset, because a batch states it only once.
absl::StatusOr<v1::LookupResponse> LookupWithoutRevision(const Registry& registry,
                                                         const v1::LookupRequest& request) {
  const absl::StatusOr<LookupQuestion> question = Read(request);
  if (!question.ok()) return question.status();
  v1::LookupResponse response;
  if (const auto* port = std::get_if<Port>(&question->key)) {
    AddRecords(registry, registry.AtPort(*port), *question, response);
    AddPortState(registry, *port, question->transport, question->scope, response);
    return response;
  }
  const auto& service = std::get<std::string>(question->key);
  AddRecords(registry, registry.ByName(service), *question, response);
  if (response.records().empty()) {
    return ErrorFor(absl::StatusCode::kNotFound, v1::ERROR_REASON_SERVICE_NOT_FOUND,
                    NotInRegistry(service, question->transport, question->scope));
  }
  return response;
}

}  // namespace

absl::StatusOr<v1::LookupResponse> Lookup(const Registry& registry,
                                          const v1::LookupRequest& request) {
  absl::StatusOr<v1::LookupResponse> response = LookupWithoutRevision(registry, request);
  if (response.ok()) response->set_revision(registry.revision());
  return response;
}

v1::LookupResult LookupResultOf(const Registry& registry, const v1::LookupRequest& request) {
  v1::LookupResult result;
  absl::StatusOr<v1::LookupResponse> answer = LookupWithoutRevision(registry, request);
  if (answer.ok()) {
    *result.mutable_response() = *std::move(answer);
  } else {
    *result.mutable_failure() = ToLookupFailure(answer.status());
  }
  return result;
}

absl::StatusOr<v1::BatchLookupResponse> BatchLookup(const Registry& registry,
                                                    const v1::BatchLookupRequest& request) {
  if (absl::Status status = CheckBatch(request); !status.ok()) return status;
  v1::BatchLookupResponse response;
  for (const v1::LookupRequest& each : request.requests()) {
    *response.add_results() = LookupResultOf(registry, each);
  }
  response.set_revision(registry.revision());
  return response;
}

absl::StatusOr<v1::ClassifyResponse> Classify(const Registry& registry,
                                              const v1::ClassifyRequest& request) {
  const absl::StatusOr<ClassifyQuestion> question = Read(request);
  if (!question.ok()) return question.status();
  v1::ClassifyResponse response;
  ToMessage(ClassOf(question->port), Advise(registry, question->port, question->transport),
            response);
  response.set_revision(registry.revision());
  return response;
}

absl::StatusOr<v1::SearchResponse> Search(const SearchIndex& index,
                                          const v1::SearchRequest& request,
                                          const std::atomic<bool>* cancelled) {
  const absl::StatusOr<SearchRequestQuestion> question = Read(request);
  if (!question.ok()) return question.status();
  const Registry& registry = index.registry();
  v1::SearchResponse response;
  ToMessage(index.Search(question->search, cancelled), registry, question->with_details, response);
  response.set_revision(registry.revision());
  return response;
}

absl::StatusOr<v1::GetRegistryInfoResponse> GetRegistryInfo(
    const Registry& registry, const v1::GetRegistryInfoRequest& /*request*/) {
  v1::GetRegistryInfoResponse response;
  response.set_revision(registry.revision());
  response.set_server_version(std::string(Version()));
  for (const LayerInfo& layer : registry.layers()) ToMessage(layer, *response.add_layers());
  return response;
}

v1::WatchResponse WatchMessage(const Registry& registry) {
  v1::WatchResponse response;
  response.set_revision(registry.revision());
  for (const LayerInfo& layer : registry.layers()) ToMessage(layer, *response.add_layers());
  return response;
}

}  // namespace portreg
