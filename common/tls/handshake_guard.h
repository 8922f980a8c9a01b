// Refuses peers whose certificates gRPC cannot take.
#ifndef PORTREG_COMMON_TLS_HANDSHAKE_GUARD_H_
#define PORTREG_COMMON_TLS_HANDSHAKE_GUARD_H_

#include "absl/status/status.h"

namespace portreg {

// Makes every TLS context (SSL_CTX) that the process creates from now on refuse,
// after it was verified, a peer's certificate with a NameFault. The handshake
// fails with the alert bad_certificate, and OpenSSL's error names the fault.
// gRPC 1.51 ends the process over such certificates as soon as the handshake has
// succeeded, and offers no place of its own before that.
//
// A certificate without a fault gets OpenSSL's own verdict. A context with a
// verification callback of its own (SSL_CTX_set_cert_verify_callback) is not
// changed. The guard holds until the process ends. INTERNAL if OpenSSL has no
// memory for it. Thread-safe.
[[nodiscard]] absl::Status GuardHandshakes();

}  // namespace portreg

#endif  // PORTREG_COMMON_TLS_HANDSHAKE_GUARD_H_
