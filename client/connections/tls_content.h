// Reads the client's TLS files.
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

// The content of the files; empty for a file that is not given.
struct TlsContent {
  Certificates authorities;
  TlsIdentity identity;
};

// Reads and checks the files. Returns the errors of ReadIdentity and ReadAuthorities,
// which name the field of TlsOptions and the file.
absl::StatusOr<TlsContent> ReadTlsContent(const TlsOptions& options, absl::Time now);

// Returns true if both have the same certificates.
bool SameContent(const TlsContent& a, const TlsContent& b);

// Returns credentials that use the content, with the system's authorities if it has
// none.
absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> CredentialsOf(const TlsContent& content);

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_CONNECTIONS_TLS_CONTENT_H_
