// Measures a server's work on a call between the request's bytes and the reply's, for
// replies that are not stored.
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "benchmark/benchmark.h"
#include "common/answers/answers.h"
#include "common/answers/requests.h"
#include "portreg/v1/port_registry_service.pb.h"
#include "server/replies/stored_replies.h"
#include "tests/bench/micro/keys.h"

namespace portreg::bench {
namespace {

v1::LookupRequest Ask(Port port) {
  v1::LookupRequest request;
  request.set_port(port);
  return request;
}

v1::LookupRequest Ask(const std::string& name) {
  v1::LookupRequest request;
  request.set_service(name);
  return request;
}

template <typename Key>
std::vector<v1::LookupRequest> AskAll(const std::vector<Key>& keys) {
  std::vector<v1::LookupRequest> requests;
  for (const Key& key : keys) requests.push_back(Ask(key));
  return requests;
}

template <typename Key>
void ParseLookup(benchmark::State& state, const std::vector<Key>& (*keys)()) {
  std::vector<std::string> texts;
  for (const Key& key : keys()) texts.push_back(Ask(key).SerializeAsString());
  Cycle<std::string> requests(texts);
  for (auto unused : state) {
    v1::LookupRequest request;
    if (!ParseRequest(requests.Next(), request).ok()) state.SkipWithError("cannot be parsed");
    benchmark::DoNotOptimize(request);
  }
}
BENCHMARK_CAPTURE(ParseLookup, by_port, &ShuffledPorts);
BENCHMARK_CAPTURE(ParseLookup, by_name, &ShuffledNames);

template <typename Key>
void HandleLookup(benchmark::State& state, const std::vector<Key>& (*keys)(), bool serialise) {
  const Registry& registry = TheRegistry();
  const std::vector<v1::LookupRequest> all = AskAll(keys());
  Cycle<v1::LookupRequest> requests(all);
  for (auto unused : state) {
    const absl::StatusOr<v1::LookupResponse> reply = Lookup(registry, requests.Next());
    if (!reply.ok()) state.SkipWithError("a key of the registry is not found");
    benchmark::DoNotOptimize(&*reply);
    if (serialise) benchmark::DoNotOptimize(reply->SerializeAsString());
  }
}
BENCHMARK_CAPTURE(HandleLookup, by_port, &ShuffledPorts, false);
BENCHMARK_CAPTURE(HandleLookup, by_port_serialised, &ShuffledPorts, true);
BENCHMARK_CAPTURE(HandleLookup, by_name, &ShuffledNames, false);

// Finds the stored reply for a parsed request.
template <typename Key>
void StoredReply(benchmark::State& state, const std::vector<Key>& (*keys)()) {
  const server::StoredReplies replies(TheRegistry());
  const std::vector<v1::LookupRequest> all = AskAll(keys());
  Cycle<v1::LookupRequest> requests(all);
  for (auto unused : state) {
    const absl::string_view reply = replies.FindBatchResult(requests.Next());
    if (reply.empty()) state.SkipWithError("a reply is not stored");
    benchmark::DoNotOptimize(reply.data());
  }
}
BENCHMARK_CAPTURE(StoredReply, by_port, &ShuffledPorts);
BENCHMARK_CAPTURE(StoredReply, by_name, &ShuffledNames);

void HandleClassify(benchmark::State& state) {
  const Registry& registry = TheRegistry();
  Cycle<Port> ports(ShuffledPorts());
  v1::ClassifyRequest request;
  for (auto unused : state) {
    request.set_port(ports.Next());
    benchmark::DoNotOptimize(Classify(registry, request));
  }
}
BENCHMARK(HandleClassify);

}  // namespace
}  // namespace portreg::bench
