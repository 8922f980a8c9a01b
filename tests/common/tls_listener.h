// Runs a TLS server that only shakes hands. It can present certificates that a gRPC server
// cannot.
#ifndef PORTREG_TESTS_COMMON_TLS_LISTENER_H_
#define PORTREG_TESTS_COMMON_TLS_LISTENER_H_

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "openssl/types.h"
#include "tests/common/certificates.h"

namespace portreg {

// Accepts connections on loopback, completes the TLS handshake with ALPN "h2", and closes
// them. Each connection has its own thread, so that a silent client delays no other.
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
  // Only Run uses these until it returns. The destructor closes the connections.
  std::vector<int> connections_;
  std::vector<std::thread> threads_;
};

}  // namespace portreg

#endif  // PORTREG_TESTS_COMMON_TLS_LISTENER_H_
