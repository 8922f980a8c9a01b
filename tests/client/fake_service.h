// The registry's service with scripted answers.
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

// What a stream of the FakeService writes, and how it ends. Nothing: it stays
// open until the client cancels it.
struct ListScript {
  using Response = v1::ListRangeResponse;
  // Unless told, one without records.
  std::vector<Response> messages = std::vector<Response>(1);
  std::optional<grpc::Status> end = grpc::Status::OK;
};
struct WatchScript {
  using Response = v1::WatchResponse;
  std::vector<Response> messages;
  std::optional<grpc::Status> end = grpc::Status::OK;
};

// The metadata that a call came with.
using Metadata = std::multimap<std::string, std::string>;

// A unary call that has not been answered yet.
class OpenCall;

// Answers as a test wants it. The answers must be set before the first call;
// they run on gRPC's threads, one at a time. A call that none is set for is
// UNIMPLEMENTED.
class FakeService final : public v1::PortRegistryService::CallbackService {
 public:
  // Nothing: the call stays open until its client cancels it, or until
  // FinishOpenCalls.
  template <typename Request, typename Response>
  using Answer = std::function<std::optional<grpc::Status>(const Request&, Response&)>;

  Answer<v1::LookupRequest, v1::LookupResponse> lookup;
  Answer<v1::BatchLookupRequest, v1::BatchLookupResponse> batch_lookup;
  Answer<v1::ClassifyRequest, v1::ClassifyResponse> classify;
  Answer<v1::SearchRequest, v1::SearchResponse> search;
  Answer<v1::GetRegistryInfoRequest, v1::GetRegistryInfoResponse> get_registry_info;
  std::function<ListScript(const v1::ListRangeRequest&)> list_range;
  std::function<WatchScript(const v1::WatchRequest&)> watch;

  // Answers every call alike.
  void AnswerAll(const std::optional<grpc::Status>& status);

  // What was asked so far.
  [[nodiscard]] std::vector<v1::LookupRequest> lookups() const { return Copy(lookups_); }
  [[nodiscard]] std::vector<v1::BatchLookupRequest> batches() const { return Copy(batches_); }
  [[nodiscard]] std::vector<v1::ListRangeRequest> listings() const { return Copy(listings_); }
  [[nodiscard]] std::vector<v1::WatchRequest> watches() const { return Copy(watches_); }
  // What each call so far came with, whatever it asked.
  [[nodiscard]] std::vector<Metadata> metadata() const { return Copy(metadata_); }
  // The user agent of the last call.
  [[nodiscard]] std::string user_agent() const;
  // Messages of streams that gRPC has taken so far.
  [[nodiscard]] size_t writes() const { return Copy(writes_); }

  // Ends the calls that are open.
  void FinishOpenCalls(const grpc::Status& status);

  // Each waits until it is so; false if it is not within 20 s.
  //
  // That many calls have come in all.
  [[nodiscard]] bool WaitForCalls(size_t count) const;
  // gRPC has taken that many messages of streams.
  [[nodiscard]] bool WaitForWrites(size_t count) const;
  // A client has cancelled a call.
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
  // With mutex_ held.
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
