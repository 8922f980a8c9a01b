#include "server/tls/tls_files.h"

#include <utility>

namespace portreg::server {

absl::StatusOr<TlsFiles> ReadTlsFiles(const ServerTlsOptions& options, absl::Time now) {
  absl::StatusOr<TlsIdentity> identity =
      ReadIdentity(TlsSide::kServer, {"tls_cert", options.cert}, {"tls_key", options.key}, now);
  if (!identity.ok()) return identity.status();
  TlsFiles files{.identity = *std::move(identity), .client_ca = {}};
  if (options.client_ca.empty()) return files;
  absl::StatusOr<Certificates> client_ca =
      ReadAuthorities({"tls_client_ca", options.client_ca}, now);
  if (!client_ca.ok()) return client_ca.status();
  files.client_ca = *std::move(client_ca);
  return files;
}

}  // namespace portreg::server
