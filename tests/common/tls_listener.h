// A TLS server that ends after the handshake, with a certificate that gRPC's could
// not have.
#ifndef PORTREG_TESTS_COMMON_TLS_LISTENER_H_
#define PORTREG_TESTS_COMMON_TLS_LISTENER_H_

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "openssl/types.h"
#include "tests/common/certificates.h"

namespace portreg {

// Accepts connections on loopback, shakes hands as a server of HTTP/2 does, and
// closes them. A client that says nothing keeps no other waiting.
class TlsListener {
 public:
  explicit TlsListener(const Identity& identity);
  TlsListener(const TlsListener&) = delete;
  TlsListener& operator=(const TlsListener&) = delete;
  ~TlsListener();

  [[nodiscard]] std::string target() const;

 private:
  void Run();
  void ShakeHands(int connection);

  std::shared_ptr<SSL_CTX> context_;
  int socket_ = -1;
  int port_ = 0;
  std::thread thread_;
  // Of Run alone, until that has ended: open as long as this lives.
  std::vector<int> connections_;
  std::vector<std::thread> threads_;
};

}  // namespace portreg

#endif  // PORTREG_TESTS_COMMON_TLS_LISTENER_H_
