#include "portreg/testing/fake_server.h"

#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/model/registry.h"
#include "grpcpp/grpcpp.h"
#include "grpcpp/health_check_service_interface.h"
#include "portreg/v1/port_registry_service.grpc.pb.h"
#include "server/replies/grpc_conversion.h"
#include "server/service/publication.h"
#include "server/service/service.h"
#include "server/testing/records.h"
#include "server/testing/reserved_port.h"
#include "server/testing/script.h"
#include "server/testing/scripted_service.h"

namespace portreg {
namespace testing {
namespace {

using internal::RegistryOf;
using internal::ReservedPort;
using internal::Script;
using internal::ScriptedService;

// Starts a server with a health service. Restores the setting afterwards, because it
// applies to the whole process, which may have servers of the test too.
std::unique_ptr<grpc::Server> StartWithHealth(grpc::ServerBuilder& builder) {
  const bool enabled = grpc::DefaultHealthCheckServiceEnabled();
  grpc::EnableDefaultHealthCheckService(true);
  const absl::Cleanup restore = [enabled] { grpc::EnableDefaultHealthCheckService(enabled); };
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server != nullptr) {
    server->GetHealthCheckService()->SetServingStatus(v1::PortRegistryService::service_full_name(),
                                                      true);
  }
  return server;
}

}  // namespace

v1::PortRecord Record(int32_t port, absl::string_view service, v1::Transport transport,
                      v1::Layer layer) {
  return RecordRange(port, port, service, transport, layer);
}

v1::PortRecord RecordRange(int32_t first_port, int32_t last_port, absl::string_view service,
                           v1::Transport transport, v1::Layer layer) {
  v1::PortRecord record;
  record.set_first_port(first_port);
  record.set_last_port(last_port);
  record.set_service(std::string(service));
  record.set_transport(transport);
  record.set_layer(layer);
  return record;
}

struct FakeServer::Impl {
  Impl(std::unique_ptr<ReservedPort> reserved, Registry registry)
      : port(std::move(reserved)),
        target(absl::StrCat("127.0.0.1:", port->number())),
        publication(std::move(registry)) {}

  absl::Status Start() {
    const absl::MutexLock lock(&mutex);
    if (server != nullptr) return absl::OkStatus();
    service = std::make_unique<ScriptedService>(publication, script);
    std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> factories;
    factories.push_back(internal::MakeInterceptorFactory(script));
    grpc::ServerBuilder builder;
    builder.SetMaxReceiveMessageSize(kMaxRequestBytes);
    builder.AddChannelArgument(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    // Allows as many pings as portregd does. gRPC's default is one in 5 minutes.
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10'000);
    builder.AddListeningPort(target, grpc::InsecureServerCredentials());
    builder.RegisterService(service.get());
    builder.experimental().SetInterceptorCreators(std::move(factories));
    script.Resume();
    server = StartWithHealth(builder);
    if (server != nullptr) return absl::OkStatus();
    return absl::UnavailableError(absl::StrCat("cannot listen on ", target));
  }

  void Stop() {
    const absl::MutexLock lock(&mutex);
    if (server == nullptr) return;
    // Ends delays first, because Shutdown waits for delayed calls.
    script.Stop();
    service->Stop();
    server->Shutdown(server::After(absl::ZeroDuration()));
    server.reset();
  }

  const std::unique_ptr<ReservedPort> port;
  const std::string target;
  server::Publication publication;
  Script script;
  // Held for the whole of a start or a stop.
  absl::Mutex mutex;
  std::unique_ptr<ScriptedService> service ABSL_GUARDED_BY(mutex);
  std::unique_ptr<grpc::Server> server ABSL_GUARDED_BY(mutex);
};

absl::StatusOr<std::unique_ptr<FakeServer>> FakeServer::Start(
    const std::vector<v1::PortRecord>& records) {
  absl::StatusOr<Registry> registry = RegistryOf(records);
  if (!registry.ok()) return registry.status();
  absl::StatusOr<std::unique_ptr<ReservedPort>> port = ReservedPort::Create();
  if (!port.ok()) return port.status();
  auto impl = std::make_unique<Impl>(*std::move(port), *std::move(registry));
  if (absl::Status status = impl->Start(); !status.ok()) return status;
  return std::unique_ptr<FakeServer>(new FakeServer(std::move(impl)));
}

FakeServer::FakeServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

FakeServer::~FakeServer() { Stop(); }

const std::string& FakeServer::target() const { return impl_->target; }

std::string FakeServer::revision() const {
  return impl_->publication.Current()->registry.revision();
}

absl::Status FakeServer::SetRecords(const std::vector<v1::PortRecord>& records) {
  absl::StatusOr<Registry> registry = RegistryOf(records);
  if (!registry.ok()) return registry.status();
  impl_->publication.Publish(*std::move(registry));
  return absl::OkStatus();
}

void FakeServer::FailNext(const absl::Status& status, int calls) {
  impl_->script.FailNext(status, calls);
}

void FakeServer::Delay(absl::Duration delay) { impl_->script.SetDelay(delay); }

void FakeServer::Stop() { impl_->Stop(); }

absl::Status FakeServer::Restart() { return impl_->Start(); }

std::vector<Call> FakeServer::calls() const { return impl_->script.calls(); }

bool FakeServer::WaitForCalls(size_t count, absl::Duration timeout) const {
  return impl_->script.WaitForCalls(count, timeout);
}

}  // namespace testing
}  // namespace portreg
