// What a Client and its RecordStreams share.
#ifndef PORTREG_CLIENT_CONNECTION_H_
#define PORTREG_CLIENT_CONNECTION_H_

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "client/status.h"
#include "grpcpp/grpcpp.h"
#include "portreg/client_options.h"
#include "portreg/v1/port_registry_service.grpc.pb.h"

namespace portreg::internal {

using Stub = v1::PortRegistryService::StubInterface;

// A stub, how to call it, and how to explain its failures. Any number of
// threads may use it at once.
class Connection {
 public:
  // `channel` is the stub's, or null where a test brought the stub.
  Connection(std::shared_ptr<Stub> stub, std::shared_ptr<grpc::Channel> channel,
             ClientOptions options)
      : stub_(std::move(stub)), channel_(std::move(channel)), options_(std::move(options)) {}

  [[nodiscard]] const ClientOptions& options() const { return options_; }
  [[nodiscard]] Stub& stub() const { return *stub_; }

  // When a call that begins now must be over.
  [[nodiscard]] absl::Time Deadline() const { return absl::Now() + options_.timeout; }

  // Makes one blocking call that must be over at `deadline`.
  template <typename Request, typename Response>
  absl::StatusOr<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                             Response*),
                                const Request& request, absl::Time deadline) const {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(deadline));
    Response response;
    const grpc::Status status = (stub_.get()->*method)(&context, request, &response);
    if (!status.ok()) return Explain(status, options_.timeout);
    return response;
  }

  // Waits until the channel is connected or has failed to, at most the options'
  // timeout, as a listing may take longer than a connection, and not beyond
  // `deadline`. UNAVAILABLE, naming the target, if neither has happened.
  [[nodiscard]] absl::Status AwaitConnection(absl::Time deadline) const;

  // The status for the caller. A call that ran out of time before there was a
  // connection tells of that: UNAVAILABLE, naming the target.
  [[nodiscard]] absl::Status Explain(const grpc::Status& status, absl::Duration timeout) const;

 private:
  const std::shared_ptr<Stub> stub_;
  const std::shared_ptr<grpc::Channel> channel_;
  const ClientOptions options_;
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_CONNECTION_H_
