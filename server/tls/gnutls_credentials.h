// Provides certificates for GnuTLS, the TLS library of libmicrohttpd.
#ifndef PORTREG_SERVER_TLS_GNUTLS_CREDENTIALS_H_
#define PORTREG_SERVER_TLS_GNUTLS_CREDENTIALS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/tls/files.h"
#include "common/tls/pem.h"
#include "openssl/types.h"
#include "server/tls/certificate_names.h"

// GnuTLS's session and credentials.
struct gnutls_session_int;
struct gnutls_certificate_credentials_st;

namespace portreg::server {

// The server's certificates and the authorities of clients, for handshakes by GnuTLS.
//
// GnuTLS only runs the handshake. OpenSSL verifies the client's certificate, by the rules
// that hold for gRPC's connections (common/tls/handshake_guard.h), so that both doors
// admit the same clients. A client that shows no certificate, or one that OpenSSL refuses,
// cannot connect.
//
// Immutable, so thread-safe.
class GnuTlsCredentials {
 public:
  // Returns the versions and algorithms of handshakes, for gnutls_priority_init: TLS 1.2 or 1.3
  // with forward secrecy and authenticated encryption, as for gRPC.
  static const char* Priorities();

  // Without `client_ca`, clients are not asked for a certificate. Returns
  // INVALID_ARGUMENT if GnuTLS cannot use the identity.
  static absl::StatusOr<std::shared_ptr<const GnuTlsCredentials>> Create(
      const TlsIdentity& identity, const Certificates& client_ca);

  ~GnuTlsCredentials();
  GnuTlsCredentials(const GnuTlsCredentials&) = delete;
  GnuTlsCredentials& operator=(const GnuTlsCredentials&) = delete;

  // Makes a session use these credentials, which must outlive it. Call it before the
  // handshake.
  void UseFor(gnutls_session_int* session) const;

  // Returns true if clients must show a certificate.
  [[nodiscard]] bool asks_clients() const { return authorities_ != nullptr; }

  // Returns the names in the certificate of the session's client; no names if clients are not
  // asked for a certificate. Call it after the handshake.
  [[nodiscard]] CertificateNames ClientOf(gnutls_session_int* session) const;

  // Return the server's certificates and key in PEM format.
  [[nodiscard]] const std::string& chain_pem() const { return chain_pem_; }
  [[nodiscard]] const std::string& key_pem() const { return key_pem_; }

 private:
  GnuTlsCredentials() = default;

  // Called by GnuTLS. Returns 0 if the client may connect.
  static int VerifyClient(gnutls_session_int* session);

  gnutls_certificate_credentials_st* credentials_ = nullptr;
  std::shared_ptr<X509_STORE> authorities_;
  std::string chain_pem_;
  std::string key_pem_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_TLS_GNUTLS_CREDENTIALS_H_
