// Starts, connects and stops the parts of the daemon.
#ifndef PORTREG_SERVER_DAEMON_PORTREGD_H_
#define PORTREG_SERVER_DAEMON_PORTREGD_H_

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/model/registry.h"
#include "server/metrics/metrics_endpoint.h"
#include "server/net/grpc_server.h"
#include "server/net/server.h"
#include "server/process/access_log.h"
#include "server/process/systemd_notifier.h"
#include "server/reload/file_watch.h"
#include "server/reload/registry_files.h"
#include "server/reload/reload.h"
#include "server/service/publication.h"
#include "server/tls/client_names.h"
#include "server/tls/serving_certificates.h"
#include "server/tls/tls_options.h"
#include "server/web/web_door.h"

namespace portreg::server {

// The options of the daemon.
struct PortregdOptions {
  // `server.service.admit` is set from `tls.allowed_clients`.
  ServerOptions server;
  DataOptions data;
  ServerTlsOptions tls;
  // Addresses that serve health, reflection and channelz in plaintext.
  // Default: none.
  std::vector<std::string> admin_listen;
  // The address that serves metrics: host:port. Default: empty, none.
  std::string metrics_listen;
  // Addresses that serve browsers and clients of HTTP: host:port, [ipv6]:port or unix:path.
  // Default: none.
  std::vector<std::string> web_listen;
  // Web sites whose scripts may call at `web_listen`, see Origins. Default: none.
  std::vector<std::string> web_allow_origins;
  // Allows plaintext on addresses that other machines can reach. Default: false.
  bool insecure = false;
  // Allows it at `admin_listen` and `metrics_listen`, which do not support TLS.
  // Default: false.
  bool admin_insecure = false;
  // How often to look for changed files; zero: never. Default: 1 s.
  absl::Duration reload_interval = absl::Seconds(1);
  // Share of the calls to log. Default: 0.
  double access_log = 0;
};

// The parts of a running daemon, in the order in which they start.
//
// Not thread-safe.
class Portregd {
 public:
  // Loads data and certificates, listens at all addresses, and begins to serve. An
  // error names the option, file or address, and its fault; then nothing is served.
  static absl::StatusOr<std::unique_ptr<Portregd>> Start(const PortregdOptions& options);

  // Returns the lines that report the addresses: "READY 127.0.0.1:6335", preceded by
  // ADMIN, METRICS and WEB lines if there are such listeners.
  [[nodiscard]] std::vector<std::string> Announcements() const;

  // Tells the service manager that the server serves. Call it once, after the
  // announcements were printed.
  void TellReady() { systemd_notifier_.Ready(); }

  // Requests a reload of all files, which another thread does.
  void ReloadSoon() { reloader_->ReloadSoon(); }

  // Sets the health to NOT_SERVING, and tells the service manager that the server is
  // about to stop. Calls are still served.
  void Drain();

  // Returns true if a client is connected to the service or to the web door.
  [[nodiscard]] bool connected();

  // Ends everything, see Server::Shutdown.
  void Shutdown(absl::Duration grace);

 private:
  explicit Portregd(const PortregdOptions& options)
      : options_(options), access_log_(options.access_log) {}

  absl::Status Load();
  // The steps of the start. Admin side and web door listen before the service starts,
  // but accept connections after it, so that a start that fails serves no client.
  absl::Status OpenAdmin();
  absl::Status OpenWeb();
  absl::Status StartServer();
  void ServeAdmin();
  void ServeWeb();
  // Sets the health of the service on the admin side.
  void SetAdminHealth(bool serving);
  absl::StatusOr<bool> ReloadRegistry();
  absl::StatusOr<bool> ReloadCertificates();

  const PortregdOptions options_;
  AccessLog access_log_;
  SystemdNotifier systemd_notifier_;
  std::atomic<bool> draining_ = false;
  ClientNames client_names_;
  std::vector<ReloadSubject> subjects_;
  std::unique_ptr<ServingCertificates> certificates_;
  std::unique_ptr<Publication> publication_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<WebDoor> web_;
  std::unique_ptr<Reloader> reloader_;
  std::unique_ptr<GrpcServer> admin_;
  std::unique_ptr<MetricsEndpoint> metrics_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_DAEMON_PORTREGD_H_
