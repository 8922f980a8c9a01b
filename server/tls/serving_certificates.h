// The certificates of a server that is running.
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
#include "server/tls/memory_file.h"
#include "server/tls/tls_files.h"
#include "server/tls/tls_options.h"

namespace portreg::server {

// The certificates that handshakes use. Connections keep those that they began
// with.
//
// gRPC can follow files, but a pair that does not match breaks every handshake
// after it, and may end the process: gRPC 1.51 goes on with a handshaker factory
// that it has freed. So it follows files in memory, which hold nothing but what
// was checked.
//
// Guards the process's handshakes (common/tls/handshake_guard.h), because gRPC
// would end the process over some certificates of clients.
//
// Must outlive the servers that use it. Any number of threads may use it at
// once.
class ServingCertificates {
 public:
  // Reads the files. Errors: those of ReadTlsFiles; INVALID_ARGUMENT for options
  // that do not belong together.
  static absl::StatusOr<std::unique_ptr<ServingCertificates>> Load(const ServerTlsOptions& options);

  ServingCertificates(const ServingCertificates&) = delete;
  ServingCertificates& operator=(const ServingCertificates&) = delete;

  // For ServerBuilder, of any number of servers and ports. With a client_ca,
  // clients without a certificate of its authorities get no connection.
  [[nodiscard]] std::shared_ptr<grpc::ServerCredentials> Credentials() const {
    return credentials_;
  }

  // Reads the files again. True: new certificates are in place, and handshakes
  // use them within two seconds, those of clients' authorities perhaps a second
  // before or after the server's own. False: they are the same as before. An
  // error, as of ReadTlsFiles: the old ones stay. For one thread at a time.
  absl::StatusOr<bool> Reload();

  // When the first certificate in a file expires, of those that had not when it
  // was read: what is left over of an old authority is nobody's worry.
  struct Expiry {
    absl::Time certificate;
    // Nothing without a client_ca.
    std::optional<absl::Time> client_ca;
  };
  [[nodiscard]] Expiry expiry() const;

 private:
  explicit ServingCertificates(ServerTlsOptions options) : options_(std::move(options)) {}

  // Publishes the first content and makes the credentials.
  absl::Status Start(TlsFiles files, absl::Time now);
  // Puts the files' content, which was read at `now`, where gRPC looks for it.
  absl::Status Publish(TlsFiles files, absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status MakeCredentials() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const ServerTlsOptions options_;
  mutable Mutex mutex_;
  Certificates chain_ ABSL_GUARDED_BY(mutex_);
  Certificates client_ca_ ABSL_GUARDED_BY(mutex_);
  Expiry expiry_ ABSL_GUARDED_BY(mutex_);
  // The server's chain and its key in one file: two could not be replaced at
  // once.
  MemoryFile identity_file_ ABSL_GUARDED_BY(mutex_);
  MemoryFile client_ca_file_ ABSL_GUARDED_BY(mutex_);
  // Reads the files above as long as it lives.
  std::shared_ptr<grpc::ServerCredentials> credentials_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_TLS_SERVING_CERTIFICATES_H_
