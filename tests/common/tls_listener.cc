#include "tests/common/tls_listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "openssl/bio.h"
#include "openssl/err.h"
#include "openssl/pem.h"
#include "openssl/ssl.h"

namespace portreg {
namespace {

int ChooseHttp2(SSL* /*ssl*/, const unsigned char** chosen, unsigned char* size,
                const unsigned char* /*offered*/, unsigned /*offered_size*/, void* /*argument*/) {
  static constexpr unsigned char kHttp2[] = {'h', '2'};
  *chosen = kHttp2;
  *size = sizeof(kHttp2);
  return SSL_TLSEXT_ERR_OK;
}

std::unique_ptr<BIO, decltype(&BIO_free)> TextReader(const std::string& text) {
  return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free};
}

}  // namespace

TlsListener::TlsListener(const Identity& identity)
    : context_(SSL_CTX_new(TLS_server_method()), SSL_CTX_free) {
  // OpenSSL writes to sockets that may be closed.
  std::signal(SIGPIPE, SIG_IGN);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      PEM_read_bio_X509(TextReader(identity.certificate).get(), nullptr, nullptr, nullptr),
      X509_free);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      PEM_read_bio_PrivateKey(TextReader(identity.key).get(), nullptr, nullptr, nullptr),
      EVP_PKEY_free);
  EXPECT_EQ(SSL_CTX_use_certificate(context_.get(), certificate.get()), 1);
  EXPECT_EQ(SSL_CTX_use_PrivateKey(context_.get(), key.get()), 1);
  SSL_CTX_set_alpn_select_cb(context_.get(), &ChooseHttp2, nullptr);
  socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  EXPECT_EQ(bind(socket_, any, size), 0);
  EXPECT_EQ(listen(socket_, SOMAXCONN), 0);
  EXPECT_EQ(getsockname(socket_, any, &size), 0);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Run(); });
}

TlsListener::~TlsListener() {
  shutdown(socket_, SHUT_RDWR);
  thread_.join();
  for (const int connection : connections_) shutdown(connection, SHUT_RDWR);
  for (std::thread& thread : threads_) thread.join();
  for (const int connection : connections_) close(connection);
  close(socket_);
}

std::string TlsListener::target() const { return absl::StrCat("127.0.0.1:", port_); }

void TlsListener::Run() {
  while (true) {
    const int connection = accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) return;
    connections_.push_back(connection);
    threads_.emplace_back([this, connection] { ShakeHands(connection); });
  }
}

void TlsListener::ShakeHands(int connection) {
  const std::unique_ptr<SSL, decltype(&SSL_free)> ssl(SSL_new(context_.get()), SSL_free);
  SSL_set_fd(ssl.get(), connection);
  // Reads, because the client's verdict follows the server's last message of the
  // handshake.
  char byte;
  if (SSL_accept(ssl.get()) == 1) SSL_read(ssl.get(), &byte, 1);
  ERR_clear_error();
  shutdown(connection, SHUT_RDWR);
}

}  // namespace portreg
