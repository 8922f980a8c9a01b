// Makes calls for the parts of a client that are tested without gRPC.
#ifndef PORTREG_CLIENT_CONNECTIONS_BACKEND_H_
#define PORTREG_CLIENT_CONNECTIONS_BACKEND_H_

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/calls/cancellable.h"
#include "client/calls/checked_call_options.h"
#include "client/calls/clock.h"
#include "common/system/monotonic_time.h"
#include "grpcpp/support/status.h"
#include "portreg/async.h"
#include "portreg/client_options.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::internal {

// Describes a call or a stream to be made.
struct CallTerms {
  MonotonicTime deadline = MonotonicTime::InfiniteFuture();
  CallMetadata metadata;
  // True if it waits for a connection instead of failing with UNAVAILABLE.
  bool wait_for_ready = false;
};

// A call of one lookup or of a batch, which begins with one of the Start
// methods. The request and the response must live until `done` has returned.
class LookupRpc : public Cancellable {
 public:
  using Done = std::function<void(const grpc::Status&)>;

  virtual void StartSingle(const v1::LookupRequest& request, v1::LookupResponse& response,
                           Done done) = 0;
  virtual void StartBatch(const v1::BatchLookupRequest& request, v1::BatchLookupResponse& response,
                          Done done) = 0;
};

// Receives what a MessageStream reads, one call at a time; perhaps within the
// stream's Start() or Read(), as with the stub of a test.
template <typename Response>
class StreamListener {
 public:
  virtual ~StreamListener() = default;

  // Takes a message. Returns true if the next one is to be read at once; otherwise
  // nothing is read before MessageStream::Read().
  virtual bool OnMessage(Response message) = 0;

  // Takes the end of the stream. Nothing is called after it.
  virtual void OnEnd(const grpc::Status& status) = 0;
};

// A stream of messages from the server. It holds its listener until it has ended,
// and ends only when a read fails.
class MessageStream : public Cancellable {
 public:
  // Begins the call and the first read. Must be called once.
  virtual void Start() = 0;

  // Begins the next read. Requires that none is under way.
  virtual void Read() = 0;
};

// Makes calls, and explains how they ended. Thread-safe.
class Backend {
 public:
  virtual ~Backend() = default;

  [[nodiscard]] virtual Clock& clock() const = 0;
  [[nodiscard]] virtual const ClientOptions& options() const = 0;

  // Returns true if calls can be made that do not block: the stub of a test may
  // have none. Everything but Lookup() requires it.
  [[nodiscard]] virtual bool HasAsyncCalls() const = 0;
  // Returns true if the channel is connected.
  [[nodiscard]] virtual bool connected() const = 0;
  // Returns true if later calls may go over another channel than earlier ones.
  [[nodiscard]] virtual bool renews() const = 0;

  // Returns the caller's status of a call of `timeout` that ended with `status`.
  [[nodiscard]] virtual absl::Status Explain(const grpc::Status& status,
                                             absl::Duration timeout) const = 0;
  // The same for a stream, which has no timeout.
  [[nodiscard]] virtual absl::Status Explain(const grpc::Status& status) const = 0;
  // Returns UNAVAILABLE for a call that found no connection within `timeout`.
  [[nodiscard]] virtual absl::Status NoConnection(absl::Duration timeout) const = 0;

  // Looks up one key, and blocks until the answer has come.
  [[nodiscard]] virtual absl::StatusOr<v1::LookupResponse> Lookup(const v1::LookupRequest& request,
                                                                  const CheckedCallOptions& options,
                                                                  MonotonicTime deadline) const = 0;
  // Looks up one key. The result cancels the call.
  virtual std::shared_ptr<Cancellable> LookupAsync(const v1::LookupRequest& request,
                                                   const CheckedCallOptions& options,
                                                   MonotonicTime deadline,
                                                   Callback<v1::LookupResponse> callback) const = 0;

  // Return calls that have not begun.
  [[nodiscard]] virtual std::unique_ptr<LookupRpc> NewLookupRpc(const CallTerms& terms) const = 0;
  [[nodiscard]] virtual std::shared_ptr<MessageStream> NewListing(
      const v1::ListRangeRequest& request, const CallTerms& terms,
      std::shared_ptr<StreamListener<v1::ListRangeResponse>> listener) const = 0;
  [[nodiscard]] virtual std::shared_ptr<MessageStream> NewWatch(
      const v1::WatchRequest& request, const CallTerms& terms,
      std::shared_ptr<StreamListener<v1::WatchResponse>> listener) const = 0;
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_CONNECTIONS_BACKEND_H_
