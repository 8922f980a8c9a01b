#include "workload.h"

#include <cstring>
#include <random>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/answers/answers.h"
#include "common/answers/claim_answers.h"
#include "etcd.pb.h"
#include "google/protobuf/util/message_differencer.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::bench {
namespace {

// Enough questions that no cache holds all answers, and few enough to be made quickly.
constexpr size_t kQuestions = 1'024;
constexpr size_t kBatches = 16;
// Most ports of this range are assigned.
constexpr PortRange kAlmostFull = {1'024, 4'999};

bool Never(absl::string_view /*reply*/, absl::string_view /*answer*/) { return false; }

template <typename Message>
bool SameMessage(absl::string_view reply, absl::string_view answer) {
  Message got;
  Message expected;
  return got.ParseFromArray(reply.data(), static_cast<int>(reply.size())) &&
         expected.ParseFromArray(answer.data(), static_cast<int>(answer.size())) &&
         google::protobuf::util::MessageDifferencer::Equals(got, expected);
}

bool HoldsValue(absl::string_view reply, absl::string_view value) {
  etcdserverpb::RangeResponse response;
  return response.ParseFromArray(reply.data(), static_cast<int>(reply.size())) &&
         response.kvs_size() == 1 && response.kvs(0).value() == value;
}

bool IsPutResponse(absl::string_view reply, absl::string_view /*answer*/) {
  return etcdserverpb::PutResponse().ParseFromArray(reply.data(), static_cast<int>(reply.size()));
}

template <typename Request, typename Response>
Question Ask(absl::StatusOr<Response> (*handler)(const Registry&, const Request&),
             const Registry& registry, const Request& request) {
  return {request.SerializeAsString(), handler(registry, request).value().SerializeAsString()};
}

v1::LookupRequest ByPort(Port port) {
  v1::LookupRequest request;
  request.set_port(port);
  return request;
}

std::vector<std::string> SomeNames(const Registry& registry, size_t count) {
  std::mt19937 random(2);
  std::vector<std::string> names;
  while (names.size() < count) {
    const ServiceRecord& record = *registry.records()[random() % registry.records().size()];
    if (record.named()) names.emplace_back(record.service);
  }
  return names;
}

std::vector<Question> PortQuestions(const Registry& registry) {
  std::vector<Question> questions;
  for (const Port port : SomePorts(registry, kQuestions)) {
    questions.push_back(Ask(&Lookup, registry, ByPort(port)));
  }
  return questions;
}

std::vector<Question> NameQuestions(const Registry& registry) {
  std::vector<Question> questions;
  for (const std::string& name : SomeNames(registry, kQuestions)) {
    v1::LookupRequest request;
    request.set_service(name);
    questions.push_back(Ask(&Lookup, registry, request));
  }
  return questions;
}

std::vector<Question> ClassifyQuestions(const Registry& registry) {
  std::vector<Question> questions;
  for (const Port port : SomePorts(registry, kQuestions)) {
    v1::ClassifyRequest request;
    request.set_port(port);
    questions.push_back(Ask(&Classify, registry, request));
  }
  return questions;
}

std::vector<Question> BatchQuestions(const Registry& registry) {
  std::vector<Question> questions;
  v1::BatchLookupRequest request;
  v1::BatchLookupResponse answer;
  for (const Port port : BatchPorts(registry)) {
    *request.add_requests() = ByPort(port);
    *answer.add_results() = LookupResultOf(registry, ByPort(port));
    if (request.requests_size() < static_cast<int>(kBatchSize)) continue;
    answer.set_revision(registry.revision());
    questions.push_back({request.SerializeAsString(), answer.SerializeAsString()});
    request.Clear();
    answer.Clear();
  }
  return questions;
}

// The claims of each check have one owner, so they do not collide.
std::vector<Question> CheckQuestions(const Registry& registry) {
  std::vector<Question> questions;
  v1::CheckRequest request;
  for (const Port port : BatchPorts(registry)) {
    v1::Claim& claim = *request.add_claims();
    claim.set_first_port(port);
    claim.set_owner("bench");
    claim.set_service(absl::StrCat("bench-", request.claims_size()));
    if (request.claims_size() < static_cast<int>(kBatchSize)) continue;
    questions.push_back({request.SerializeAsString(),
                         Check(registry, request, Today()).value().SerializeAsString()});
    request.Clear();
  }
  return questions;
}

std::vector<Question> SuggestQuestions(const Registry& registry) {
  std::vector<Question> questions;
  for (size_t i = 0; i < kQuestions; ++i) {
    v1::SuggestRequest request;
    request.set_first_port(kAlmostFull.first);
    request.set_last_port(kAlmostFull.last);
    request.set_key(absl::StrCat("bench-", i));
    questions.push_back({request.SerializeAsString(),
                         Suggest(registry, request, Today()).value().SerializeAsString()});
  }
  return questions;
}

std::vector<Question> RangeQuestions(const Registry& registry, bool serializable) {
  std::vector<Question> questions;
  for (const Port port : SomePorts(registry, kQuestions)) {
    etcdserverpb::RangeRequest request;
    request.set_key(absl::StrCat(port));
    request.set_serializable(serializable);
    questions.push_back({request.SerializeAsString(), LookupReply(registry, port)});
  }
  return questions;
}

std::vector<Question> PutQuestions(const Registry& registry) {
  std::vector<Question> questions;
  for (const Port port : SomePorts(registry, kQuestions)) {
    etcdserverpb::PutRequest request;
    request.set_key(absl::StrCat(port));
    request.set_value(LookupReply(registry, port));
    questions.push_back({request.SerializeAsString(), ""});
  }
  return questions;
}

}  // namespace

absl::StatusOr<Workload> MakeWorkload(absl::string_view name, const Registry& registry) {
  const std::string service = "/portreg.v1.PortRegistryService/";
  if (name == "empty") return Workload{"/portreg.bench.v1.BenchService/Empty", {{}}, &Never};
  if (name == "port") {
    return Workload{service + "Lookup", PortQuestions(registry), &SameMessage<v1::LookupResponse>};
  }
  if (name == "name") {
    return Workload{service + "Lookup", NameQuestions(registry), &SameMessage<v1::LookupResponse>};
  }
  if (name == "classify") {
    return Workload{service + "Classify", ClassifyQuestions(registry),
                    &SameMessage<v1::ClassifyResponse>};
  }
  if (name == "batch") {
    return Workload{service + "BatchLookup", BatchQuestions(registry),
                    &SameMessage<v1::BatchLookupResponse>};
  }
  if (name == "check") {
    return Workload{service + "Check", CheckQuestions(registry), &SameMessage<v1::CheckResponse>};
  }
  if (name == "suggest") {
    return Workload{service + "Suggest", SuggestQuestions(registry),
                    &SameMessage<v1::SuggestResponse>};
  }
  if (name == "put") return Workload{"/etcdserverpb.KV/Put", PutQuestions(registry), IsPutResponse};
  if (name == "range" || name == "serializable_range") {
    return Workload{"/etcdserverpb.KV/Range",
                    RangeQuestions(registry, name == "serializable_range"), &HoldsValue};
  }
  return absl::NotFoundError(absl::StrCat("no workload is called ", name));
}

std::vector<Port> SomePorts(const Registry& registry, size_t count) {
  std::mt19937 random(1);
  std::vector<Port> ports;
  while (ports.size() < count) {
    const Port port = static_cast<Port>(random() % kPortCount);
    if (!registry.AtPort(port).empty()) ports.push_back(port);
  }
  return ports;
}

std::vector<Port> BatchPorts(const Registry& registry) {
  return SomePorts(registry, kBatches * kBatchSize);
}

std::string LookupReply(const Registry& registry, Port port) {
  return Lookup(registry, ByPort(port)).value().SerializeAsString();
}

bool Examiner::Right(size_t index, const grpc::ByteBuffer& reply) {
  std::string& answer = workload_.questions[index].answer;
  std::vector<grpc::Slice> slices;
  if (!reply.Dump(&slices).ok()) return false;
  const char* expected = answer.data();
  bool equal = reply.Length() == answer.size();
  for (size_t i = 0; equal && i < slices.size(); ++i) {
    equal = std::memcmp(expected, slices[i].begin(), slices[i].size()) == 0;
    expected += slices[i].size();
  }
  if (equal) return true;
  std::string bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  if (!workload_.same(bytes, answer)) return false;
  answer = std::move(bytes);
  return true;
}

}  // namespace portreg::bench
