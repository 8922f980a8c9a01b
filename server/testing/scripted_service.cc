#include "server/testing/scripted_service.h"

#include <map>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "grpcpp/alarm.h"
#include "server/service/correlation.h"

namespace portreg::testing::internal {
namespace {

using grpc::experimental::InterceptionHookPoints;

// The type of the payload in statuses of the client library; see portreg/error.h.
constexpr absl::string_view kStatusDetailsUrl = "type.googleapis.com/google.rpc.Status";

grpc::Status ToGrpcStatus(const absl::Status& status) {
  const absl::Cord details = status.GetPayload(kStatusDetailsUrl).value_or(absl::Cord());
  return {static_cast<grpc::StatusCode>(status.code()), std::string(status.message()),
          std::string(details)};
}

class FailedStream final : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  explicit FailedStream(const grpc::Status& status) { Finish(status); }
  void OnDone() override { delete this; }
};

class ScriptInterceptor final : public grpc::experimental::Interceptor {
 public:
  ScriptInterceptor(Script& script, absl::string_view method) : script_(script), method_(method) {}

  void Intercept(grpc::experimental::InterceptorBatchMethods* batch) override {
    if (!batch->QueryInterceptionHookPoint(InterceptionHookPoints::POST_RECV_INITIAL_METADATA)) {
      batch->Proceed();
      return;
    }
    Call call{method_, {}};
    for (const auto& [name, value] : *batch->GetRecvInitialMetadata()) {
      call.metadata.emplace(std::string(name.data(), name.size()),
                            std::string(value.data(), value.size()));
    }
    // The service gets the call when the batch proceeds.
    script_.Arrive(std::move(call), alarm_, [batch] { batch->Proceed(); });
  }

 private:
  Script& script_;
  const std::string method_;
  grpc::Alarm alarm_;
};

class ScriptInterceptorFactory final
    : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  explicit ScriptInterceptorFactory(Script& script) : script_(script) {}

  grpc::experimental::Interceptor* CreateServerInterceptor(
      grpc::experimental::ServerRpcInfo* info) override {
    absl::string_view method = info->method();
    // Skips calls of other services, such as health checks.
    const std::string service =
        absl::StrCat("/", v1::PortRegistryService::service_full_name(), "/");
    if (!absl::ConsumePrefix(&method, service)) return nullptr;
    return new ScriptInterceptor(script_, method);
  }

 private:
  Script& script_;
};

}  // namespace

grpc::ServerUnaryReactor* ScriptedService::Answer(server::Method method,
                                                  grpc::CallbackServerContext& context,
                                                  const grpc::ByteBuffer& request,
                                                  grpc::ByteBuffer& response) {
  const absl::Status failure = script_.TakeFailure();
  if (failure.ok()) return service_.Answer(method, context, request, response);
  server::EchoCorrelation(context);
  grpc::ServerUnaryReactor* const reactor = context.DefaultReactor();
  reactor->Finish(ToGrpcStatus(failure));
  return reactor;
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* ScriptedService::Stream(
    server::Method method, grpc::CallbackServerContext& context, const grpc::ByteBuffer& request) {
  const absl::Status failure = script_.TakeFailure();
  if (failure.ok()) return service_.Stream(method, context, request);
  server::EchoCorrelation(context);
  return new FailedStream(ToGrpcStatus(failure));
}

std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> MakeInterceptorFactory(
    Script& script) {
  return std::make_unique<ScriptInterceptorFactory>(script);
}

}  // namespace portreg::testing::internal
