// Creates certificates for tests of TLS, with OpenSSL, when the test runs.
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

// Properties of a certificate other than its alternative names.
struct CertificateTraits {
  // Relative to now.
  absl::Duration valid_from = -absl::Hours(1);
  absl::Duration valid_until = absl::Hours(1);
  // A purpose such as "clientAuth". Default: empty, any purpose.
  std::string extended_key_usage;
  // The size of an RSA key. Default: 0, a key on the curve P-256 instead.
  unsigned rsa_bits = 0;
  // The subject's common name, encoded as its ASN.1 type, such as V_ASN1_BMPSTRING.
  // Default: ASCII.
  std::string common_name = "issued for a test";
  int common_name_type = 0x1001;
  // Adds two extensions, each with the alternative names. Default: one extension.
  bool names_twice = false;
};

// Returns an alternative name with this tag and these bytes, for `alternative_names` of
// Issue. Tags: 0x81 rfc822Name, 0x82 dNSName, 0x86 URI, 0x87 iPAddress.
std::string RawName(unsigned tag, const std::string& bytes);

// A certificate authority.
class Authority {
 public:
  explicit Authority(const std::string& name, const CertificateTraits& traits = {});

  // Returns an intermediate authority that this one has signed.
  [[nodiscard]] Authority IssueAuthority(const std::string& name,
                                         const CertificateTraits& traits = {}) const;

  // Returns the authority's own certificate, as PEM.
  [[nodiscard]] std::string certificate() const;

  // Returns a certificate for `alternative_names`, such as "DNS:portreg.test",
  // "IP:127.0.0.1,DNS:localhost" or a RawName. Empty: no alternative names.
  [[nodiscard]] Identity Issue(const std::string& alternative_names,
                               const CertificateTraits& traits = {}) const;

 private:
  Authority(std::shared_ptr<EVP_PKEY> key, std::shared_ptr<X509> certificate);

  std::shared_ptr<EVP_PKEY> key_;
  std::shared_ptr<X509> certificate_;
};

// Returns a PEM key, encrypted with a passphrase, as PEM.
std::string Encrypted(const std::string& key);

}  // namespace portreg

#endif  // PORTREG_TESTS_COMMON_CERTIFICATES_H_
