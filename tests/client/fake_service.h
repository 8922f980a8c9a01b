// Implements the registry's service with answers that a test sets.
#ifndef PORTREG_TESTS_CLIENT_FAKE_SERVICE_H_
#define PORTREG_TESTS_CLIENT_FAKE_SERVICE_H_

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "grpcpp/grpcpp.h"
#include "portreg/v1/port_registry_service.grpc.pb.h"

namespace portreg {

// The messages that a stream of FakeService writes, and the status that ends it. Without
// `end` the stream stays open until the client cancels it.
struct ListScript {
  using Response = v1::ListRangeResponse;
  // Default: one message without records.
  std::vector<Response> messages = std::vector<Response>(1);
  std::optional<grpc::Status> end = grpc::Status::OK;
};
struct WatchScript {
  using Response = v1::WatchResponse;
  std::vector<Response> messages;
  std::optional<grpc::Status> end = grpc::Status::OK;
};

// The metadata of a call.
using Metadata = std::multimap<std::string, std::string>;

// A unary call that has not been answered yet.
class OpenCall;

// Answers each RPC with a function that the test sets. The functions must be set before
// the first call. They run on gRPC's threads, one at a time. An RPC without a function
// fails with UNIMPLEMENTED.
class FakeService final : public v1::PortRegistryService::CallbackService {
 public:
  // Fills the response and returns the status. If it returns nullopt, the call stays open
  // until the client cancels it or FinishOpenCalls ends it.
  template <typename Request, typename Response>
  using Answer = std::function<std::optional<grpc::Status>(const Request&, Response&)>;

  Answer<v1::LookupRequest, v1::LookupResponse> lookup;
  Answer<v1::BatchLookupRequest, v1::BatchLookupResponse> batch_lookup;
  Answer<v1::ClassifyRequest, v1::ClassifyResponse> classify;
  Answer<v1::CheckRequest, v1::CheckResponse> check;
  Answer<v1::SuggestRequest, v1::SuggestResponse> suggest;
  Answer<v1::SearchRequest, v1::SearchResponse> search;
  Answer<v1::GetRegistryInfoRequest, v1::GetRegistryInfoResponse> get_registry_info;
  std::function<ListScript(const v1::ListRangeRequest&)> list_range;
  std::function<WatchScript(const v1::WatchRequest&)> watch;

  // Sets the answer of every RPC to `status`.
  void AnswerAll(const std::optional<grpc::Status>& status);

  // Return the requests so far.
  [[nodiscard]] std::vector<v1::LookupRequest> lookups() const { return Copy(lookups_); }
  [[nodiscard]] std::vector<v1::BatchLookupRequest> batches() const { return Copy(batches_); }
  [[nodiscard]] std::vector<v1::ListRangeRequest> listings() const { return Copy(listings_); }
  [[nodiscard]] std::vector<v1::WatchRequest> watches() const { return Copy(watches_); }
  // Returns the metadata of every call so far, of all RPCs.
  [[nodiscard]] std::vector<Metadata> metadata() const { return Copy(metadata_); }
  // Returns the user agent of the last call; empty if there was none.
  [[nodiscard]] std::string user_agent() const;
  // Returns the number of stream messages that gRPC has accepted so far.
  [[nodiscard]] size_t writes() const { return Copy(writes_); }

  // Ends the open unary calls with `status`.
  void FinishOpenCalls(const grpc::Status& status);

  // These wait for an event. Each returns false if it does not happen within 20 s.
  //
  // Waits until `count` calls in all have arrived.
  [[nodiscard]] bool WaitForCalls(size_t count) const;
  // Waits until gRPC has accepted `count` stream messages.
  [[nodiscard]] bool WaitForWrites(size_t count) const;
  // Waits until a client has cancelled a call.
  [[nodiscard]] bool WaitForCancellation() const;

  grpc::ServerUnaryReactor* Lookup(grpc::CallbackServerContext* context,
                                   const v1::LookupRequest* request,
                                   v1::LookupResponse* response) override;
  grpc::ServerUnaryReactor* BatchLookup(grpc::CallbackServerContext* context,
                                        const v1::BatchLookupRequest* request,
                                        v1::BatchLookupResponse* response) override;
  grpc::ServerUnaryReactor* Classify(grpc::CallbackServerContext* context,
                                     const v1::ClassifyRequest* request,
                                     v1::ClassifyResponse* response) override;
  grpc::ServerUnaryReactor* Check(grpc::CallbackServerContext* context,
                                  const v1::CheckRequest* request,
                                  v1::CheckResponse* response) override;
  grpc::ServerUnaryReactor* Suggest(grpc::CallbackServerContext* context,
                                    const v1::SuggestRequest* request,
                                    v1::SuggestResponse* response) override;
  grpc::ServerUnaryReactor* Search(grpc::CallbackServerContext* context,
                                   const v1::SearchRequest* request,
                                   v1::SearchResponse* response) override;
  grpc::ServerUnaryReactor* GetRegistryInfo(grpc::CallbackServerContext* context,
                                            const v1::GetRegistryInfoRequest* request,
                                            v1::GetRegistryInfoResponse* response) override;
  grpc::ServerWriteReactor<v1::ListRangeResponse>* ListRange(
      grpc::CallbackServerContext* context, const v1::ListRangeRequest* request) override;
  grpc::ServerWriteReactor<v1::WatchResponse>* Watch(grpc::CallbackServerContext* context,
                                                     const v1::WatchRequest* request) override;

 private:
  template <typename T>
  T Copy(const T& value) const {
    const std::lock_guard lock(mutex_);
    return value;
  }
  template <typename Condition>
  bool WaitUntil(Condition condition) const;
  template <typename Request, typename Response>
  grpc::ServerUnaryReactor* Reply(const grpc::CallbackServerContext& context,
                                  const Answer<Request, Response>& answer, const Request& request,
                                  Response& response);
  template <typename Request, typename Script>
  grpc::ServerWriteReactor<typename Script::Response>* Play(
      const grpc::CallbackServerContext& context,
      const std::function<Script(const Request&)>& script, const Request& request,
      std::vector<Request>& requests);
  // Requires mutex_.
  void NoteCall(const grpc::CallbackServerContext& context);
  void NoteWrite();
  void NoteCancellation();

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<v1::LookupRequest> lookups_;
  std::vector<v1::BatchLookupRequest> batches_;
  std::vector<v1::ListRangeRequest> listings_;
  std::vector<v1::WatchRequest> watches_;
  std::vector<Metadata> metadata_;
  std::vector<std::shared_ptr<OpenCall>> open_calls_;
  size_t writes_ = 0;
  bool cancelled_ = false;
};

}  // namespace portreg

#endif  // PORTREG_TESTS_CLIENT_FAKE_SERVICE_H_
