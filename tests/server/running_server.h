// Starts servers in the test's process and makes calls to them.
#ifndef PORTREG_TESTS_SERVER_RUNNING_SERVER_H_
#define PORTREG_TESTS_SERVER_RUNNING_SERVER_H_

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/model/registry.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/grpcpp.h"
#include "portreg/v1/port_registry_service.grpc.pb.h"
#include "server/net/server.h"
#include "server/service/publication.h"
#include "tests/common/test_layers.h"

namespace portreg::server {

inline std::shared_ptr<grpc::Channel> ChannelTo(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  // Each channel has its own connection, even to an address that was used before.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  // Limits the stream's flow-control window, so that the server soon waits for a slow reader.
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  arguments.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 64 << 10);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

// Returns a context for one call, with a deadline of 30 s.
inline std::unique_ptr<grpc::ClientContext> Context() {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
  return context;
}

// Calls a unary method with a serialised request. Stores the serialised reply in `response`.
inline grpc::Status CallRaw(const std::string& address, const std::string& method,
                            const std::string& request, std::string* response = nullptr) {
  grpc::GenericStub stub(ChannelTo(address));
  const std::unique_ptr<grpc::ClientContext> context = Context();
  const grpc::Slice slice(request);
  const grpc::ByteBuffer in(&slice, 1);
  grpc::ByteBuffer out;
  std::promise<grpc::Status> status;
  stub.UnaryCall(context.get(), method, grpc::StubOptions(), &in, &out,
                 [&status](const grpc::Status& done) { status.set_value(done); });
  const grpc::Status done = status.get_future().get();
  grpc::Slice bytes;
  if (done.ok() && response != nullptr && out.DumpToSingleSlice(&bytes).ok()) {
    response->assign(reinterpret_cast<const char*>(bytes.begin()), bytes.size());
  }
  return done;
}

// A server that publishes a registry, by default on a free port of loopback.
class RunningServer {
 public:
  explicit RunningServer(Registry registry, std::vector<std::string> listen = {"127.0.0.1:0"})
      : RunningServer(std::move(registry), ServerOptions{}, std::move(listen)) {}

  RunningServer(Registry registry, ServerOptions options,
                std::vector<std::string> listen = {"127.0.0.1:0"})
      : publication_(std::move(registry)),
        server_(Start(std::move(options), std::move(listen), publication_)),
        stub_(v1::PortRegistryService::NewStub(ChannelTo(address()))) {}

  [[nodiscard]] const std::string& address() const { return server_->addresses()[0]; }
  [[nodiscard]] Server& server() { return *server_; }
  [[nodiscard]] Publication& publication() { return publication_; }
  [[nodiscard]] v1::PortRegistryService::Stub& stub() { return *stub_; }

 private:
  static std::unique_ptr<Server> Start(ServerOptions options, std::vector<std::string> listen,
                                       const Publication& publication) {
    options.listen = std::move(listen);
    return Server::Start(options, publication).value();
  }

  Publication publication_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<v1::PortRegistryService::Stub> stub_;
};

inline Registry SmallRegistry(absl::string_view name = "http") {
  return MakeRegistry({.iana = absl::StrCat(name, ",80,tcp,Web\n,81,,Unassigned\n")});
}

// Returns a registry so large that a listing of it fills every buffer between server and
// client.
inline Registry LargeRegistry() {
  std::string rows;
  for (int i = 0; i < 4000; ++i) {
    absl::StrAppend(&rows, "a", i, ",", i, ",tcp,", std::string(1000, 'x'), "\n");
  }
  return MakeRegistry({.iana = rows});
}

inline grpc::Status LookUp(v1::PortRegistryService::Stub& stub, int port,
                           v1::LookupResponse* response) {
  v1::LookupRequest request;
  request.set_port(port);
  return stub.Lookup(Context().get(), request, response);
}

// Makes a lookup at the address and returns its status.
inline grpc::Status Ask(const std::string& address) {
  v1::LookupResponse response;
  return LookUp(*v1::PortRegistryService::NewStub(ChannelTo(address)), 80, &response);
}

}  // namespace portreg::server

#endif  // PORTREG_TESTS_SERVER_RUNNING_SERVER_H_
