// Answers requests without gRPC: bytes, message, answer, bytes. Stored replies, batches
// and listings must equal the handlers' answers.
//
// Input: a byte that selects the RPC and the registry, then the request's bytes. The
// byte's highest bit selects the registry. 0x7E is Check, 0x7F is Suggest; for other
// values, the remainder by 7 selects the RPC. A resume token that begins with "@" means
// one of the registry's revision.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "common/answers/answers.h"
#include "common/answers/claim_answers.h"
#include "common/answers/errors.h"
#include "common/answers/list_range_answer.h"
#include "common/answers/requests.h"
#include "common/model/scope.h"
#include "google/protobuf/stubs/logging.h"
#include "google/protobuf/util/message_differencer.h"
#include "grpcpp/support/byte_buffer.h"
#include "portreg/errordetails/v1/error_details.pb.h"
#include "portreg/v1/port_registry_service.grpc.pb.h"
#include "server/replies/batch_reply.h"
#include "server/replies/stored_list_range_answer.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/served.h"

namespace portreg::fuzz {
namespace {

using google::protobuf::util::MessageDifferencer;

// A larger listing costs too much time for what it finds.
constexpr size_t kMaxListed = 400;
constexpr size_t kMaxErrorBytes = 512;

bool IsOneOfOurs(absl::StatusCode code) {
  return code == absl::StatusCode::kInvalidArgument || code == absl::StatusCode::kNotFound ||
         code == absl::StatusCode::kAborted || code == absl::StatusCode::kResourceExhausted;
}

void RequireErrorOfTheContract(const absl::Status& status) {
  const std::string message(status.message());
  Require(IsOneOfOurs(status.code()), "an error has a code of the contract", status.ToString());
  RequirePrintable(message);
  Require(!message.empty() && message.size() <= kMaxErrorBytes, "an error's text is bounded",
          message);
  errordetails::v1::Status details;
  Require(details.ParseFromString(DetailsBytes(status)), "an error's details can be read");
  Require(details.code() == static_cast<int>(status.code()) && details.message() == message,
          "an error's details say the same", message);
  Require(details.details_size() >= 1, "an error has details", message);
  errordetails::v1::ErrorInfo info;
  Require(info.ParseFromString(details.details(0).value()), "ErrorInfo can be read", message);
  v1::ErrorReason reason;
  Require(v1::ErrorReason_Parse(absl::StrCat("ERROR_REASON_", info.reason()), &reason),
          "a reason stands in the contract", info.reason());
  if (details.details_size() < 2) return;
  errordetails::v1::BadRequest bad_request;
  Require(bad_request.ParseFromString(details.details(1).value()), "BadRequest can be read");
  Require(
      bad_request.field_violations_size() == 1 && !bad_request.field_violations(0).field().empty(),
      "BadRequest names a field", message);
}

// Reads a request. Returns nothing if the bytes are malformed, which must be explained.
template <typename Request>
std::optional<Request> Parse(absl::string_view bytes) {
  Request request;
  const absl::Status status = ParseRequest(bytes, request);
  if (status.ok()) return request;
  Require(status.code() == absl::StatusCode::kInvalidArgument, "bad bytes are INVALID_ARGUMENT");
  RequireErrorOfTheContract(status);
  return std::nullopt;
}

template <typename Message>
Message FromBytes(absl::string_view bytes) {
  Message message;
  Require(message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())),
          "a reply's bytes are a message");
  return message;
}

absl::string_view TextOf(const grpc::Slice& slice) {
  return fuzz::TextOf(slice.begin(), slice.size());
}

void RequireEqual(const google::protobuf::Message& a, const google::protobuf::Message& b,
                  absl::string_view what) {
  Require(MessageDifferencer::Equals(a, b), what,
          absl::StrCat(a.ShortDebugString(), " | ", b.ShortDebugString()));
}

// Requires properties that every answer has.
template <typename Response>
void RequireAnswer(const Registry& registry, const absl::StatusOr<Response>& response) {
  if (!response.ok()) {
    RequireErrorOfTheContract(response.status());
    return;
  }
  Require(response->revision() == registry.revision(), "an answer names its revision");
  Response again;
  Require(again.ParseFromString(response->SerializeAsString()), "an answer can be serialised");
  RequireEqual(again, *response, "an answer is read as it was written");
}

template <typename Response, typename Request>
void RequireStoredIsHandlers(const Served& served, const Request& request,
                             const absl::StatusOr<Response>& response) {
  const std::optional<grpc::Slice> stored = served.replies.Find(request);
  if (!stored) return;
  Require(response.ok(), "what is stored is no error", request.ShortDebugString());
  RequireEqual(FromBytes<Response>(TextOf(*stored)), *response, "a stored reply is the handler's");
}

void FuzzLookup(const Served& served, absl::string_view bytes) {
  const auto request = Parse<v1::LookupRequest>(bytes);
  if (!request) return;
  const absl::StatusOr<v1::LookupResponse> response = Lookup(served.registry, *request);
  RequireAnswer(served.registry, response);
  RequireStoredIsHandlers(served, *request, response);
  if (!response.ok()) return;
  for (const v1::PortRecord& record : response->records()) {
    Require(request->transport() == v1::TRANSPORT_UNSPECIFIED ||
                record.transport() == v1::TRANSPORT_UNSPECIFIED ||
                record.transport() == request->transport(),
            "a transport's filter holds", record.ShortDebugString());
    Require(record.layer() != v1::LAYER_LOCAL || ScopesOverlap(record.scope(), request->scope()),
            "a scope's filter holds", record.ShortDebugString());
    Require(record.has_details() == (request->view() == v1::RECORD_VIEW_FULL),
            "details are in the full view alone", record.ShortDebugString());
  }
}

void FuzzBatchLookup(const Served& served, absl::string_view bytes) {
  const auto request = Parse<v1::BatchLookupRequest>(bytes);
  if (!request) return;
  const absl::StatusOr<std::string> reply =
      server::BatchReply(served.registry, served.replies, *request);
  if (!reply.ok()) {
    RequireErrorOfTheContract(reply.status());
    return;
  }
  const auto response = FromBytes<v1::BatchLookupResponse>(*reply);
  Require(response.revision() == served.registry.revision(), "a batch names its revision");
  Require(response.results_size() == request->requests_size(), "each lookup has a result");
  for (int i = 0; i < response.results_size(); ++i) {
    RequireEqual(response.results(i), LookupResultOf(served.registry, request->requests(i)),
                 "a batch's result is the handler's");
  }
}

void FuzzClassify(const Served& served, absl::string_view bytes) {
  const auto request = Parse<v1::ClassifyRequest>(bytes);
  if (!request) return;
  const absl::StatusOr<v1::ClassifyResponse> response = Classify(served.registry, *request);
  RequireAnswer(served.registry, response);
  RequireStoredIsHandlers(served, *request, response);
  if (!response.ok()) return;
  Require(response->first_port() <= request->port() && request->port() <= response->last_port(),
          "a class holds its port", request->ShortDebugString());
}

void FuzzSearch(const Served& served, absl::string_view bytes) {
  const auto request = Parse<v1::SearchRequest>(bytes);
  if (!request) return;
  const absl::StatusOr<v1::SearchResponse> response = Search(served.search_index, *request);
  RequireAnswer(served.registry, response);
  if (!response.ok()) return;
  const int most = request->max_results() == 0 ? kDefaultSearchResults : request->max_results();
  Require(response->matches_size() == std::min(most, response->total_count()),
          "a search shows what it finds", request->ShortDebugString());
  int last_kind = 0;
  for (const v1::SearchMatch& match : response->matches()) {
    Require(match.kind() >= last_kind, "the best matches come first", match.ShortDebugString());
    last_kind = match.kind();
    Require(match.record().layer() != v1::LAYER_LOCAL ||
                ScopesOverlap(match.record().scope(), request->scope()),
            "a scope's filter holds", match.ShortDebugString());
  }
}

// Returns the records that a listing must have, by reading them all.
std::vector<v1::PortRecord> Expected(const Registry& registry, const ListRangeQuestion& question) {
  std::vector<v1::PortRecord> expected;
  const RangeQuestion& range = question.range;
  for (RecordIndex i = question.from; i < registry.records().size(); ++i) {
    const ServiceRecord& record = registry.record(i);
    const bool overlaps = record.ports ? record.ports->first <= range.ports.last &&
                                             range.ports.first <= record.ports->last
                                       : range.include_portless;
    const bool of_layer =
        range.layers.empty() ||
        std::find(range.layers.begin(), range.layers.end(), record.layer) != range.layers.end();
    if (!overlaps || !of_layer || !Answers(record.transport, range.transport)) continue;
    if (!HoldsIn(record, range.scope)) continue;
    ToMessage(record, question.with_details, expected.emplace_back());
    if (expected.size() > kMaxListed) break;
  }
  return expected;
}

v1::ListRangeResponse FromBuffer(grpc::ByteBuffer& buffer) {
  v1::ListRangeResponse message;
  Require(grpc::SerializationTraits<v1::ListRangeResponse>::Deserialize(&buffer, &message).ok(),
          "a listing's bytes are messages");
  return message;
}

// Returns the messages of a listing to its end. `next` makes one more message and returns
// true if it is the last.
template <typename Next>
std::vector<v1::ListRangeResponse> Messages(Next next) {
  std::vector<v1::ListRangeResponse> messages(1);
  while (!next(messages.back())) messages.emplace_back();
  return messages;
}

// Requires that the messages hold `expected`, and that a listing that starts at any
// message's token has the remaining records.
void RequireListing(const Served& served, v1::ListRangeRequest request,
                    const std::vector<v1::ListRangeResponse>& messages,
                    const std::vector<v1::PortRecord>& expected) {
  size_t at = 0;
  for (const v1::ListRangeResponse& message : messages) {
    Require(message.revision() == served.registry.revision(), "a message names its revision");
    for (const v1::PortRecord& record : message.records()) {
      Require(at < expected.size(), "a listing has no more records", record.ShortDebugString());
      RequireEqual(record, expected[at++], "a listing has each record once, in order");
    }
    request.set_resume_token(message.resume_token());
    const absl::StatusOr<ListRangeQuestion> question = Read(request, served.registry);
    Require(question.ok(), "a token that was given out is taken", message.resume_token());
    const std::vector<v1::PortRecord> rest = Expected(served.registry, *question);
    Require(rest.size() == expected.size() - at, "a token continues where its message ends",
            message.resume_token());
    if (!rest.empty()) RequireEqual(rest.front(), expected[at], "a token loses no record");
  }
  Require(at == expected.size(), "a listing has all records", request.ShortDebugString());
}

void FuzzListRange(const Served& served, absl::string_view bytes) {
  auto request = Parse<v1::ListRangeRequest>(bytes);
  if (!request) return;
  if (absl::StartsWith(request->resume_token(), "@")) {
    request->set_resume_token(
        absl::StrCat(served.registry.revision(), ".", request->resume_token().substr(1)));
  }
  const absl::StatusOr<ListRangeQuestion> question = Read(*request, served.registry);
  if (!question.ok()) {
    RequireErrorOfTheContract(question.status());
    return;
  }
  const std::vector<v1::PortRecord> expected = Expected(served.registry, *question);
  if (expected.size() > kMaxListed) return;
  ListRangeAnswer listing = ListRange(served.registry, *question);
  RequireListing(served, *request,
                 Messages([&](v1::ListRangeResponse& message) { return listing.Next(message); }),
                 expected);
  if (!server::StoredListRangeAnswer::Serves(*question)) return;
  server::StoredListRangeAnswer stored(served.registry, served.replies, *question);
  RequireListing(served, *request, Messages([&](v1::ListRangeResponse& message) {
                   grpc::ByteBuffer buffer;
                   const bool last = stored.Next(buffer);
                   message = FromBuffer(buffer);
                   return last;
                 }),
                 expected);
}

void FuzzWatch(const Served& served, absl::string_view bytes) {
  // The handler only compares the one field with the revision, so any text is allowed.
  if (!Parse<v1::WatchRequest>(bytes)) return;
  RequireAnswer<v1::WatchResponse>(served.registry, WatchMessage(served.registry));
}

void FuzzGetRegistryInfo(const Served& served, absl::string_view bytes) {
  const auto request = Parse<v1::GetRegistryInfoRequest>(bytes);
  if (!request) return;
  const absl::StatusOr<v1::GetRegistryInfoResponse> response =
      GetRegistryInfo(served.registry, *request);
  Require(response.ok(), "GetRegistryInfo answers");
  RequireAnswer(served.registry, response);
}

// The same day in each run, so that a finding can be repeated.
constexpr absl::CivilDay kFuzzDay(2026, 6, 15);

void FuzzCheck(const Served& served, absl::string_view bytes) {
  const auto request = Parse<v1::CheckRequest>(bytes);
  if (!request) return;
  const absl::StatusOr<v1::CheckResponse> response = Check(served.registry, *request, kFuzzDay);
  RequireAnswer(served.registry, response);
  if (!response.ok()) return;
  Require(response->results_size() == request->claims_size(), "each claim has a result");
  for (int i = 0; i < response->results_size(); ++i) {
    const v1::Claim& claim = request->claims(i);
    const int last_port = claim.has_last_port() ? claim.last_port() : claim.first_port();
    const v1::ClaimResult& result = response->results(i);
    Require(result.findings_size() <= result.total_count(), "all findings are counted");
    for (const v1::Finding& finding : result.findings()) {
      Require(claim.first_port() <= finding.first_port() &&
                  finding.first_port() <= finding.last_port() && finding.last_port() <= last_port,
              "a finding is about the claim's ports", finding.ShortDebugString());
      Require(finding.severity() <= result.findings(0).severity(), "the gravest finding is first",
              finding.ShortDebugString());
    }
  }
}

// Requires that Check finds nothing of severity warning or error about a suggested port.
void RequireFree(const Registry& registry, const v1::SuggestRequest& request, int port) {
  v1::CheckRequest check;
  v1::Claim& claim = *check.add_claims();
  claim.set_first_port(port);
  *claim.mutable_transports() = request.transports();
  claim.set_service(request.service());
  claim.set_owner(request.owner());
  claim.set_scope(request.scope());
  const absl::StatusOr<v1::CheckResponse> response = Check(registry, check, kFuzzDay);
  Require(response.ok(), "what is suggested can be claimed", request.ShortDebugString());
  const auto& accepted = request.accepted_kinds();
  for (const v1::Finding& finding : response->results(0).findings()) {
    const bool weighs = finding.severity() >= v1::SEVERITY_WARNING &&
                        // About the name, independent of the port.
                        finding.kind() != v1::ADVISORY_KIND_SERVICE_NAME_INVALID;
    Require(
        !weighs || std::find(accepted.begin(), accepted.end(), finding.kind()) != accepted.end(),
        "nothing speaks against a suggestion", finding.ShortDebugString());
  }
}

void FuzzSuggest(const Served& served, absl::string_view bytes) {
  const auto request = Parse<v1::SuggestRequest>(bytes);
  if (!request) return;
  const absl::StatusOr<v1::SuggestResponse> response = Suggest(served.registry, *request, kFuzzDay);
  RequireAnswer(served.registry, response);
  if (!response.ok()) return;
  Require(response->ports_size() <= std::max(1, request->count()), "no more ports than asked for",
          request->ShortDebugString());
  Require(response->ports_size() <= response->free_count() &&
              response->free_count() <= response->candidate_count(),
          "suggestions are free candidates", response->ShortDebugString());
  for (const int port : response->ports()) RequireFree(served.registry, *request, port);
}

}  // namespace
}  // namespace portreg::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace portreg;        // NOLINT(google-build-using-namespace): the one entry
  using namespace portreg::fuzz;  // NOLINT(google-build-using-namespace)
  if (size == 0) return 0;
  // Silences Protobuf's own log, because the explained error has the same content.
  google::protobuf::SetLogHandler(nullptr);
  const Served& served = (data[0] & 0x80) != 0 ? EmbeddedServed() : SmallServed();
  const absl::string_view bytes = TextOf(data + 1, size - 1);
  // These two are new RPCs; the values of the others stay, so that earlier inputs keep
  // their meaning.
  if ((data[0] & 0x7F) == 0x7E) {
    FuzzCheck(served, bytes);
    return 0;
  }
  if ((data[0] & 0x7F) == 0x7F) {
    FuzzSuggest(served, bytes);
    return 0;
  }
  switch ((data[0] & 0x7F) % 7) {
    case 0:
      FuzzLookup(served, bytes);
      break;
    case 1:
      FuzzBatchLookup(served, bytes);
      break;
    case 2:
      FuzzClassify(served, bytes);
      break;
    case 3:
      FuzzListRange(served, bytes);
      break;
    case 4:
      FuzzSearch(served, bytes);
      break;
    case 5:
      FuzzWatch(served, bytes);
      break;
    default:
      FuzzGetRegistryInfo(served, bytes);
  }
  return 0;
}
