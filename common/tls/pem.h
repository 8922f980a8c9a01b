// Reads and writes certificates and private keys in PEM format.
#ifndef PORTREG_COMMON_TLS_PEM_H_
#define PORTREG_COMMON_TLS_PEM_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "openssl/types.h"

namespace portreg {

// Size of the largest file that is read. A system's bundle of authorities has about a
// quarter of it.
inline constexpr size_t kMaxTlsFileBytes = 1 << 20;

// Certificates in the order of their file.
using Certificates = std::vector<std::shared_ptr<X509>>;

// Reads all certificates of a file. Returns NOT_FOUND or PERMISSION_DENIED if the file
// cannot be opened. Returns INVALID_ARGUMENT for a file that is not a regular file, is
// larger than kMaxTlsFileBytes, holds no certificate, or holds one that cannot be parsed.
// The message does not name the file.
absl::StatusOr<Certificates> ReadCertificates(const std::string& path);

// Reads a private key. The errors are those of ReadCertificates, and INVALID_ARGUMENT for
// an encrypted key.
absl::StatusOr<std::shared_ptr<EVP_PKEY>> ReadKey(const std::string& path);

// Writes all certificates, or a key without encryption. Returns false on failure.
bool WritePem(BIO* out, const Certificates& certificates);
bool WritePem(BIO* out, EVP_PKEY* key);

// Writes to a text instead. It is empty if there are no certificates.
bool WritePem(const Certificates& certificates, std::string& text);
bool WritePem(EVP_PKEY* key, std::string& text);

}  // namespace portreg

#endif  // PORTREG_COMMON_TLS_PEM_H_
