// Reads the files that the server's TLS options name.
#ifndef PORTREG_SERVER_TLS_TLS_FILES_H_
#define PORTREG_SERVER_TLS_TLS_FILES_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/tls/files.h"
#include "common/tls/pem.h"
#include "server/tls/tls_options.h"

namespace portreg::server {

// The content of the files that ServerTlsOptions names.
struct TlsFiles {
  TlsIdentity identity;
  // Empty if clients are not asked for a certificate.
  Certificates client_ca;
};

// Reads and checks the files. The errors are those of ReadIdentity and ReadAuthorities;
// their messages name the flag and the file.
absl::StatusOr<TlsFiles> ReadTlsFiles(const ServerTlsOptions& options, absl::Time now);

}  // namespace portreg::server

#endif  // PORTREG_SERVER_TLS_TLS_FILES_H_
