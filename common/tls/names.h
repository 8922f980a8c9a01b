// Finds faults in the names of a certificate that gRPC cannot handle.
#ifndef PORTREG_COMMON_TLS_NAMES_H_
#define PORTREG_COMMON_TLS_NAMES_H_

#include "openssl/types.h"

namespace portreg {

// A fault in a certificate's names. kAddressLength and kText make gRPC 1.51 end the
// process (peer_from_x509 in its ssl_transport_security.cc). gRPC reads a name only up to
// its first NUL.
enum class NameFault {
  kNone,
  // An iPAddress of neither 4 nor 16 bytes (RFC 5280 section 4.2.1.6).
  kAddressLength,
  // A NUL in a dNSName, an rfc822Name, a uniformResourceIdentifier or the common
  // name.
  kNul,
  // A common name, or one of these, that cannot be converted to UTF-8.
  kText,
  // Subject alternative names that cannot be parsed, or that are given twice.
  kExtension,
};

// Returns the first fault in the subject alternative names or in the common name.
[[nodiscard]] NameFault FindNameFault(const X509* certificate);

// Returns a text that continues "the certificate ", such as "has a name with a NUL byte".
[[nodiscard]] const char* Describe(NameFault fault);

}  // namespace portreg

#endif  // PORTREG_COMMON_TLS_NAMES_H_
