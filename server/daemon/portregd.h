// The daemon: its parts, in the order of their lives.
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
#include "server/tls/serving_certificates.h"
#include "server/tls/tls_options.h"

namespace portreg::server {

struct PortregdOptions {
  // `server.service.admit` is set from `tls.allowed_clients`.
  ServerOptions server;
  DataOptions data;
  ServerTlsOptions tls;
  // Where health, reflection and channelz are offered in plaintext.
  // Default: nowhere.
  std::vector<std::string> admin_listen;
  // Where Prometheus may fetch: host:port. Default: empty, nowhere.
  std::string metrics_listen;
  // Allows plaintext where other machines reach it. Default: no.
  bool insecure = false;
  // Allows it at `admin_listen` and `metrics_listen`, which know nothing else.
  // Default: no.
  bool admin_insecure = false;
  // How often files are looked at for a change; zero: never. Default: 1 s.
  absl::Duration reload_interval = absl::Seconds(1);
  // Share of the calls that are logged. Default: 0.
  double access_log = 0;
};

// Serves from Start on. For one thread.
class Portregd {
 public:
  // Loads data and certificates and opens all listeners. The status says what
  // is wrong with which option, file or address; then nothing is served any
  // longer.
  static absl::StatusOr<std::unique_ptr<Portregd>> Start(const PortregdOptions& options);

  // What is told of the listeners: "READY 127.0.0.1:6335", and before it ADMIN
  // and METRICS lines, if there are such.
  [[nodiscard]] std::vector<std::string> Announcements() const;

  // Tells the service manager that the server serves. Call it once, when whoever
  // started the server has been told where.
  void TellReady() { systemd_notifier_.Ready(); }

  // Takes up the files anew, soon and elsewhere.
  void ReloadSoon() { reloader_->ReloadSoon(); }

  // From now on health says NOT_SERVING, and the service manager knows that the
  // server is about to stop; all else goes on.
  void Drain();

  // Whether anyone is connected to the service.
  [[nodiscard]] bool connected() { return server_->connections().Count().open > 0; }

  // Ends all, as Server::Shutdown does.
  void Shutdown(absl::Duration grace);

 private:
  explicit Portregd(const PortregdOptions& options)
      : options_(options), access_log_(options.access_log) {}

  absl::Status Load();
  // First the addresses of the admin side, then the service, then what the admin
  // side tells of it: nobody is served by a start that fails.
  absl::Status OpenAdmin();
  absl::Status StartServer();
  void ServeAdmin();
  // What health on the admin side says of the service.
  void SetAdminHealth(bool serving);
  absl::StatusOr<bool> ReloadRegistry();
  absl::StatusOr<bool> ReloadCertificates();

  const PortregdOptions options_;
  AccessLog access_log_;
  SystemdNotifier systemd_notifier_;
  std::atomic<bool> draining_ = false;
  std::vector<ReloadSubject> subjects_;
  std::unique_ptr<ServingCertificates> certificates_;
  std::unique_ptr<Publication> publication_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<Reloader> reloader_;
  std::unique_ptr<GrpcServer> admin_;
  std::unique_ptr<MetricsEndpoint> metrics_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_DAEMON_PORTREGD_H_
