// What a Client, its calls and its streams share.
#ifndef PORTREG_CLIENT_CONNECTION_H_
#define PORTREG_CLIENT_CONNECTION_H_

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/call_terms.h"
#include "client/line.h"
#include "client/renewed_line.h"
#include "common/monotonic_time.h"
#include "grpcpp/grpcpp.h"
#include "portreg/client_options.h"
#include "portreg/v1/port_registry_service.grpc.pb.h"

namespace portreg::internal {

// A stub, how to call it, and how to explain its failures. Any number of
// threads may use it at once.
class Connection {
 public:
  // `channel` is the stub's, or null where a test brought the stub.
  Connection(std::shared_ptr<Stub> stub, std::shared_ptr<grpc::Channel> channel,
             ClientOptions options)
      : line_{std::move(stub), std::move(channel)}, options_(std::move(options)) {}
  // With TLS, whose files may change.
  Connection(std::unique_ptr<RenewedLine> line, ClientOptions options)
      : renewed_(std::move(line)), options_(std::move(options)) {}

  [[nodiscard]] const ClientOptions& options() const { return options_; }
  // The stub and the channel for a call that starts now. Whoever starts it holds
  // them until it has started.
  [[nodiscard]] std::shared_ptr<Stub> stub() const { return CurrentLine().stub; }
  // Null where a test brought the stub.
  [[nodiscard]] std::shared_ptr<grpc::Channel> channel() const { return CurrentLine().channel; }
  // The stub for calls that do not block. Null where a test's stub has none.
  [[nodiscard]] std::shared_ptr<Stub::async_interface> async_stub() const;

  // The terms of a call with `options`; of a listing, unless they say more, the
  // client's list_timeout holds.
  [[nodiscard]] absl::StatusOr<CallTerms> Terms(const CallOptions& options) const {
    return CallTerms::Create(options, options_.timeout);
  }
  [[nodiscard]] absl::StatusOr<CallTerms> ListingTerms(const CallOptions& options) const {
    return CallTerms::Create(options, options_.list_timeout);
  }

  // Makes one blocking call that must be over at `deadline`.
  template <typename Request, typename Response>
  absl::StatusOr<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                             Response*),
                                const Request& request, const CallTerms& terms,
                                MonotonicTime deadline) const {
    grpc::ClientContext context;
    terms.Apply(deadline, context);
    Response response;
    const std::shared_ptr<Stub> called = stub();
    const grpc::Status status = (called.get()->*method)(&context, request, &response);
    if (!status.ok()) return Explain(status, terms.timeout());
    return response;
  }

  // The same, on the terms of `options`.
  template <typename Request, typename Response>
  absl::StatusOr<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                             Response*),
                                const Request& request, const CallOptions& options) const {
    const absl::StatusOr<CallTerms> terms = Terms(options);
    if (!terms.ok()) return terms.status();
    return Call(method, request, *terms, terms->Deadline());
  }

  // Whether later calls may go over another channel than those before.
  [[nodiscard]] bool renews() const { return renewed_ != nullptr; }

  // How long a listing of these terms waits for a connection, which may take it
  // less time than its records do.
  [[nodiscard]] absl::Duration ConnectTimeout(const CallTerms& terms) const;

  // Waits until the channel is connected or has failed to. UNAVAILABLE, naming
  // the target, if neither has happened within `timeout`.
  [[nodiscard]] absl::Status AwaitConnection(absl::Duration timeout) const;

  // Whether the channel is connected.
  [[nodiscard]] bool connected() const;

  // UNAVAILABLE, naming the target: what a call of `timeout` fails with that
  // finds no connection.
  [[nodiscard]] absl::Status NoConnection(absl::Duration timeout) const;

  // The status for the caller. A call that ran out of time before there was a
  // connection tells of that, and one that got no connection over TLS or towards
  // it says what to do.
  [[nodiscard]] absl::Status Explain(const grpc::Status& status, absl::Duration timeout) const;

  // The same for a status of a stream, which has no time of its own to run out of.
  [[nodiscard]] absl::Status Explain(const grpc::Status& status) const;

 private:
  [[nodiscard]] Line CurrentLine() const {
    return renewed_ != nullptr ? renewed_->Current() : line_;
  }

  const Line line_;
  // With TLS, in the place of line_.
  const std::unique_ptr<RenewedLine> renewed_;
  const ClientOptions options_;
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_CONNECTION_H_
