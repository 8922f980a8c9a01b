// Servers in the test's own process: the registry's service with scripted
// answers, and a gRPC server for any service.
#ifndef PORTREG_TESTS_CLIENT_FAKE_SERVER_H_
#define PORTREG_TESTS_CLIENT_FAKE_SERVER_H_

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "grpcpp/grpcpp.h"
#include "portreg/client.h"
#include "portreg/v1/port_registry_service.grpc.pb.h"
#include "server/publication.h"

namespace portreg {

// What a listing of the FakeService writes, and how it ends. Nothing: it stays
// open until the client cancels it.
struct ListScript {
  std::vector<v1::ListRangeResponse> messages;
  std::optional<grpc::Status> end = grpc::Status::OK;
};

// Answers as a test wants it. The answers must be set before the first call;
// they run on gRPC's threads, one at a time.
class FakeService final : public v1::PortRegistryService::CallbackService {
 public:
  // Nothing: the call is never answered.
  std::function<std::optional<grpc::Status>(const v1::LookupRequest&, v1::LookupResponse&)> lookup;
  std::function<grpc::Status(const v1::BatchLookupRequest&, v1::BatchLookupResponse&)> batch_lookup;
  std::function<ListScript(const v1::ListRangeRequest&)> list_range;

  // What was asked so far.
  [[nodiscard]] std::vector<v1::LookupRequest> lookups() const { return Copy(lookups_); }
  [[nodiscard]] std::vector<v1::BatchLookupRequest> batches() const { return Copy(batches_); }
  [[nodiscard]] std::vector<v1::ListRangeRequest> listings() const { return Copy(listings_); }
  // The user agent of the last lookup.
  [[nodiscard]] std::string user_agent() const;

  // Waits until a client has cancelled a call; false if none does within 10 s.
  [[nodiscard]] bool WaitForCancellation() const {
    return cancelled_.WaitForNotificationWithTimeout(absl::Seconds(10));
  }

  grpc::ServerUnaryReactor* Lookup(grpc::CallbackServerContext* context,
                                   const v1::LookupRequest* request,
                                   v1::LookupResponse* response) override;
  grpc::ServerUnaryReactor* BatchLookup(grpc::CallbackServerContext* context,
                                        const v1::BatchLookupRequest* request,
                                        v1::BatchLookupResponse* response) override;
  grpc::ServerWriteReactor<v1::ListRangeResponse>* ListRange(
      grpc::CallbackServerContext* context, const v1::ListRangeRequest* request) override;

 private:
  template <typename T>
  T Copy(const T& value) const {
    const std::lock_guard lock(mutex_);
    return value;
  }
  void NoteCancellation();

  mutable std::mutex mutex_;
  std::vector<v1::LookupRequest> lookups_;
  std::vector<v1::BatchLookupRequest> batches_;
  std::vector<v1::ListRangeRequest> listings_;
  std::string user_agent_;
  absl::Notification cancelled_;
};

// A gRPC server on loopback that reports itself as serving. Cancels what is
// under way when it goes.
class FakeServer {
 public:
  explicit FakeServer(grpc::Service& service,
                      const std::shared_ptr<grpc::ServerCredentials>& credentials =
                          grpc::InsecureServerCredentials());
  ~FakeServer();

  [[nodiscard]] std::string target() const;
  [[nodiscard]] int port() const { return port_; }

  // What grpc.health.v1 says of the registry's service.
  void SetServing(bool serving);

 private:
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

// A port of 127.0.0.1 that is bound and answers nothing: it refuses
// connections, or, listening, leaves them waiting.
class DeafPort {
 public:
  enum class Kind { kRefuses, kLetsWait };
  explicit DeafPort(Kind kind);
  DeafPort(const DeafPort&) = delete;
  DeafPort& operator=(const DeafPort&) = delete;
  ~DeafPort();

  [[nodiscard]] std::string target() const;

 private:
  int socket_;
  int port_ = 0;
};

// Options for `target` that retry without making a test slow.
ClientOptions OptionsFor(std::string target);

// Client::Create, which must succeed.
std::unique_ptr<Client> MakeClient(const ClientOptions& options);

// What a server with no configuration publishes.
const Publication& EmbeddedPublication();

// An error as the server makes it: with google.rpc.ErrorInfo.
grpc::Status ErrorWithReason(grpc::StatusCode code, v1::ErrorReason reason,
                             const std::string& message);

}  // namespace portreg

#endif  // PORTREG_TESTS_CLIENT_FAKE_SERVER_H_
