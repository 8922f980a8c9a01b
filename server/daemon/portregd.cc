#include "server/daemon/portregd.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/page/page.h"
#include "common/system/monotonic_time.h"
#include "server/metrics/metrics.h"
#include "server/net/listen_address.h"
#include "server/process/log.h"
#include "server/reload/data_log.h"

namespace portreg::server {
namespace {

// A name with a health on the admin side, besides "" and the service. It is SERVING as
// long as the process serves anything, even while it drains. An orchestrator may restart
// the process if it is not.
constexpr absl::string_view kLiveness = "liveness";

// Limits of the admin side, which serves a few probes and people: connections, calls
// under way on each, and bytes that gRPC may hold for all. A new connection evicts an
// old one, so that a probe can always connect.
constexpr ConnectionLimits kAdminConnections = {
    .total = 256, .per_peer = 0, .when_full = WhenFull::kEvictOldest};
constexpr int kMaxAdminStreams = 16;
constexpr int64_t kAdminQuotaBytes = int64_t{16} << 20;

// Returns INVALID_ARGUMENT if other machines can reach one of the addresses, which serve
// plaintext.
absl::Status CheckLoopback(const std::vector<std::string>& addresses, absl::string_view flag,
                           absl::string_view remedy) {
  for (const std::string& text : addresses) {
    const absl::StatusOr<ListenAddress> address = ParseListenAddress(text);
    if (!address.ok()) return address.status();
    if (address->IsLoopback()) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(flag, "=", text, " would be plaintext that other machines reach: ", remedy));
  }
  return absl::OkStatus();
}

absl::Status CheckPlaintext(const PortregdOptions& options) {
  if (options.insecure) return absl::OkStatus();
  if (!options.tls.IsGiven()) {
    constexpr absl::string_view kTlsRemedy =
        "give --tls_cert and --tls_key, or allow it with --insecure";
    absl::Status status = CheckLoopback(options.server.listen, "--listen", kTlsRemedy);
    if (!status.ok()) return status;
    status = CheckLoopback(options.web_listen, "--web_listen", kTlsRemedy);
    if (!status.ok()) return status;
  }
  if (options.admin_insecure) return absl::OkStatus();
  constexpr absl::string_view kRemedy = "allow it with --admin_insecure";
  absl::Status status = CheckLoopback(options.admin_listen, "--admin_listen", kRemedy);
  if (!status.ok() || options.metrics_listen.empty()) return status;
  return CheckLoopback({options.metrics_listen}, "--metrics_listen", kRemedy);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Portregd>> Portregd::Start(const PortregdOptions& options) {
  if (absl::Status status = CheckPlaintext(options); !status.ok()) return status;
  std::unique_ptr<Portregd> portregd(new Portregd(options));
  if (absl::Status status = portregd->Load(); !status.ok()) return status;
  if (absl::Status status = portregd->OpenAdmin(); !status.ok()) return status;
  if (absl::Status status = portregd->OpenWeb(); !status.ok()) return status;
  if (absl::Status status = portregd->StartServer(); !status.ok()) return status;
  portregd->reloader_ = std::make_unique<Reloader>(
      std::move(portregd->subjects_), options.reload_interval, portregd->systemd_notifier_);
  portregd->ServeWeb();
  portregd->ServeAdmin();
  return portregd;
}

absl::Status Portregd::Load() {
  // Watches the files before it reads them, so that it misses no change.
  subjects_.push_back(
      {"registry", FileWatch(FilesOf(options_.data)), [this] { return ReloadRegistry(); }});
  if (options_.tls.IsGiven()) {
    subjects_.push_back({"certificates",
                         FileWatch({options_.tls.cert, options_.tls.key, options_.tls.client_ca}),
                         [this] { return ReloadCertificates(); }});
    absl::StatusOr<std::unique_ptr<ServingCertificates>> certificates =
        ServingCertificates::Load(options_.tls);
    if (!certificates.ok()) return certificates.status();
    certificates_ = *std::move(certificates);
  }
  absl::StatusOr<ClientNames> names = ClientNames::Create(options_.tls.allowed_clients);
  if (!names.ok()) return names.status();
  client_names_ = *std::move(names);
  absl::StatusOr<std::shared_ptr<const Snapshot>> snapshot = LoadSnapshot(options_.data);
  if (!snapshot.ok()) return snapshot.status();
  LogUnreadColumns((*snapshot)->registry);
  LogCollisions((*snapshot)->registry);
  publication_ = std::make_unique<Publication>(*std::move(snapshot));
  return absl::OkStatus();
}

absl::Status Portregd::OpenAdmin() {
  if (!options_.metrics_listen.empty()) {
    absl::StatusOr<std::unique_ptr<MetricsEndpoint>> metrics =
        MetricsEndpoint::Open(options_.metrics_listen);
    if (!metrics.ok()) return metrics.status();
    metrics_ = *std::move(metrics);
  }
  if (options_.admin_listen.empty()) return absl::OkStatus();
  GrpcServerOptions options = {.listen = options_.admin_listen,
                               .credentials = grpc::InsecureServerCredentials(),
                               .limits = options_.server.limits,
                               .reflection = true,
                               .channelz = true};
  options.limits.connections = kAdminConnections;
  options.limits.max_concurrent_streams = kMaxAdminStreams;
  options.limits.memory_quota_bytes = kAdminQuotaBytes;
  absl::StatusOr<std::unique_ptr<GrpcServer>> admin =
      GrpcServer::Open(options, [](grpc::ServerBuilder&) {});
  if (!admin.ok()) return admin.status();
  admin_ = *std::move(admin);
  return absl::OkStatus();
}

absl::Status Portregd::OpenWeb() {
  if (options_.web_listen.empty()) {
    if (options_.web_allow_origins.empty()) return absl::OkStatus();
    return absl::InvalidArgumentError("--web_allow_origins needs --web_listen");
  }
  WebDoorOptions options = {.listen = options_.web_listen,
                            .allow_origins = options_.web_allow_origins,
                            .limits = options_.server.limits,
                            .credentials = {},
                            .admit = {}};
  if (certificates_ != nullptr) {
    options.credentials = [this] { return certificates_->ForGnuTls(); };
  }
  if (!client_names_.empty()) {
    options.admit = [this](const CertificateNames& client) { return client_names_.Check(client); };
  }
  absl::StatusOr<std::unique_ptr<WebDoor>> web = WebDoor::Open(options);
  if (!web.ok()) return web.status();
  web_ = *std::move(web);
  return absl::OkStatus();
}

absl::Status Portregd::StartServer() {
  ServerOptions options = options_.server;
  if (!client_names_.empty()) {
    options.service.admit = [this](const grpc::AuthContext& client) {
      return client_names_.Check(client);
    };
  }
  if (options_.access_log > 0) options.service.observer = &access_log_;
  absl::StatusOr<std::unique_ptr<Server>> server = Server::Start(
      options, *publication_,
      certificates_ == nullptr ? grpc::InsecureServerCredentials() : certificates_->Credentials());
  if (!server.ok()) return server.status();
  server_ = *std::move(server);
  return absl::OkStatus();
}

void Portregd::ServeAdmin() {
  if (admin_ != nullptr) {
    SetAdminHealth(true);
    admin_->SetServing(std::string(kLiveness), true);
    admin_->Accept();
  }
  if (metrics_ == nullptr) return;
  metrics_->Serve(std::make_shared<Metrics>(MetricsSources{.publication = publication_.get(),
                                                           .server = server_.get(),
                                                           .reloader = reloader_.get(),
                                                           .web = web_.get(),
                                                           .certificates = certificates_.get(),
                                                           .draining = &draining_}));
}

void Portregd::ServeWeb() {
  if (web_ == nullptr) return;
  web_->Serve(server_->calls(), *publication_,
              {.make = &MakePage,
               .content_security_policy =
                   absl::StrCat(PageContentSecurityPolicy(), "; frame-ancestors 'none'")});
}

bool Portregd::connected() {
  return server_->connections().Count().open > 0 ||
         (web_ != nullptr && web_->connections().Count().open > 0);
}

void Portregd::SetAdminHealth(bool serving) {
  if (admin_ == nullptr) return;
  admin_->SetServing("", serving);
  admin_->SetServing(v1::PortRegistryService::service_full_name(), serving);
}

std::vector<std::string> Portregd::Announcements() const {
  std::vector<std::string> lines;
  if (admin_ != nullptr) {
    for (const std::string& address : admin_->addresses()) {
      lines.push_back(absl::StrCat("ADMIN ", address));
    }
  }
  if (metrics_ != nullptr) lines.push_back(absl::StrCat("METRICS ", metrics_->address()));
  if (web_ != nullptr) {
    for (const std::string& address : web_->addresses()) {
      lines.push_back(absl::StrCat("WEB ", address));
    }
  }
  for (const std::string& address : server_->addresses()) {
    lines.push_back(absl::StrCat("READY ", address));
  }
  return lines;
}

void Portregd::Drain() {
  systemd_notifier_.Stopping();
  draining_ = true;
  server_->Drain();
  if (web_ != nullptr) web_->Drain();
  SetAdminHealth(false);
}

void Portregd::Shutdown(absl::Duration grace) {
  Drain();
  const MonotonicTime end = MonotonicTime::Now() + grace;
  if (web_ != nullptr) web_->StopListening();
  server_->Shutdown(grace);
  if (web_ != nullptr) {
    // Only calls by the web are left. Those that are over may still be sent for a moment.
    (void)server_->calls().AwaitNone(end - MonotonicTime::Now());
    web_->Shutdown();
  }
  if (admin_ != nullptr) admin_->Shutdown(absl::ZeroDuration());
}

absl::StatusOr<bool> Portregd::ReloadRegistry() {
  const std::shared_ptr<const Snapshot> before = publication_->Current();
  const absl::StatusOr<std::shared_ptr<const Snapshot>> next =
      LoadSnapshot(options_.data, &before->registry);
  if (!next.ok()) return next.status();
  if (*next == nullptr) return false;
  publication_->Publish(*next);
  const Registry& after = (*next)->registry;
  Log(Severity::kInfo, "registry reloaded",
      {{"revision", after.revision()}, {"records", static_cast<int64_t>(after.records().size())}});
  // The new data is served even if there is no memory left to compare it with the old.
  const absl::Status logged = RefuseWithoutMemory([&]() -> absl::Status {
    LogChanges(before->registry, after);
    LogUnreadColumns(after);
    LogCollisions(after);
    return absl::OkStatus();
  });
  if (!logged.ok()) {
    Log(Severity::kWarning, "changes not logged", {{"error", std::string(logged.message())}});
  }
  return true;
}

absl::StatusOr<bool> Portregd::ReloadCertificates() {
  absl::StatusOr<bool> changed = certificates_->Reload();
  if (changed.ok() && *changed) Log(Severity::kInfo, "certificates reloaded");
  return changed;
}

}  // namespace portreg::server
