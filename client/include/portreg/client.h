// The client of a port-number registry.
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
// What each call means, and the reasons it can fail for, is written at its RPC
// in portreg/v1/port_registry_service.proto; ErrorReason() in portreg/error.h
// reads the reason. Besides these: UNAVAILABLE if no server could be reached,
// DEADLINE_EXCEEDED if the answer took too long, INTERNAL if the reply cannot be
// parsed, is compressed, or breaks the contract, as by another number of results
// than requests or by ports outside 0-65535. Values of enums that this version
// does not know are given out as they are: a later server may have more.
//
// Each call blocks until its answer is there, and has a twin that does not: it
// gives the same outcome to a callback, which may come after the client has
// gone. Calls have a deadline, and are retried by ClientOptions. CallOptions
// set either for one call, and its metadata; INVALID_ARGUMENT, naming it, for
// one out of bounds.
//
// Any number of threads may use one client at once, and should: it holds the
// connections.
class Client {
 public:
  // Makes a client; connections are opened by the first call.
  // INVALID_ARGUMENT for options out of bounds, and for an unusable target; for a
  // TLS file, naming it, NOT_FOUND, PERMISSION_DENIED, or INVALID_ARGUMENT if it is
  // too large, does not hold what it is there for, or no handshake can succeed
  // with it: a pair that does not match, a certificate that is expired or not for
  // clients.
  static absl::StatusOr<std::unique_ptr<Client>> Create(const ClientOptions& options = {});

  // A client that calls `stub`, such as portreg::testing::MockStub in a test; it
  // must not be null. Of the options only those about time, a listing's
  // retries and coalescing count; the latter needs asynchronous calls.
  explicit Client(std::shared_ptr<v1::PortRegistryService::StubInterface> stub,
                  ClientOptions options = {});

  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client();

  // What a port or a service name is. NOT_FOUND if no record has the name.
  absl::StatusOr<v1::LookupResponse> Lookup(const v1::LookupRequest& request,
                                            const CallOptions& call = {}) const;

  // Lookup, to a callback.
  PendingCall LookupAsync(const v1::LookupRequest& request, Callback<v1::LookupResponse> callback,
                          const CallOptions& call = {}) const;

  // Lookup of a port, 0-65535, on every transport.
  absl::StatusOr<v1::LookupResponse> LookupPort(int32_t port, const CallOptions& call = {}) const;

  // Lookup of a service name, 1-64 bytes, on every transport. NOT_FOUND if no
  // record has it.
  absl::StatusOr<v1::LookupResponse> LookupService(absl::string_view service,
                                                   const CallOptions& call = {}) const;

  // At most 1,000 lookups. A reply that would be too large for one message is
  // asked for in parts, all within one timeout; ABORTED if the registry changed
  // between them three times over, RESOURCE_EXHAUSTED if the parts take more than
  // 64 MiB.
  absl::StatusOr<v1::BatchLookupResponse> BatchLookup(const v1::BatchLookupRequest& request,
                                                      const CallOptions& call = {}) const;

  // BatchLookup, to a callback.
  PendingCall BatchLookupAsync(const v1::BatchLookupRequest& request,
                               Callback<v1::BatchLookupResponse> callback,
                               const CallOptions& call = {}) const;

  // The class of a port, and what speaks for and against choosing it.
  absl::StatusOr<v1::ClassifyResponse> Classify(const v1::ClassifyRequest& request,
                                                const CallOptions& call = {}) const;

  // Classify, to a callback.
  PendingCall ClassifyAsync(const v1::ClassifyRequest& request,
                            Callback<v1::ClassifyResponse> callback,
                            const CallOptions& call = {}) const;

  // The records that words lead to, best first, at most 500; perhaps none.
  absl::StatusOr<v1::SearchResponse> Search(const v1::SearchRequest& request,
                                            const CallOptions& call = {}) const;

  // Search, to a callback.
  PendingCall SearchAsync(const v1::SearchRequest& request, Callback<v1::SearchResponse> callback,
                          const CallOptions& call = {}) const;

  // The records of a range of ports. The listing begins with the stream's first
  // Next(); errors, those about the request and the options among them, are the
  // stream's.
  [[nodiscard]] RecordStream ListRange(const v1::ListRangeRequest& request,
                                       const CallOptions& call = {}) const;

  // ListRange, its messages to callbacks.
  [[nodiscard]] AsyncRecordStream ListRangeAsync(const v1::ListRangeRequest& request,
                                                 const CallOptions& call = {}) const;

  // Which registry answers: its revision, its layers, and where they come from.
  absl::StatusOr<v1::GetRegistryInfoResponse> GetRegistryInfo(const CallOptions& call = {}) const;

  // GetRegistryInfo, to a callback.
  PendingCall GetRegistryInfoAsync(Callback<v1::GetRegistryInfoResponse> callback,
                                   const CallOptions& call = {}) const;

  // Tells `on_revision` each revision that the server begins to serve, none
  // twice in succession, for as long as the watcher lives: across servers that
  // stop, restart or end the stream. See portreg/watcher.h.
  [[nodiscard]] Watcher Watch(RevisionCallback on_revision, WatchOptions options = {}) const;

 private:
  explicit Client(std::shared_ptr<const internal::Connection> connection);

  std::shared_ptr<const internal::Connection> connection_;
  // Null unless lookups share calls.
  std::unique_ptr<internal::Coalescer> coalescer_;
};

}  // namespace portreg

#endif  // PORTREG_CLIENT_H_
