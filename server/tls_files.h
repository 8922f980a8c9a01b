// Reads certificates and keys, and checks that TLS can be served with them.
#ifndef PORTREG_SERVER_TLS_FILES_H_
#define PORTREG_SERVER_TLS_FILES_H_

#include <cstddef>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "openssl/types.h"
#include "server/tls_options.h"

namespace portreg {

// A larger file is refused: no certificate comes near it.
inline constexpr size_t kMaxTlsFileBytes = 1 << 20;

// Certificates, in a file's order.
using Certificates = std::vector<std::shared_ptr<X509>>;

// What the files hold.
struct TlsFiles {
  // The server's own certificate first. Never empty.
  Certificates chain;
  // That certificate's.
  std::shared_ptr<EVP_PKEY> key;
  // Empty if clients are not asked for a certificate.
  Certificates client_ca;
};

// Reads the files. An error names the flag and the file: NOT_FOUND or
// PERMISSION_DENIED as the system says, INVALID_ARGUMENT for
// - a file that is no regular one, above kMaxTlsFileBytes, without what it is
//   there for, or with a certificate that cannot be parsed;
// - a key that is encrypted or belongs to another certificate, as it does while
//   only one of the two files has been replaced;
// - a server's certificate that is expired, not valid yet, not for TLS servers,
//   or too weak for the system's OpenSSL;
// - a client_ca of which no certificate is valid now. Some may be expired.
// What follows the server's certificate in its file is not judged: clients find
// their way through it (RFC 8446 section 4.4.2).
absl::StatusOr<TlsFiles> ReadTlsFiles(const TlsOptions& options, absl::Time now);

// Whether both hold the same certificates in the same order.
bool SameCertificates(const Certificates& a, const Certificates& b);

// When the first of those expires that have not by `now`; InfiniteFuture if all
// have.
absl::Time EarliestExpiry(const Certificates& certificates, absl::Time now);

}  // namespace portreg

#endif  // PORTREG_SERVER_TLS_FILES_H_
