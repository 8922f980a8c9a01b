// Asks a port-number registry.
#ifndef PORTREG_CLIENT_H_
#define PORTREG_CLIENT_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "portreg/async.h"
#include "portreg/async_record_stream.h"
#include "portreg/call_options.h"
#include "portreg/client_options.h"
#include "portreg/record_stream.h"
#include "portreg/v1/port_registry_service.grpc.pb.h"
#include "portreg/v1/port_registry_service.pb.h"
#include "portreg/watcher.h"

namespace grpc {
class ChannelCredentials;
}  // namespace grpc

namespace portreg {

namespace internal {
class Coalescer;
class Connection;
}  // namespace internal

// Asks a portregd what port numbers are.
//
//   portreg::ClientOptions options;
//   options.target = "dns:///portreg.internal:6335";
//   absl::StatusOr<std::unique_ptr<portreg::Client>> client =
//       portreg::Client::Create(options);
//   if (!client.ok()) return client.status();
//   absl::StatusOr<portreg::v1::LookupResponse> answer = (*client)->LookupPort(443);
//
// portreg/v1/port_registry_service.proto documents at each RPC what the call means
// and why it can fail; ErrorReason() in portreg/error.h reads the reason. Every call
// can also fail with UNAVAILABLE if no server could be reached, DEADLINE_EXCEEDED if
// the answer took too long, and INTERNAL if the reply cannot be parsed, is
// compressed, or breaks the contract, for example by a wrong number of results or a
// port outside 0-65535. Enum values that this version does not know are passed on,
// because a later server may have more.
//
// A call blocks until its answer has come. Its twin with the suffix Async does not:
// it passes the same outcome to a callback, which may run after the client has been
// destroyed. Timeouts and retries are set by ClientOptions; CallOptions set the
// timeout and the metadata of one call, which fails with INVALID_ARGUMENT if one of
// them is out of bounds.
//
// Thread-safe. A program should share one client, because it holds the connections.
class Client {
 public:
  // Makes a client; its first call opens a connection. INVALID_ARGUMENT for options
  // out of bounds and for an unusable target. For a TLS file, which the message
  // names: NOT_FOUND, PERMISSION_DENIED, or INVALID_ARGUMENT if it is too large,
  // has the wrong content, or cannot lead to a successful handshake, such as a
  // certificate that is expired, is not for clients, or does not match its key.
  static absl::StatusOr<std::unique_ptr<Client>> Create(const ClientOptions& options = {});

  // Makes a client whose channel has these credentials, such as those of
  // grpc::CompositeChannelCredentials. ClientOptions::tls must be absent. Like
  // TlsOptions, affects the TLS contexts that the process creates afterwards.
  // INVALID_ARGUMENT for null credentials, and as above.
  static absl::StatusOr<std::unique_ptr<Client>> Create(
      const ClientOptions& options, const std::shared_ptr<grpc::ChannelCredentials>& credentials);

  // Makes a client that calls over an existing channel, which it shares. Only these
  // options apply: timeouts, coalesce_lookups, retry for listings, and target, which
  // names the server in messages. ClientOptions::tls must be absent. The channel
  // decides about everything else, such as retries, keepalive and the size of
  // replies. INVALID_ARGUMENT for a null channel, and for options out of bounds.
  static absl::StatusOr<std::unique_ptr<Client>> CreateWithChannel(
      std::shared_ptr<grpc::Channel> channel, const ClientOptions& options = {});

  // Makes a client that calls `stub`, such as portreg::testing::MockStub; it must
  // not be null. Only these options apply: timeouts, retry for listings, and
  // coalesce_lookups, which needs a stub with asynchronous calls.
  explicit Client(std::shared_ptr<v1::PortRegistryService::StubInterface> stub,
                  ClientOptions options = {});

  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client();

  // Looks up a port or a service name. NOT_FOUND if no record has the name.
  absl::StatusOr<v1::LookupResponse> Lookup(const v1::LookupRequest& request,
                                            const CallOptions& call = {}) const;

  // Lookup without blocking.
  PendingCall LookupAsync(const v1::LookupRequest& request, Callback<v1::LookupResponse> callback,
                          const CallOptions& call = {}) const;

  // Looks up a port, 0-65535, on every transport.
  absl::StatusOr<v1::LookupResponse> LookupPort(int32_t port, const CallOptions& call = {}) const;

  // LookupPort without blocking.
  PendingCall LookupPortAsync(int32_t port, Callback<v1::LookupResponse> callback,
                              const CallOptions& call = {}) const;

  // Looks up a service name, 1-64 bytes, on every transport. NOT_FOUND if no record
  // has it.
  absl::StatusOr<v1::LookupResponse> LookupService(absl::string_view service,
                                                   const CallOptions& call = {}) const;

  // LookupService without blocking.
  PendingCall LookupServiceAsync(absl::string_view service, Callback<v1::LookupResponse> callback,
                                 const CallOptions& call = {}) const;

  // Makes at most 1,000 lookups in one call. If the reply would be too large for one
  // message, the lookups are made in several calls within one timeout. Then ABORTED
  // if the registry changed between them in each of three attempts, and
  // RESOURCE_EXHAUSTED if their replies take more than 64 MiB.
  absl::StatusOr<v1::BatchLookupResponse> BatchLookup(const v1::BatchLookupRequest& request,
                                                      const CallOptions& call = {}) const;

  // BatchLookup without blocking.
  PendingCall BatchLookupAsync(const v1::BatchLookupRequest& request,
                               Callback<v1::BatchLookupResponse> callback,
                               const CallOptions& call = {}) const;

  // Returns the class of a port, and reasons for and against choosing it.
  absl::StatusOr<v1::ClassifyResponse> Classify(const v1::ClassifyRequest& request,
                                                const CallOptions& call = {}) const;

  // Classify without blocking.
  PendingCall ClassifyAsync(const v1::ClassifyRequest& request,
                            Callback<v1::ClassifyResponse> callback,
                            const CallOptions& call = {}) const;

  // Returns what speaks against using some ports for some services, for at most 1,000
  // claims at once. `results(i)` is about `request.claims(i)`; its first finding is the
  // gravest, and a claim that nothing speaks against may have findings of SEVERITY_INFO.
  absl::StatusOr<v1::CheckResponse> Check(const v1::CheckRequest& request,
                                          const CallOptions& call = {}) const;

  // Check without blocking.
  PendingCall CheckAsync(const v1::CheckRequest& request, Callback<v1::CheckResponse> callback,
                         const CallOptions& call = {}) const;

  // Returns ports that nothing speaks against; fewer than `request.count()`, or none, if
  // there are not enough. Suggesting a port does not reserve it.
  absl::StatusOr<v1::SuggestResponse> Suggest(const v1::SuggestRequest& request,
                                              const CallOptions& call = {}) const;

  // Suggest without blocking.
  PendingCall SuggestAsync(const v1::SuggestRequest& request,
                           Callback<v1::SuggestResponse> callback,
                           const CallOptions& call = {}) const;

  // Returns the records that match words, best first, at most 500; perhaps none.
  absl::StatusOr<v1::SearchResponse> Search(const v1::SearchRequest& request,
                                            const CallOptions& call = {}) const;

  // Search without blocking.
  PendingCall SearchAsync(const v1::SearchRequest& request, Callback<v1::SearchResponse> callback,
                          const CallOptions& call = {}) const;

  // Lists the records of a range of ports. The call begins when the first record is
  // read. The stream reports all errors, including those of the request and of the
  // options.
  [[nodiscard]] RecordStream ListRange(const v1::ListRangeRequest& request,
                                       const CallOptions& call = {}) const;

  // ListRange without blocking.
  [[nodiscard]] AsyncRecordStream ListRangeAsync(const v1::ListRangeRequest& request,
                                                 const CallOptions& call = {}) const;

  // Returns the server's registry: its revision, its layers, and their sources.
  absl::StatusOr<v1::GetRegistryInfoResponse> GetRegistryInfo(const CallOptions& call = {}) const;

  // GetRegistryInfo without blocking.
  PendingCall GetRegistryInfoAsync(Callback<v1::GetRegistryInfoResponse> callback,
                                   const CallOptions& call = {}) const;

  // Calls `on_revision` with each revision that the server begins to serve, never
  // twice in succession with the same one, as long as the watcher exists. It
  // continues when servers stop, restart or end the stream. See portreg/watcher.h.
  [[nodiscard]] Watcher Watch(RevisionCallback on_revision, WatchOptions options = {}) const;

 private:
  explicit Client(std::shared_ptr<const internal::Connection> connection);

  std::shared_ptr<const internal::Connection> connection_;
  // Null unless lookups share calls.
  std::unique_ptr<internal::Coalescer> coalescer_;
};

}  // namespace portreg

#endif  // PORTREG_CLIENT_H_
