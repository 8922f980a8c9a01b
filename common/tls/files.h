// Reads the files of TLS, and checks that a handshake can succeed with them.
#ifndef PORTREG_COMMON_TLS_FILES_H_
#define PORTREG_COMMON_TLS_FILES_H_

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/tls/pem.h"
#include "openssl/types.h"

namespace portreg {

// The most bytes of certificates, without PEM's encoding, that an identity may
// have: peers with OpenSSL, gRPC's among them, refuse a longer chain
// (SSL_CTX_set_max_cert_list).
inline constexpr size_t kMaxChainBytes = 100 << 10;

// A file, and the option that names it, such as "tls_cert".
struct NamedFile {
  absl::string_view option;
  std::string path;
};

// The side of a connection that shows a certificate.
enum class TlsSide { kServer, kClient };

// What one side shows, and the proof that it is its own.
struct TlsIdentity {
  // The own certificate first. Never empty.
  Certificates chain;
  // The key of the own certificate.
  std::shared_ptr<EVP_PKEY> key;
};

// Reads an identity. An error names the option and the file: NOT_FOUND or
// PERMISSION_DENIED as the system says, INVALID_ARGUMENT for
// - what ReadCertificates and ReadKey refuse;
// - a key of another certificate, as it is while only one of the two files has
//   been replaced;
// - an own certificate that is expired, not valid yet, not for this side of TLS,
//   too weak for the system's OpenSSL, or has a NameFault;
// - a chain longer than kMaxChainBytes;
// - an expired or not yet valid certificate between the own one and its root,
//   unless a valid one beside it can take its place: no peer would find a way.
// Other certificates in the file are not judged, nor are roots: peers have their
// own, and leave aside what they do not need (RFC 8446 section 4.4.2).
absl::StatusOr<TlsIdentity> ReadIdentity(TlsSide side, const NamedFile& certificate,
                                         const NamedFile& key, absl::Time now);

// Reads the certificates of authorities that peers' must lead to. Errors as of
// ReadIdentity; INVALID_ARGUMENT for a file of which no certificate is valid at
// `now`. Some may be expired.
absl::StatusOr<Certificates> ReadAuthorities(const NamedFile& file, absl::Time now);

// Returns whether both hold the same certificates in the same order.
bool SameCertificates(const Certificates& a, const Certificates& b);

// Returns when the first of those expires that have not by `now`; InfiniteFuture
// if all have.
absl::Time EarliestExpiry(const Certificates& certificates, absl::Time now);

}  // namespace portreg

#endif  // PORTREG_COMMON_TLS_FILES_H_
