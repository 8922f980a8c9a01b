#include "common/answers/requests.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/answers/errors.h"
#include "common/answers/malformed_request.h"
#include "common/model/scope.h"
#include "common/model/service_name.h"
#include "common/text/quote.h"

namespace portreg {
namespace {

constexpr char kTokenSeparator = '.';

absl::StatusOr<Port> ReadPort(absl::string_view field, int32_t number) {
  absl::StatusOr<Port> port = CheckPort(number);
  if (port.ok()) return port;
  return BadField(field, v1::ERROR_REASON_PORT_OUT_OF_RANGE,
                  absl::StrCat(field, " ", number, " is out of range [0, ", kMaxPort, "]"));
}

absl::StatusOr<Transport> ReadTransport(v1::Transport transport) {
  if (v1::Transport_IsValid(transport)) return static_cast<Transport>(transport);
  return BadField("transport", v1::ERROR_REASON_TRANSPORT_UNKNOWN,
                  absl::StrCat("transport ", static_cast<int>(transport),
                               " is unknown, allowed are 0 (any), 1 (tcp), 2 (udp), 3 (sctp) and "
                               "4 (dccp)"));
}

absl::StatusOr<WithDetails> ReadView(v1::RecordView view) {
  if (v1::RecordView_IsValid(view)) return WithDetails{view == v1::RECORD_VIEW_FULL};
  return BadField("view", v1::ERROR_REASON_VIEW_UNKNOWN,
                  absl::StrCat("view ", static_cast<int>(view),
                               " is unknown, allowed are 0 (basic), 1 (basic) and 2 (full)"));
}

absl::StatusOr<std::string> ReadService(const std::string& service) {
  if (service.empty()) {
    return BadField(
        "service", v1::ERROR_REASON_SERVICE_EMPTY,
        absl::StrCat("service \"\" is empty, it must have 1 to ", kMaxServiceNameBytes, " bytes"));
  }
  if (service.size() > kMaxServiceNameBytes) {
    return BadField("service", v1::ERROR_REASON_SERVICE_TOO_LONG,
                    absl::StrCat("service ", Quoted(service), " has ", service.size(),
                                 " bytes, at most ", kMaxServiceNameBytes, " are allowed"));
  }
  return service;
}

// Reads the layers of a ListRangeRequest or a SearchRequest.
template <typename Request>
absl::StatusOr<std::vector<Layer>> ReadLayers(const Request& request) {
  std::vector<Layer> layers;
  for (int i = 0; i < request.layers_size(); ++i) {
    const v1::Layer layer = request.layers(i);
    if (!v1::Layer_IsValid(layer) || layer == v1::LAYER_UNSPECIFIED) {
      return BadField(absl::StrCat("layers[", i, "]"), v1::ERROR_REASON_LAYER_UNKNOWN,
                      absl::StrCat("layers[", i, "] ", static_cast<int>(layer),
                                   " is unknown, allowed are 1 (local), 2 (common) and 3 (iana)"));
    }
    // Drops repeated layers, because each layer is compared with every record.
    const auto known = static_cast<Layer>(layer);
    if (std::find(layers.begin(), layers.end(), known) == layers.end()) layers.push_back(known);
  }
  return layers;
}

absl::StatusOr<std::string> ReadSearchQuery(const std::string& query) {
  const size_t words = QueryWords(query).size();
  if (words == 0) {
    return BadField("query", v1::ERROR_REASON_QUERY_EMPTY,
                    absl::StrCat("query ", Quoted(query), " holds no word, it must have 1 to ",
                                 kMaxQueryWords));
  }
  if (query.size() > kMaxQueryBytes || words > kMaxQueryWords) {
    return BadField("query", v1::ERROR_REASON_QUERY_TOO_LONG,
                    absl::StrCat("query ", Quoted(query), " has ", query.size(), " bytes and ",
                                 words, " words, at most ", kMaxQueryBytes, " bytes and ",
                                 kMaxQueryWords, " words are allowed"));
  }
  return query;
}

absl::StatusOr<size_t> ReadMaxResults(int32_t max_results) {
  if (max_results == 0) return kDefaultSearchResults;
  if (0 < max_results && max_results <= kMaxSearchResults) return max_results;
  return BadField("max_results", v1::ERROR_REASON_MAX_RESULTS_OUT_OF_RANGE,
                  absl::StrCat("max_results ", max_results, " is out of range [0, ",
                               kMaxSearchResults, "], 0 stands for ", kDefaultSearchResults));
}

absl::StatusOr<std::string> ReadScope(const std::string& scope) {
  const absl::Status status = CheckScope(scope);
  if (status.ok()) return scope;
  return BadField("scope", v1::ERROR_REASON_SCOPE_INVALID, status.message());
}

bool IsRevision(absl::string_view text) {
  return text.size() == Registry::kRevisionDigits &&
         text.find_first_not_of("0123456789abcdef") == absl::string_view::npos;
}

absl::StatusOr<RecordIndex> ReadResumeToken(const std::string& token, const Registry& registry) {
  if (token.empty()) return RecordIndex{0};
  const std::vector<absl::string_view> parts = absl::StrSplit(token, kTokenSeparator);
  RecordIndex position;
  const bool well_formed =
      parts.size() == 2 && IsRevision(parts[0]) && absl::SimpleAtoi(parts[1], &position);
  // A position can only be checked against its own revision.
  const bool current = well_formed && parts[0] == registry.revision();
  const bool given_out =
      current && position <= registry.records().size() && token == ResumeToken(registry, position);
  if (!well_formed || (current && !given_out)) {
    return BadField(
        "resume_token", v1::ERROR_REASON_RESUME_TOKEN_INVALID,
        absl::StrCat("resume_token ", Quoted(token), " is not one that ListRange gave out"));
  }
  if (!current) {
    return ErrorFor(absl::StatusCode::kAborted, v1::ERROR_REASON_REVISION_CHANGED,
                    absl::StrCat("resume_token is of revision ", parts[0], ", the registry is at ",
                                 registry.revision(), "; start over without it"));
  }
  return position;
}

}  // namespace

absl::Status ParseRequest(absl::string_view bytes, google::protobuf::Message& request) {
  if (request.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::OkStatus();
  }
  return ExplainMalformed(bytes, *request.GetDescriptor());
}

absl::StatusOr<LookupQuestion> Read(const v1::LookupRequest& request) {
  LookupQuestion question;
  switch (request.key_case()) {
    case v1::LookupRequest::kPort: {
      const absl::StatusOr<Port> port = ReadPort("port", request.port());
      if (!port.ok()) return port.status();
      question.key = *port;
      break;
    }
    case v1::LookupRequest::kService: {
      absl::StatusOr<std::string> service = ReadService(request.service());
      if (!service.ok()) return service.status();
      question.key = *std::move(service);
      break;
    }
    case v1::LookupRequest::KEY_NOT_SET:
      return BadField("key", v1::ERROR_REASON_KEY_MISSING,
                      "key is missing, set either port (0-65535) or service (1 to 64 bytes)");
  }
  const absl::StatusOr<Transport> transport = ReadTransport(request.transport());
  if (!transport.ok()) return transport.status();
  const absl::StatusOr<WithDetails> with_details = ReadView(request.view());
  if (!with_details.ok()) return with_details.status();
  absl::StatusOr<std::string> scope = ReadScope(request.scope());
  if (!scope.ok()) return scope.status();
  question.transport = *transport;
  question.scope = *std::move(scope);
  question.with_details = *with_details;
  return question;
}

absl::StatusOr<ClassifyQuestion> Read(const v1::ClassifyRequest& request) {
  if (!request.has_port()) {
    return BadField("port", v1::ERROR_REASON_PORT_MISSING, "port is missing, set it to 0-65535");
  }
  const absl::StatusOr<Port> port = ReadPort("port", request.port());
  if (!port.ok()) return port.status();
  const absl::StatusOr<Transport> transport = ReadTransport(request.transport());
  if (!transport.ok()) return transport.status();
  return ClassifyQuestion{*port, *transport};
}

absl::StatusOr<SearchRequestQuestion> Read(const v1::SearchRequest& request) {
  absl::StatusOr<std::string> query = ReadSearchQuery(request.query());
  if (!query.ok()) return query.status();
  const absl::StatusOr<Transport> transport = ReadTransport(request.transport());
  if (!transport.ok()) return transport.status();
  absl::StatusOr<std::vector<Layer>> layers = ReadLayers(request);
  if (!layers.ok()) return layers.status();
  const absl::StatusOr<WithDetails> with_details = ReadView(request.view());
  if (!with_details.ok()) return with_details.status();
  const absl::StatusOr<size_t> max_results = ReadMaxResults(request.max_results());
  if (!max_results.ok()) return max_results.status();
  absl::StatusOr<std::string> scope = ReadScope(request.scope());
  if (!scope.ok()) return scope.status();
  return SearchRequestQuestion{.search = {.query = *std::move(query),
                                          .transport = *transport,
                                          .layers = *std::move(layers),
                                          .scope = *std::move(scope),
                                          .max_results = *max_results},
                               .with_details = *with_details};
}

std::string Read(const v1::WatchRequest& request) {
  if (request.revision().size() != Registry::kRevisionDigits) return {};
  return request.revision();
}

absl::Status CheckBatch(const v1::BatchLookupRequest& request) {
  if (request.requests_size() <= kMaxBatchSize) return absl::OkStatus();
  return BadField("requests", v1::ERROR_REASON_BATCH_TOO_LARGE,
                  absl::StrCat("requests holds ", request.requests_size(), " lookups, at most ",
                               kMaxBatchSize, " are allowed"));
}

absl::StatusOr<ListRangeQuestion> Read(const v1::ListRangeRequest& request,
                                       const Registry& registry) {
  const absl::StatusOr<Port> first = ReadPort("first_port", request.first_port());
  if (!first.ok()) return first.status();
  const absl::StatusOr<Port> last =
      request.has_last_port() ? ReadPort("last_port", request.last_port()) : PortRange::All().last;
  if (!last.ok()) return last.status();
  if (*first > *last) {
    return BadField(
        "first_port", v1::ERROR_REASON_RANGE_REVERSED,
        absl::StrCat("first_port ", *first, " is above last_port ", *last, ", it must not be"));
  }
  const absl::StatusOr<Transport> transport = ReadTransport(request.transport());
  if (!transport.ok()) return transport.status();
  absl::StatusOr<std::vector<Layer>> layers = ReadLayers(request);
  if (!layers.ok()) return layers.status();
  const absl::StatusOr<WithDetails> with_details = ReadView(request.view());
  if (!with_details.ok()) return with_details.status();
  absl::StatusOr<std::string> scope = ReadScope(request.scope());
  if (!scope.ok()) return scope.status();
  const absl::StatusOr<RecordIndex> from = ReadResumeToken(request.resume_token(), registry);
  if (!from.ok()) return from.status();
  return ListRangeQuestion{.range = {.ports = {*first, *last},
                                     .transport = *transport,
                                     .layers = *std::move(layers),
                                     .scope = *std::move(scope),
                                     .include_portless = request.include_portless()},
                           .with_details = *with_details,
                           .from = *from};
}

std::string ResumeToken(const Registry& registry, RecordIndex position) {
  return absl::StrCat(registry.revision(), std::string(1, kTokenSeparator), position);
}

}  // namespace portreg
