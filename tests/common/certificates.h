// Certificates for tests of TLS, made by OpenSSL when the test runs.
#ifndef PORTREG_TESTS_COMMON_CERTIFICATES_H_
#define PORTREG_TESTS_COMMON_CERTIFICATES_H_

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "openssl/types.h"

namespace portreg {

// A certificate and its private key, as PEM.
struct Identity {
  std::string certificate;
  std::string key;
};

// What a certificate is like, beyond its names.
struct CertificateTraits {
  // From now.
  absl::Duration valid_from = -absl::Hours(1);
  absl::Duration valid_until = absl::Hours(1);
  // Such as "clientAuth". Empty for any use.
  std::string extended_key_usage;
  // Of an RSA key. 0 for one on the curve P-256.
  unsigned rsa_bits = 0;
};

// Signs certificates.
class Authority {
 public:
  explicit Authority(const std::string& name, const CertificateTraits& traits = {});

  // Its own certificate, as PEM.
  [[nodiscard]] std::string certificate() const;

  // A certificate for `alternative_names`, such as "DNS:portreg.test" or
  // "IP:127.0.0.1,DNS:localhost"; without any if that is empty.
  [[nodiscard]] Identity Issue(const std::string& alternative_names,
                               const CertificateTraits& traits = {}) const;

 private:
  std::shared_ptr<EVP_PKEY> key_;
  std::shared_ptr<X509> certificate_;
};

// The key, as PEM, encrypted with a passphrase.
std::string Encrypted(const std::string& key);

}  // namespace portreg

#endif  // PORTREG_TESTS_COMMON_CERTIFICATES_H_
