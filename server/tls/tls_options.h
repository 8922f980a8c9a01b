// The TLS options of the server.
#ifndef PORTREG_SERVER_TLS_TLS_OPTIONS_H_
#define PORTREG_SERVER_TLS_TLS_OPTIONS_H_

#include <string>
#include <vector>

namespace portreg::server {

// Files in PEM format, and the names of clients that may call. Without `cert` and `key`
// the server does not use TLS.
struct ServerTlsOptions {
  // File with the server's certificate, optionally followed by the certificates between
  // it and a root. Default: empty, plaintext.
  std::string cert;
  // File with that certificate's private key, not encrypted. Default: empty, plaintext.
  std::string key;
  // File with the authorities that issue certificates of clients. Default: empty,
  // clients need no certificate.
  std::string client_ca;
  // Patterns, one of which must match a name in a client's certificate; see
  // client_names.h. Default: empty, every client with a certificate from `client_ca`.
  std::vector<std::string> allowed_clients;

  // Returns true if any option is given. The server must then not serve plaintext.
  [[nodiscard]] bool IsGiven() const {
    return !cert.empty() || !key.empty() || !client_ca.empty() || !allowed_clients.empty();
  }
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_TLS_TLS_OPTIONS_H_
