// Starts a TLS server and makes calls to it. It has no RPCs, because the tests only check
// which clients get through the handshake and the checks.
#ifndef PORTREG_TESTS_SERVER_TLS_SERVER_H_
#define PORTREG_TESTS_SERVER_TLS_SERVER_H_

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "grpcpp/generic/async_generic_service.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/grpcpp.h"
#include "server/tls/serving_certificates.h"
#include "tests/common/certificates.h"

namespace portreg::server {

// The status of a call that got through to the server, which has no RPCs.
inline constexpr grpc::StatusCode kGotThrough = grpc::StatusCode::UNIMPLEMENTED;

// Ends each call with the error of a check, or with kGotThrough.
class CheckingService final : public grpc::CallbackGenericService {
 public:
  using Check = std::function<absl::Status(const grpc::AuthContext&)>;
  explicit CheckingService(Check check) : check_(std::move(check)) {}

 private:
  struct Reactor final : grpc::ServerGenericBidiReactor {
    void OnDone() override { delete this; }
  };

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    const absl::Status status =
        check_ ? check_(*context->auth_context()) : absl::UnimplementedError("got through");
    auto* const reactor = new Reactor;
    reactor->Finish({status.ok() ? kGotThrough : static_cast<grpc::StatusCode>(status.code()),
                     std::string(status.message())});
    return reactor;
  }

  const Check check_;
};

class TlsServer {
 public:
  explicit TlsServer(const ServingCertificates& certificates, CheckingService::Check check = {})
      : service_(std::move(check)) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", certificates.Credentials(), &port_);
    builder.RegisterCallbackGenericService(&service_);
    server_ = builder.BuildAndStart();
  }

  [[nodiscard]] std::string target() const { return absl::StrCat("127.0.0.1:", port_); }

 private:
  CheckingService service_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

// Returns a channel with its own connection. Without `identity` the client presents no
// certificate.
inline std::shared_ptr<grpc::Channel> TlsChannel(const std::string& target,
                                                 const Authority& authority,
                                                 const Identity& identity = {}) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  const grpc::SslCredentialsOptions options{.pem_root_certs = authority.certificate(),
                                            .pem_private_key = identity.key,
                                            .pem_cert_chain = identity.certificate};
  return grpc::CreateCustomChannel(target, grpc::SslCredentials(options), arguments);
}

struct TlsAnswer {
  grpc::Status status;
  // The certificate that the server presented, as PEM; empty if there was none.
  std::string server_certificate;
};

inline TlsAnswer CallTls(const std::shared_ptr<grpc::Channel>& channel) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
  const grpc::Slice nothing;
  const grpc::ByteBuffer request(&nothing, 1);
  grpc::ByteBuffer response;
  std::promise<grpc::Status> done;
  stub.UnaryCall(&context, "/portreg.test/Call", grpc::StubOptions(), &request, &response,
                 [&done](const grpc::Status& status) { done.set_value(status); });
  TlsAnswer answer{.status = done.get_future().get(), .server_certificate = {}};
  const auto shown = context.auth_context()
                         ? context.auth_context()->FindPropertyValues("x509_pem_cert")
                         : std::vector<grpc::string_ref>();
  if (!shown.empty()) answer.server_certificate.assign(shown[0].data(), shown[0].size());
  return answer;
}

}  // namespace portreg::server

#endif  // PORTREG_TESTS_SERVER_TLS_SERVER_H_
