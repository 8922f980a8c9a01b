#include "server/handlers.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "common/classify.h"
#include "common/port.h"
#include "common/port_class.h"
#include "common/service_name.h"
#include "common/version.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/message.h"
#include "server/request.h"
#include "server/status.h"

namespace portreg {
namespace {

// A client receives at most 4 MiB unless told otherwise.
constexpr size_t kMaxBatchReplyBytes = 3 << 20;
// A listing's messages begin small and double, so that one that is given up at
// once costs little. From 256 records a message on, making and parsing records
// is what a listing costs. The bytes bound what a reader that does not read
// holds in memory.
constexpr int kFirstListingRecords = 16;
constexpr int kMaxListingRecords = 512;
constexpr size_t kListingBytes = 64 << 10;

void AddRecords(const Registry& registry, absl::Span<const RecordIndex> found,
                const LookupQuestion& question, v1::LookupResponse& response) {
  for (const RecordIndex index : found) {
    const ServiceRecord& record = registry.record(index);
    if (!Answers(record.transport, question.transport)) continue;
    ToMessage(record, question.with_details, *response.add_records());
  }
}

// What a message adds to one that holds it in a repeated field below 16: tag,
// length and itself.
size_t SizeAsField(const google::protobuf::Message& message) {
  const size_t size = message.ByteSizeLong();
  return 1 + google::protobuf::io::CodedOutputStream::VarintSize64(size) + size;
}

// A lookup's answer without its revision, which a batch states once.
absl::StatusOr<v1::LookupResponse> Answer(const Registry& registry,
                                          const v1::LookupRequest& request) {
  const absl::StatusOr<LookupQuestion> question = Read(request);
  if (!question.ok()) return question.status();
  v1::LookupResponse response;
  if (const auto* port = std::get_if<Port>(&question->key)) {
    AddRecords(registry, registry.AtPort(*port), *question, response);
    ToMessage(registry, *port, question->transport, response);
    return response;
  }
  const auto& service = std::get<std::string>(question->key);
  AddRecords(registry, registry.ByName(service), *question, response);
  if (response.records().empty()) {
    return ErrorFor(absl::StatusCode::kNotFound, v1::ERROR_REASON_SERVICE_NOT_FOUND,
                    NotInRegistry(service, question->transport));
  }
  return response;
}

}  // namespace

absl::StatusOr<v1::LookupResponse> Lookup(const Registry& registry,
                                          const v1::LookupRequest& request) {
  absl::StatusOr<v1::LookupResponse> response = Answer(registry, request);
  if (response.ok()) response->set_revision(registry.revision());
  return response;
}

absl::StatusOr<v1::BatchLookupResponse> BatchLookup(const Registry& registry,
                                                    const v1::BatchLookupRequest& request) {
  if (absl::Status status = Check(request); !status.ok()) return status;
  v1::BatchLookupResponse response;
  response.set_revision(registry.revision());
  size_t bytes = response.ByteSizeLong();
  for (const v1::LookupRequest& each : request.requests()) {
    v1::LookupResult& result = *response.add_results();
    absl::StatusOr<v1::LookupResponse> answer = Answer(registry, each);
    if (answer.ok()) {
      *result.mutable_response() = *std::move(answer);
    } else {
      *result.mutable_failure() = ToLookupFailure(answer.status());
    }
    bytes += SizeAsField(result);
    if (bytes > kMaxBatchReplyBytes) {
      return ErrorFor(
          absl::StatusCode::kResourceExhausted, v1::ERROR_REASON_BATCH_REPLY_TOO_LARGE,
          absl::StrCat("the reply to ", request.requests_size(), " lookups would exceed ",
                       kMaxBatchReplyBytes, " bytes; ask for fewer, or without the full view"));
    }
  }
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
                                          const v1::SearchRequest& request) {
  const absl::StatusOr<SearchRequestQuestion> question = Read(request);
  if (!question.ok()) return question.status();
  const Registry& registry = index.registry();
  v1::SearchResponse response;
  ToMessage(index.Search(question->search), registry, question->with_details, response);
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

Listing::Listing(const Registry& registry, RangeCursor cursor, WithDetails with_details)
    : registry_(registry),
      cursor_(std::move(cursor)),
      with_details_(with_details),
      max_records_(kFirstListingRecords),
      next_(cursor_.Next()) {}

bool Listing::Next(v1::ListRangeResponse& response) {
  response.Clear();
  size_t bytes = 0;
  RecordIndex position = cursor_.position();
  while (next_ != nullptr && response.records_size() < max_records_ && bytes < kListingBytes) {
    v1::PortRecord& record = *response.add_records();
    ToMessage(*next_, with_details_, record);
    bytes += record.ByteSizeLong();
    position = cursor_.position();
    next_ = cursor_.Next();
  }
  max_records_ = std::min(2 * max_records_, kMaxListingRecords);
  response.set_revision(registry_.revision());
  response.set_resume_token(ResumeToken(registry_, position));
  return next_ == nullptr;
}

absl::StatusOr<Listing> ListRange(const Registry& registry, const v1::ListRangeRequest& request) {
  absl::StatusOr<ListRangeQuestion> question = Read(request, registry);
  if (!question.ok()) return question.status();
  return Listing(registry, RangeCursor(registry, std::move(question->range), question->from),
                 question->with_details);
}

}  // namespace portreg
