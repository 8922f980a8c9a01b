// Lists the calls that a Client can make, for tests that apply to each of them.
#ifndef PORTREG_TESTS_CLIENT_EVERY_CALL_H_
#define PORTREG_TESTS_CLIENT_EVERY_CALL_H_

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "portreg/client.h"
#include "tests/client/answers.h"

namespace portreg {

struct AnyCall {
  std::string name;
  // Makes the call and returns its status. Reads a listing to its end.
  std::function<absl::Status(const Client&, const CallOptions&)> make;
};

// Reads a stream to its end and returns its status.
inline absl::Status StatusOf(RecordStream stream) {
  while (stream.Next() != nullptr) {
  }
  return stream.status();
}

inline absl::Status StatusOf(AsyncRecordStream stream) {
  while (true) {
    const absl::StatusOr<std::optional<v1::ListRangeResponse>> message = NextOf(stream);
    if (!message.ok() || !message->has_value()) return message.status();
  }
}

// Adds a blocking method and its asynchronous twin, both with the same request.
template <typename Request, typename Response>
void AddTwins(const std::string& name, const Request& request,
              absl::StatusOr<Response> (Client::*method)(const Request&, const CallOptions&) const,
              PendingCall (Client::*twin)(const Request&, Callback<Response>, const CallOptions&)
                  const,
              std::vector<AnyCall>& calls) {
  calls.push_back({name, [=](const Client& client, const CallOptions& call) {
                     return (client.*method)(request, call).status();
                   }});
  calls.push_back({name + "Async", [=](const Client& client, const CallOptions& call) {
                     return Ask(twin, client, request, call).status();
                   }});
}

// Returns the calls, each with a request that portregd answers.
inline std::vector<AnyCall> EveryCall() {
  std::vector<AnyCall> calls;
  v1::LookupRequest lookup;
  lookup.set_port(443);
  AddTwins("Lookup", lookup, &Client::Lookup, &Client::LookupAsync, calls);
  v1::BatchLookupRequest batch;
  *batch.add_requests() = lookup;
  AddTwins("BatchLookup", batch, &Client::BatchLookup, &Client::BatchLookupAsync, calls);
  v1::ClassifyRequest classify;
  classify.set_port(80);
  AddTwins("Classify", classify, &Client::Classify, &Client::ClassifyAsync, calls);
  v1::CheckRequest check;
  check.add_claims()->set_first_port(7100);
  AddTwins("Check", check, &Client::Check, &Client::CheckAsync, calls);
  AddTwins("Suggest", v1::SuggestRequest(), &Client::Suggest, &Client::SuggestAsync, calls);
  v1::SearchRequest search;
  search.set_query("web");
  AddTwins("Search", search, &Client::Search, &Client::SearchAsync, calls);
  calls.push_back({"LookupPort", [](const Client& client, const CallOptions& call) {
                     return client.LookupPort(443, call).status();
                   }});
  calls.push_back({"LookupService", [](const Client& client, const CallOptions& call) {
                     return client.LookupService("https", call).status();
                   }});
  calls.push_back({"GetRegistryInfo", [](const Client& client, const CallOptions& call) {
                     return client.GetRegistryInfo(call).status();
                   }});
  calls.push_back({"GetRegistryInfoAsync", [](const Client& client, const CallOptions& call) {
                     Outcome<v1::GetRegistryInfoResponse> outcome;
                     client.GetRegistryInfoAsync(outcome.Taker(), call);
                     return outcome.Await().status();
                   }});
  calls.push_back({"ListRange", [](const Client& client, const CallOptions& call) {
                     return StatusOf(client.ListRange({}, call));
                   }});
  calls.push_back({"ListRangeAsync", [](const Client& client, const CallOptions& call) {
                     return StatusOf(client.ListRangeAsync({}, call));
                   }});
  return calls;
}

}  // namespace portreg

#endif  // PORTREG_TESTS_CLIENT_EVERY_CALL_H_
