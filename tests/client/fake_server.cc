#include "tests/client/fake_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "grpcpp/health_check_service_interface.h"
#include "gtest/gtest.h"
#include "server/data.h"
#include "server/status.h"

namespace portreg {
namespace {

// Answers at once, or never.
class UnaryReactor final : public grpc::ServerUnaryReactor {
 public:
  UnaryReactor(const std::optional<grpc::Status>& status, std::function<void()> on_cancel)
      : answered_(status.has_value()), on_cancel_(std::move(on_cancel)) {
    if (status) Finish(*status);
  }

  void OnCancel() override {
    if (answered_) return;
    on_cancel_();
    Finish(grpc::Status::CANCELLED);
  }

  void OnDone() override { delete this; }

 private:
  const bool answered_;
  const std::function<void()> on_cancel_;
};

// Plays a ListScript.
class ListReactor final : public grpc::ServerWriteReactor<v1::ListRangeResponse> {
 public:
  ListReactor(ListScript script, std::function<void()> on_cancel)
      : script_(std::move(script)), on_cancel_(std::move(on_cancel)) {
    WriteNext();
  }

  void OnWriteDone(bool ok) override {
    if (ok) {
      WriteNext();
    } else {
      FinishOnce(grpc::Status::CANCELLED);
    }
  }

  void OnCancel() override {
    on_cancel_();
    FinishOnce(grpc::Status::CANCELLED);
  }

  void OnDone() override { delete this; }

 private:
  void WriteNext() {
    {
      const std::lock_guard lock(mutex_);
      if (finished_) return;
      if (next_ < script_.messages.size()) {
        StartWrite(&script_.messages[next_++]);
        return;
      }
    }
    if (script_.end) FinishOnce(*script_.end);
  }

  void FinishOnce(const grpc::Status& status) {
    {
      const std::lock_guard lock(mutex_);
      if (finished_) return;
      finished_ = true;
    }
    Finish(status);
  }

  const ListScript script_;
  const std::function<void()> on_cancel_;
  std::mutex mutex_;
  size_t next_ = 0;
  bool finished_ = false;
};

}  // namespace

std::string FakeService::user_agent() const { return Copy(user_agent_); }

void FakeService::NoteCancellation() {
  const std::lock_guard lock(mutex_);
  if (!cancelled_.HasBeenNotified()) cancelled_.Notify();
}

grpc::ServerUnaryReactor* FakeService::Lookup(grpc::CallbackServerContext* context,
                                              const v1::LookupRequest* request,
                                              v1::LookupResponse* response) {
  std::optional<grpc::Status> status;
  {
    const std::lock_guard lock(mutex_);
    lookups_.push_back(*request);
    const auto agent = context->client_metadata().find("user-agent");
    if (agent != context->client_metadata().end()) {
      user_agent_.assign(agent->second.data(), agent->second.size());
    }
    status = lookup(*request, *response);
  }
  return new UnaryReactor(status, [this] { NoteCancellation(); });
}

grpc::ServerUnaryReactor* FakeService::BatchLookup(grpc::CallbackServerContext* /*context*/,
                                                   const v1::BatchLookupRequest* request,
                                                   v1::BatchLookupResponse* response) {
  std::optional<grpc::Status> status;
  {
    const std::lock_guard lock(mutex_);
    batches_.push_back(*request);
    status = batch_lookup(*request, *response);
  }
  return new UnaryReactor(status, [this] { NoteCancellation(); });
}

grpc::ServerWriteReactor<v1::ListRangeResponse>* FakeService::ListRange(
    grpc::CallbackServerContext* /*context*/, const v1::ListRangeRequest* request) {
  ListScript script;
  {
    const std::lock_guard lock(mutex_);
    listings_.push_back(*request);
    script = list_range(*request);
  }
  return new ListReactor(std::move(script), [this] { NoteCancellation(); });
}

FakeServer::FakeServer(grpc::Service& service,
                       const std::shared_ptr<grpc::ServerCredentials>& credentials) {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
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
  // A machine under load must not fail a test that is not about time.
  options.timeout = absl::Seconds(20);
  options.retry.initial_backoff = absl::Milliseconds(1);
  options.retry.max_backoff = absl::Milliseconds(4);
  return options;
}

std::unique_ptr<Client> MakeClient(const ClientOptions& options) {
  return Client::Create(options).value();
}

const Publication& EmbeddedPublication() {
  static const auto* const publication = new Publication(LoadRegistry({}).value());
  return *publication;
}

grpc::Status ErrorWithReason(grpc::StatusCode code, v1::ErrorReason reason,
                             const std::string& message) {
  const absl::Status status = ErrorFor(static_cast<absl::StatusCode>(code), reason, message);
  return {code, message, DetailsBytes(status)};
}

}  // namespace portreg
