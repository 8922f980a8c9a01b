// Judges the names in a certificate as gRPC reads them.
#ifndef PORTREG_COMMON_TLS_NAMES_H_
#define PORTREG_COMMON_TLS_NAMES_H_

#include "openssl/types.h"

namespace portreg {

// What can be wrong with a certificate's names. gRPC 1.51 ends the process over
// kAddressLength and kText (peer_from_x509 in its ssl_transport_security.cc),
// and reads a name only up to its first NUL.
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

// Returns the first fault of the subject alternative names and of the common
// name that gRPC reads.
[[nodiscard]] NameFault FindNameFault(const X509* certificate);

// Describes a fault, to be read after "the certificate ", such as "has a name with
// a NUL byte".
[[nodiscard]] const char* Describe(NameFault fault);

}  // namespace portreg

#endif  // PORTREG_COMMON_TLS_NAMES_H_
