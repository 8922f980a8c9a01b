#include "server/tls/gnutls_credentials.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "common/tls/names.h"
#include "openssl/ssl.h"
#include "openssl/x509.h"
#include "openssl/x509_vfy.h"

namespace portreg::server {
namespace {

using X509Pointer = std::unique_ptr<X509, decltype(&X509_free)>;

gnutls_datum_t DatumOf(std::string& text) {
  return {reinterpret_cast<unsigned char*>(text.data()), static_cast<unsigned>(text.size())};
}

// Returns the certificates that the client has sent, its own first.
absl::Span<const gnutls_datum_t> ShownBy(gnutls_session_t session) {
  unsigned count = 0;
  const gnutls_datum_t* const shown = gnutls_certificate_get_peers(session, &count);
  return {shown, shown == nullptr ? 0 : count};
}

// Returns the certificate, or null if the bytes are not exactly one certificate.
X509Pointer Parse(const gnutls_datum_t& der) {
  const unsigned char* at = der.data;
  X509Pointer certificate(d2i_X509(nullptr, &at, static_cast<int>(der.size)), X509_free);
  if (at != der.data + der.size) certificate.reset();
  return certificate;
}

// Returns OpenSSL's default security level, which also limits the algorithms of gRPC's
// connections.
int SecurityLevel() {
  static const int level = [] {
    const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_method()),
                                                                    SSL_CTX_free);
    constexpr int kDefault = 2;
    return context == nullptr ? kDefault : SSL_CTX_get_security_level(context.get());
  }();
  return level;
}

// Verifies the certificates that a client has sent, as OpenSSL does in a handshake.
bool IsTrusted(absl::Span<const gnutls_datum_t> shown, X509_STORE* authorities) {
  const X509Pointer own = Parse(shown.front());
  if (own == nullptr) return false;
  const std::unique_ptr<STACK_OF(X509), void (*)(STACK_OF(X509)*)> others(
      sk_X509_new_null(), [](STACK_OF(X509) * stack) { sk_X509_pop_free(stack, X509_free); });
  for (const gnutls_datum_t& der : shown.subspan(1)) {
    X509Pointer each = Parse(der);
    if (each == nullptr || sk_X509_push(others.get(), each.get()) == 0) return false;
    (void)each.release();  // The stack owns it now.
  }
  const std::unique_ptr<X509_STORE_CTX, decltype(&X509_STORE_CTX_free)> context(
      X509_STORE_CTX_new(), X509_STORE_CTX_free);
  if (context == nullptr ||
      X509_STORE_CTX_init(context.get(), authorities, own.get(), others.get()) != 1 ||
      X509_STORE_CTX_set_default(context.get(), "ssl_client") != 1) {
    return false;
  }
  X509_VERIFY_PARAM_set_auth_level(X509_STORE_CTX_get0_param(context.get()), SecurityLevel());
  return X509_verify_cert(context.get()) == 1 && FindNameFault(own.get()) == NameFault::kNone;
}

std::shared_ptr<X509_STORE> StoreOf(const Certificates& authorities) {
  std::shared_ptr<X509_STORE> store(X509_STORE_new(), X509_STORE_free);
  for (const std::shared_ptr<X509>& certificate : authorities) {
    if (store != nullptr) X509_STORE_add_cert(store.get(), certificate.get());
  }
  return store;
}

// Makes GnuTLS send the names of the authorities, by which clients choose their certificate.
int AddNames(gnutls_certificate_credentials_t credentials, const Certificates& authorities) {
  std::string pem;
  if (!WritePem(authorities, pem)) return GNUTLS_E_MEMORY_ERROR;
  const gnutls_datum_t datum = DatumOf(pem);
  return gnutls_certificate_set_x509_trust_mem(credentials, &datum, GNUTLS_X509_FMT_PEM);
}

absl::Status Unusable(int code) {
  return absl::InvalidArgumentError(
      absl::StrCat("GnuTLS cannot use the certificates: ", gnutls_strerror(code)));
}

}  // namespace

const char* GnuTlsCredentials::Priorities() {
  return "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-KX-ALL:+ECDHE-ECDSA:+ECDHE-RSA:"
         "-CIPHER-ALL:+AES-256-GCM:+CHACHA20-POLY1305:+AES-128-GCM:-MAC-ALL:+AEAD";
}

absl::StatusOr<std::shared_ptr<const GnuTlsCredentials>> GnuTlsCredentials::Create(
    const TlsIdentity& identity, const Certificates& client_ca) {
  std::shared_ptr<GnuTlsCredentials> made(new GnuTlsCredentials());
  int code = gnutls_certificate_allocate_credentials(&made->credentials_);
  if (code < 0) return Unusable(code);
  if (!WritePem(identity.chain, made->chain_pem_) ||
      !WritePem(identity.key.get(), made->key_pem_)) {
    return absl::InternalError("the server's certificates cannot be written");
  }
  const gnutls_datum_t chain = DatumOf(made->chain_pem_);
  const gnutls_datum_t key = DatumOf(made->key_pem_);
  code = gnutls_certificate_set_x509_key_mem(made->credentials_, &chain, &key, GNUTLS_X509_FMT_PEM);
  if (code < 0) return Unusable(code);
  if (!client_ca.empty()) {
    made->authorities_ = StoreOf(client_ca);
    if (made->authorities_ == nullptr) return absl::InternalError("OpenSSL has no memory");
    code = AddNames(made->credentials_, client_ca);
    if (code < 0) return Unusable(code);
  }
  return made;
}

GnuTlsCredentials::~GnuTlsCredentials() {
  if (credentials_ != nullptr) gnutls_certificate_free_credentials(credentials_);
}

void GnuTlsCredentials::UseFor(gnutls_session_int* session) const {
  gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials_);
  if (!asks_clients()) {
    gnutls_certificate_server_set_request(session, GNUTLS_CERT_IGNORE);
    return;
  }
  gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUIRE);
  gnutls_session_set_verify_function(session, &VerifyClient);
  // Lets VerifyClient find this object. Uses the pointer of the session database, because the
  // server stores no sessions, and libmicrohttpd uses the session's own pointer.
  gnutls_db_set_ptr(session, const_cast<GnuTlsCredentials*>(this));
}

int GnuTlsCredentials::VerifyClient(gnutls_session_int* session) {
  const auto* const self = static_cast<const GnuTlsCredentials*>(gnutls_db_get_ptr(session));
  const absl::Span<const gnutls_datum_t> shown = ShownBy(session);
  const bool trusted = !shown.empty() && IsTrusted(shown, self->authorities_.get());
  return trusted ? 0 : GNUTLS_E_CERTIFICATE_ERROR;
}

CertificateNames GnuTlsCredentials::ClientOf(gnutls_session_int* session) const {
  const absl::Span<const gnutls_datum_t> shown = ShownBy(session);
  if (!asks_clients() || shown.empty()) return {};
  const X509Pointer own = Parse(shown.front());
  return own == nullptr ? CertificateNames() : NamesOf(own.get());
}

}  // namespace portreg::server
