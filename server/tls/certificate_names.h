// Reads the names in a client's certificate.
#ifndef PORTREG_SERVER_TLS_CERTIFICATE_NAMES_H_
#define PORTREG_SERVER_TLS_CERTIFICATE_NAMES_H_

#include <string>
#include <vector>

#include "openssl/types.h"

namespace portreg::server {

// The subject alternative names of a certificate by kind, in the form in which gRPC has them.
struct CertificateNames {
  std::vector<std::string> uri;
  std::vector<std::string> dns;
  std::vector<std::string> email;
  // IP addresses, written as inet_ntop(3) writes them.
  std::vector<std::string> ip;
};

// Returns the names in a certificate. It must not have a NameFault (common/tls/names.h).
CertificateNames NamesOf(const X509* certificate);

}  // namespace portreg::server

#endif  // PORTREG_SERVER_TLS_CERTIFICATE_NAMES_H_
