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
  // The subject's common name, in the bytes of an ASN.1 type such as
  // V_ASN1_BMPSTRING; by default ASCII.
  std::string common_name = "issued for a test";
  int common_name_type = 0x1001;
  // Gives the alternative names in two extensions.
  bool names_twice = false;
};

// One alternative name of the tag and the bytes, as `alternative_names` of Issue.
// Tags: 0x81 rfc822Name, 0x82 dNSName, 0x86 URI, 0x87 iPAddress.
std::string RawName(unsigned tag, const std::string& bytes);

// Signs certificates.
class Authority {
 public:
  explicit Authority(const std::string& name, const CertificateTraits& traits = {});

  // An authority between this one and what it signs.
  [[nodiscard]] Authority IssueAuthority(const std::string& name,
                                         const CertificateTraits& traits = {}) const;

  // Its own certificate, as PEM.
  [[nodiscard]] std::string certificate() const;

  // A certificate for `alternative_names`, such as "DNS:portreg.test",
  // "IP:127.0.0.1,DNS:localhost" or a RawName; without any if that is empty.
  [[nodiscard]] Identity Issue(const std::string& alternative_names,
                               const CertificateTraits& traits = {}) const;

 private:
  Authority(std::shared_ptr<EVP_PKEY> key, std::shared_ptr<X509> certificate);

  std::shared_ptr<EVP_PKEY> key_;
  std::shared_ptr<X509> certificate_;
};

// The key, as PEM, encrypted with a passphrase.
std::string Encrypted(const std::string& key);

}  // namespace portreg

#endif  // PORTREG_TESTS_COMMON_CERTIFICATES_H_
