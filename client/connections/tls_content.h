// Reads what the client's TLS files hold.
#ifndef PORTREG_CLIENT_CONNECTIONS_TLS_CONTENT_H_
#define PORTREG_CLIENT_CONNECTIONS_TLS_CONTENT_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/tls/files.h"
#include "common/tls/pem.h"
#include "grpcpp/grpcpp.h"
#include "portreg/client_options.h"

namespace portreg::internal {

// What the files hold; empty where none is given.
struct TlsContent {
  Certificates authorities;
  TlsIdentity identity;
};

// Reads and checks the files. An error names the field of TlsOptions and the file:
// those of ReadIdentity and ReadAuthorities.
absl::StatusOr<TlsContent> ReadTlsContent(const TlsOptions& options, absl::Time now);

// Returns whether both hold the same certificates.
bool SameContent(const TlsContent& a, const TlsContent& b);

// Returns credentials that use the content; the system's authorities where it has
// none.
absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> CredentialsOf(const TlsContent& content);

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_CONNECTIONS_TLS_CONTENT_H_
