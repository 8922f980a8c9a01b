// Holds and reloads the certificates of a running server.
#ifndef PORTREG_SERVER_TLS_SERVING_CERTIFICATES_H_
#define PORTREG_SERVER_TLS_SERVING_CERTIFICATES_H_

#include <memory>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/system/mutex.h"
#include "grpcpp/security/server_credentials.h"
#include "server/tls/gnutls_credentials.h"
#include "server/tls/memory_file.h"
#include "server/tls/tls_files.h"
#include "server/tls/tls_options.h"

namespace portreg::server {

// The certificates that new handshakes use. Existing connections are not affected by a
// reload.
//
// gRPC can watch files itself, but a certificate and key that do not match would break
// every later handshake and may end the process, because gRPC 1.51 then uses a
// handshaker factory that it has freed. Therefore gRPC watches files in memory, to which
// this class writes only certificates that it has checked.
//
// Also installs the guard of common/tls/handshake_guard.h, because some certificates of
// clients would make gRPC end the process.
//
// Must outlive the servers that use it. Thread-safe.
class ServingCertificates {
 public:
  // Reads the files. Returns INVALID_ARGUMENT for an invalid combination of options.
  // Other errors are those of ReadTlsFiles.
  static absl::StatusOr<std::unique_ptr<ServingCertificates>> Load(const ServerTlsOptions& options);

  ServingCertificates(const ServingCertificates&) = delete;
  ServingCertificates& operator=(const ServingCertificates&) = delete;

  // Returns credentials for ServerBuilder, for any number of servers and ports. With a
  // client_ca, a client needs a certificate from one of its authorities to connect.
  [[nodiscard]] std::shared_ptr<grpc::ServerCredentials> Credentials() const {
    return credentials_;
  }

  // Returns the certificates for a handshake by GnuTLS, which uses a reloaded certificate
  // at once. Returns INVALID_ARGUMENT if GnuTLS cannot use the certificates. After the
  // first success, Reload refuses certificates that GnuTLS cannot use, so that no further
  // call fails.
  absl::StatusOr<std::shared_ptr<const GnuTlsCredentials>> ForGnuTls();

  // Reads the files again. Returns false if the certificates have not changed. Returns
  // true if new ones are in place: handshakes use them within two seconds, the
  // authorities of clients up to a second before or after the server's own. Errors are
  // those of ReadTlsFiles and of files in memory, and INVALID_ARGUMENT for certificates
  // that GnuTLS cannot use. They keep the old certificates.
  absl::StatusOr<bool> Reload();

  // The earliest expiry of a certificate in each file. Leaves out certificates that
  // had already expired when the file was read, because an old authority may stay in a
  // file.
  struct Expiry {
    absl::Time certificate;
    // Empty without a client_ca.
    std::optional<absl::Time> client_ca;
  };
  [[nodiscard]] Expiry expiry() const;

 private:
  explicit ServingCertificates(ServerTlsOptions options) : options_(std::move(options)) {}

  // Publishes the first certificates and makes the credentials.
  absl::Status Start(TlsFiles files, absl::Time now);
  // Replaces the certificates by those that were read at `now`.
  absl::Status Publish(TlsFiles files, absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Writes the certificates to the files in memory.
  absl::Status PublishForGrpc(TlsFiles files, absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status MakeCredentials() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const ServerTlsOptions options_;
  mutable Mutex mutex_;
  Certificates chain_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<EVP_PKEY> key_ ABSL_GUARDED_BY(mutex_);
  Certificates client_ca_ ABSL_GUARDED_BY(mutex_);
  // Null until ForGnuTls is called.
  std::shared_ptr<const GnuTlsCredentials> for_gnutls_ ABSL_GUARDED_BY(mutex_);
  Expiry expiry_ ABSL_GUARDED_BY(mutex_);
  // Holds the server's chain and its key in one file, because two files could not be
  // replaced atomically.
  MemoryFile identity_file_ ABSL_GUARDED_BY(mutex_);
  MemoryFile client_ca_file_ ABSL_GUARDED_BY(mutex_);
  // Watches the files above as long as it exists.
  std::shared_ptr<grpc::ServerCredentials> credentials_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_TLS_SERVING_CERTIFICATES_H_
