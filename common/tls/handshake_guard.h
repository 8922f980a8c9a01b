// Refuses peers whose certificates gRPC cannot handle.
#ifndef PORTREG_COMMON_TLS_HANDSHAKE_GUARD_H_
#define PORTREG_COMMON_TLS_HANDSHAKE_GUARD_H_

#include "absl/status/status.h"

namespace portreg {

// From now on, every TLS context (SSL_CTX) that the process creates verifies a peer's
// certificate and then refuses it if it has a NameFault. The handshake fails with the
// alert bad_certificate, and OpenSSL's error describes the fault. Necessary because gRPC
// 1.51 ends the process when a handshake with such a certificate has succeeded, and has no
// hook before that.
//
// Does not affect certificates without a fault, nor a context with a verification callback
// of its own (SSL_CTX_set_cert_verify_callback). Has effect until the process ends. Returns
// INTERNAL if OpenSSL has no memory for it. Thread-safe.
[[nodiscard]] absl::Status GuardHandshakes();

}  // namespace portreg

#endif  // PORTREG_COMMON_TLS_HANDSHAKE_GUARD_H_
