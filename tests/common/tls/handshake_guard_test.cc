#include "common/tls/handshake_guard.h"

#include <memory>
#include <string>

#include "common/tls/names.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "openssl/bio.h"
#include "openssl/err.h"
#include "openssl/pem.h"
#include "openssl/ssl.h"
#include "openssl/x509.h"
#include "tests/common/certificates.h"

namespace portreg {
namespace {

using ::testing::HasSubstr;

constexpr unsigned kAddressTag = 0x87;
const Identity kNobody;

std::unique_ptr<BIO, decltype(&BIO_free)> ReaderOf(const std::string& pem) {
  return {BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free};
}

std::unique_ptr<X509, decltype(&X509_free)> CertificateOf(const std::string& pem) {
  return {PEM_read_bio_X509(ReaderOf(pem).get(), nullptr, nullptr, nullptr), X509_free};
}

// One side of a connection. It trusts the authority and requires a certificate.
class Side {
 public:
  Side(const Authority& trusted, const Identity& shown)
      : context_(SSL_CTX_new(TLS_method()), SSL_CTX_free) {
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context_.get()),
                        CertificateOf(trusted.certificate()).get());
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    if (shown.certificate.empty()) return;
    SSL_CTX_use_certificate(context_.get(), CertificateOf(shown.certificate).get());
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
        PEM_read_bio_PrivateKey(ReaderOf(shown.key).get(), nullptr, nullptr, nullptr),
        EVP_PKEY_free);
    SSL_CTX_use_PrivateKey(context_.get(), key.get());
  }

  [[nodiscard]] SSL_CTX* context() const { return context_.get(); }

 private:
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
};

// The end of a handshake at the server.
struct Outcome {
  bool done = false;
  long verdict = X509_V_OK;
  // The text that gRPC would report.
  std::string error;
};

Outcome Handshake(const Side& client_side, const Side& server_side) {
  const std::unique_ptr<SSL, decltype(&SSL_free)> client(SSL_new(client_side.context()), SSL_free);
  const std::unique_ptr<SSL, decltype(&SSL_free)> server(SSL_new(server_side.context()), SSL_free);
  BIO* to_server = nullptr;
  BIO* to_client = nullptr;
  BIO_new_bio_pair(&to_server, 0, &to_client, 0);
  SSL_set_bio(client.get(), to_server, to_server);
  SSL_set_bio(server.get(), to_client, to_client);
  SSL_set_connect_state(client.get());
  SSL_set_accept_state(server.get());
  Outcome outcome;
  constexpr int kRounds = 10;
  for (int i = 0; i < kRounds && !outcome.done; ++i) {
    SSL_do_handshake(client.get());
    ERR_clear_error();
    const int result = SSL_do_handshake(server.get());
    outcome.done = result == 1;
    const int error = SSL_get_error(server.get(), result);
    if (!outcome.done && error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
      char text[256];
      ERR_error_string_n(ERR_get_error(), text, sizeof(text));
      outcome.error = text;
      break;
    }
  }
  outcome.verdict = SSL_get_verify_result(server.get());
  ERR_clear_error();
  return outcome;
}

class HandshakeGuardTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(GuardHandshakes(), absl::OkStatus()); }

  // Returns how a server ends a handshake with a client that presents this certificate.
  [[nodiscard]] Outcome Meet(const Identity& client) const {
    return Handshake(Side(authority_, client), Side(authority_, server_));
  }

  const Authority authority_{"portreg test authority"};
  const Identity server_ = authority_.Issue("IP:127.0.0.1");
};

TEST_F(HandshakeGuardTest, GoodNamesPass) {
  for (const char* const names : {"", "IP:127.0.0.1", "IP:::1", "DNS:a.test", "URI:spiffe://a/b"}) {
    const Outcome outcome = Meet(authority_.Issue(names));
    EXPECT_TRUE(outcome.done) << names << outcome.error;
    EXPECT_EQ(outcome.verdict, X509_V_OK);
  }
}

TEST_F(HandshakeGuardTest, FaultyNamesAreRefusedByTheirText) {
  for (const size_t size : {0, 1, 3, 5, 8, 15, 17, 32, 200}) {
    const Outcome outcome = Meet(authority_.Issue(RawName(kAddressTag, std::string(size, '\x01'))));
    EXPECT_FALSE(outcome.done) << size;
    EXPECT_EQ(outcome.verdict, X509_V_ERR_CERT_REJECTED) << size;
    EXPECT_THAT(outcome.error, HasSubstr("the peer's certificate")) << size;
    EXPECT_THAT(outcome.error, HasSubstr(Describe(NameFault::kAddressLength))) << size;
  }
  CertificateTraits traits;
  traits.common_name_type = V_ASN1_BIT_STRING;
  traits.common_name = "bits";
  EXPECT_THAT(Meet(authority_.Issue("", traits)).error, HasSubstr(Describe(NameFault::kText)));
}

TEST_F(HandshakeGuardTest, OpenSslsOwnVerdictComesFirst) {
  const Authority stranger("stranger");
  const Outcome unknown = Meet(stranger.Issue(RawName(kAddressTag, "1")));
  EXPECT_FALSE(unknown.done);
  EXPECT_EQ(unknown.verdict, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
  EXPECT_THAT(unknown.error, HasSubstr("certificate verify failed"));
  CertificateTraits expired;
  expired.valid_until = -absl::Minutes(1);
  EXPECT_EQ(Meet(authority_.Issue("DNS:a.test", expired)).verdict, X509_V_ERR_CERT_HAS_EXPIRED);
  EXPECT_FALSE(Meet(kNobody).done);
}

TEST_F(HandshakeGuardTest, ServersCertificateIsJudgedByClients) {
  const Identity client = authority_.Issue("DNS:client.test");
  const Outcome refused = Handshake(
      Side(authority_, client), Side(authority_, authority_.Issue(RawName(kAddressTag, "12345"))));
  EXPECT_FALSE(refused.done);
  // The error is the alert that the client sends.
  EXPECT_THAT(refused.error, HasSubstr("alert bad certificate"));
}

TEST_F(HandshakeGuardTest, ContextWithItsOwnCallbackIsLeftAlone) {
  const Side server(authority_, server_);
  SSL_CTX_set_cert_verify_callback(
      server.context(), [](X509_STORE_CTX* context, void*) { return X509_verify_cert(context); },
      nullptr);
  const Side client(authority_, authority_.Issue(RawName(kAddressTag, "12345")));
  EXPECT_TRUE(Handshake(client, server).done);
}

}  // namespace
}  // namespace portreg
