// Adds the empty call to portregd. The program is linked with portregd's own main(), so
// the empty call has the process, the options and the threads of the registry's calls.
#include <memory>
#include <string>

#include "bench.grpc.pb.h"
#include "grpcpp/grpcpp.h"
#include "grpcpp/impl/server_builder_plugin.h"

namespace portreg {
namespace {

using RawBenchService =
    bench::v1::BenchService::WithRawCallbackMethod_Empty<bench::v1::BenchService::Service>;

class BenchService final : public RawBenchService {
 public:
  grpc::ServerUnaryReactor* Empty(grpc::CallbackServerContext* context,
                                  const grpc::ByteBuffer* /*request*/,
                                  grpc::ByteBuffer* response) override {
    // A buffer without any slice does not count as a message.
    const grpc::Slice nothing;
    grpc::ByteBuffer(&nothing, 1).Swap(response);
    grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

class BenchPlugin final : public grpc::ServerBuilderPlugin {
 public:
  std::string name() override { return "portreg_bench"; }
  void UpdateServerBuilder(grpc::ServerBuilder* builder) override {
    // The server uses the service after its builder is destroyed, so it is never
    // destroyed.
    static auto* const service = new BenchService;
    builder->RegisterService(service);
  }
  void InitServer(grpc::ServerInitializer* /*initializer*/) override {}
  void Finish(grpc::ServerInitializer* /*initializer*/) override {}
  void ChangeArguments(const std::string& /*name*/, void* /*value*/) override {}
};

std::unique_ptr<grpc::ServerBuilderPlugin> MakePlugin() { return std::make_unique<BenchPlugin>(); }

// Registers a plugin, as gRPC's own reflection does, so that portregd's main() needs no
// change.
[[maybe_unused]] const bool kAdded = [] {
  grpc::ServerBuilder::InternalAddPluginFactory(&MakePlugin);
  return true;
}();

}  // namespace
}  // namespace portreg
