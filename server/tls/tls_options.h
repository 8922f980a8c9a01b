// What the operator says of TLS.
#ifndef PORTREG_SERVER_TLS_TLS_OPTIONS_H_
#define PORTREG_SERVER_TLS_TLS_OPTIONS_H_

#include <string>
#include <vector>

namespace portreg::server {

// Files in PEM format, and who may call. Without `cert` and `key` there is no
// TLS.
struct ServerTlsOptions {
  // File of the server's certificate, then perhaps those between it and a root.
  // Default: empty, plaintext.
  std::string cert;
  // File of that certificate's private key, not encrypted. Default: empty,
  // plaintext.
  std::string key;
  // File of the certificates that vouch for clients'. Default: empty, clients
  // are not asked for one.
  std::string client_ca;
  // Patterns of which one must match a name in a client's certificate, see
  // client_names.h. Default: empty, all that `client_ca` vouches for.
  std::vector<std::string> allowed_clients;

  // Whether any of them is given, so that nobody may be served in plaintext.
  [[nodiscard]] bool IsGiven() const {
    return !cert.empty() || !key.empty() || !client_ca.empty() || !allowed_clients.empty();
  }
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_TLS_TLS_OPTIONS_H_
