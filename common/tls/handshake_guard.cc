#include "common/tls/handshake_guard.h"

#include <array>

#include "common/tls/names.h"
#include "openssl/crypto.h"
#include "openssl/err.h"
#include "openssl/ssl.h"
#include "openssl/x509.h"
#include "openssl/x509_vfy.h"

namespace portreg {
namespace {

// OpenSSL's number for the errors that the guard raises.
int g_error_library = 0;

// Registers the texts of the guard's errors with OpenSSL. gRPC shows them when a handshake
// fails.
void RegisterErrors() {
  g_error_library = ERR_get_next_error_library();
  const auto error = [](NameFault fault) {
    return ERR_STRING_DATA{ERR_PACK(0, 0, static_cast<unsigned long>(fault)), Describe(fault)};
  };
  // Static, because OpenSSL keeps the tables and writes its number into each entry.
  static std::array<ERR_STRING_DATA, 5> reasons = {
      error(NameFault::kAddressLength), error(NameFault::kNul), error(NameFault::kText),
      error(NameFault::kExtension), ERR_STRING_DATA{0, nullptr}};
  static std::array<ERR_STRING_DATA, 2> library = {
      ERR_STRING_DATA{ERR_PACK(g_error_library, 0, 0), "the peer's certificate"},
      ERR_STRING_DATA{0, nullptr}};
  ERR_load_strings(g_error_library, library.data());
  ERR_load_strings(g_error_library, reasons.data());
}

// Verifies a peer's certificate as OpenSSL does, and then checks its names.
int VerifyPeer(X509_STORE_CTX* context, void* /*argument*/) {
  // An error, which is below 0, counts as a refusal.
  if (X509_verify_cert(context) <= 0) return 0;
  const X509* const peer = X509_STORE_CTX_get0_cert(context);
  if (peer == nullptr) return 1;
  const NameFault fault = FindNameFault(peer);
  if (fault == NameFault::kNone) return 1;
  X509_STORE_CTX_set_error(context, X509_V_ERR_CERT_REJECTED);
  ERR_raise(g_error_library, static_cast<int>(fault));
  return 0;
}

// Installs the callback. OpenSSL calls this function for every new SSL_CTX.
void GuardContext(void* context, void* /*data*/, CRYPTO_EX_DATA* /*all*/, int /*index*/,
                  long /*number*/, void* /*argument*/) {  // NOLINT(google-runtime-int)
  SSL_CTX_set_cert_verify_callback(static_cast<SSL_CTX*>(context), &VerifyPeer, nullptr);
}

bool Install() {
  OPENSSL_init_ssl(0, nullptr);
  RegisterErrors();
  return SSL_CTX_get_ex_new_index(0, nullptr, &GuardContext, nullptr, nullptr) >= 0;
}

}  // namespace

absl::Status GuardHandshakes() {
  static const bool installed = Install();
  if (installed) return absl::OkStatus();
  return absl::InternalError("cannot guard TLS handshakes: OpenSSL has no memory");
}

}  // namespace portreg
