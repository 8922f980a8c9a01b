// Certificates for tests of TLS, made by OpenSSL when the test runs.
#ifndef PORTREG_TESTS_CLIENT_CERTIFICATES_H_
#define PORTREG_TESTS_CLIENT_CERTIFICATES_H_

#include <memory>
#include <string>

#include "openssl/types.h"

namespace portreg {

// A certificate and its private key, as PEM.
struct Identity {
  std::string certificate;
  std::string key;
};

// Signs certificates.
class Authority {
 public:
  explicit Authority(const std::string& name);

  // Its own certificate, as PEM.
  [[nodiscard]] std::string certificate() const;

  // A certificate for `alternative_names`, such as "DNS:portreg.test" or
  // "IP:127.0.0.1,DNS:localhost", that is valid now.
  [[nodiscard]] Identity Issue(const std::string& alternative_names) const;

 private:
  std::shared_ptr<EVP_PKEY> key_;
  std::shared_ptr<X509> certificate_;
};

}  // namespace portreg

#endif  // PORTREG_TESTS_CLIENT_CERTIFICATES_H_
