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

// Most bytes that the certificates of an identity may have, without PEM's encoding.
// Peers that use OpenSSL, such as gRPC, refuse a longer chain
// (SSL_CTX_set_max_cert_list).
inline constexpr size_t kMaxChainBytes = 100 << 10;

// A file, and the name of the option for it, such as "tls_cert".
struct NamedFile {
  absl::string_view option;
  std::string path;
};

// The side of a connection that shows a certificate.
enum class TlsSide { kServer, kClient };

// The certificates that one side shows, and the key that proves that they are its own.
struct TlsIdentity {
  // The own certificate first. Never empty.
  Certificates chain;
  // The key of the own certificate.
  std::shared_ptr<EVP_PKEY> key;
};

// Reads an identity. An error names the option and the file: NOT_FOUND or
// PERMISSION_DENIED as the system says, INVALID_ARGUMENT for
// - what ReadCertificates and ReadKey refuse;
// - a key that does not match the certificate, for example because only one of the two
//   files has been replaced yet;
// - an own certificate that is expired, not valid yet, not for this side of TLS,
//   too weak for the system's OpenSSL, or has a NameFault;
// - a chain longer than kMaxChainBytes;
// - an expired or not yet valid certificate between the own one and its root, unless
//   the file has a valid one that can replace it, because peers would refuse the chain.
// Does not check other certificates in the file, nor roots, because peers have roots of
// their own and ignore certificates that they do not need (RFC 8446 section 4.4.2).
absl::StatusOr<TlsIdentity> ReadIdentity(TlsSide side, const NamedFile& certificate,
                                         const NamedFile& key, absl::Time now);

// Reads the certificates of the authorities that peers' certificates must come from. Some
// may be expired. The errors are those of ReadCertificates, and INVALID_ARGUMENT if no
// certificate is valid at `now`. An error names the option and the file.
absl::StatusOr<Certificates> ReadAuthorities(const NamedFile& file, absl::Time now);

// Returns true if both hold the same certificates in the same order.
bool SameCertificates(const Certificates& a, const Certificates& b);

// Returns the earliest expiry of the certificates that have not expired by `now`. Returns
// InfiniteFuture if all have.
absl::Time EarliestExpiry(const Certificates& certificates, absl::Time now);

}  // namespace portreg

#endif  // PORTREG_COMMON_TLS_FILES_H_
