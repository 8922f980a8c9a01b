#include "tests/client/fake_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/answers/errors.h"
#include "grpcpp/health_check_service_interface.h"
#include "gtest/gtest.h"
#include "server/reload/registry_files.h"

namespace portreg {

FakeServer::FakeServer(grpc::Service& service,
                       const std::shared_ptr<grpc::ServerCredentials>& credentials) {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  // Accepts any number of keepalive pings from a test's client.
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, 0);
  builder.AddListeningPort("127.0.0.1:0", credentials, &port_);
  builder.RegisterService(&service);
  server_ = builder.BuildAndStart();
  if (server_ == nullptr) {
    ADD_FAILURE() << "cannot start a server";
    return;
  }
  SetServing(true);
}

FakeServer::~FakeServer() {
  if (server_ != nullptr) server_->Shutdown(std::chrono::system_clock::now());
}

std::string FakeServer::target() const { return absl::StrCat("127.0.0.1:", port_); }

void FakeServer::SetServing(bool serving) {
  server_->GetHealthCheckService()->SetServingStatus(v1::PortRegistryService::service_full_name(),
                                                     serving);
}

DeafPort::DeafPort(Kind kind) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  EXPECT_EQ(0, bind(socket_, any, size));
  EXPECT_EQ(0, getsockname(socket_, any, &size));
  port_ = ntohs(address.sin_port);
  if (kind == Kind::kLetsWait) {
    EXPECT_EQ(0, listen(socket_, 16));
  }
}

DeafPort::~DeafPort() { close(socket_); }

std::string DeafPort::target() const { return absl::StrCat("127.0.0.1:", port_); }

ClientOptions OptionsFor(std::string target) {
  ClientOptions options;
  options.target = std::move(target);
  // Long, because a loaded machine must not fail a test that does not measure time.
  options.timeout = absl::Seconds(20);
  options.retry.initial_backoff = absl::Milliseconds(1);
  options.retry.max_backoff = absl::Milliseconds(4);
  return options;
}

std::unique_ptr<Client> MakeClient(const ClientOptions& options) {
  return Client::Create(options).value();
}

std::unique_ptr<server::Server> StartServer(const server::Publication& publication,
                                            const std::string& address) {
  server::ServerOptions options;
  options.listen = {address};
  return server::Server::Start(options, publication).value();
}

const server::Publication& EmbeddedPublication() {
  static const auto* const publication = new server::Publication(server::LoadRegistry({}).value());
  return *publication;
}

grpc::Status ErrorWithReason(grpc::StatusCode code, v1::ErrorReason reason,
                             const std::string& message) {
  const absl::Status status = ErrorFor(static_cast<absl::StatusCode>(code), reason, message);
  return {code, message, DetailsBytes(status)};
}

grpc::Status ReplyTooLarge() {
  return ErrorWithReason(grpc::StatusCode::RESOURCE_EXHAUSTED,
                         v1::ERROR_REASON_BATCH_REPLY_TOO_LARGE, "too large");
}

grpc::Status AnswerOneByOne(const v1::BatchLookupRequest& request,
                            v1::BatchLookupResponse& response) {
  if (request.requests_size() > 1) return ReplyTooLarge();
  response.add_results()->mutable_response();
  return grpc::Status::OK;
}

}  // namespace portreg
