// TLS and mutual TLS between a Client and a server.
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "portreg/client.h"
#include "server/service.h"
#include "tests/client/fake_server.h"
#include "tests/common/certificates.h"
#include "tests/common/test_layers.h"
#include "tests/common/test_status.h"

namespace portreg {
namespace {

using ::testing::HasSubstr;

constexpr char kLoopbackNames[] = "IP:127.0.0.1";
// In PEM format, but nothing is in it.
constexpr char kNoCertificate[] = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

class TlsTest : public ::testing::Test {
 protected:
  // Starts a server with a certificate for `names`.
  void StartServer(const std::string& names, bool wants_client_certificate = false) {
    const Identity identity = authority_.Issue(names);
    grpc::SslServerCredentialsOptions options(
        wants_client_certificate ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
                                 : GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
    options.pem_key_cert_pairs.push_back({identity.key, identity.certificate});
    options.pem_root_certs = authority_.certificate();
    server_ = std::make_unique<FakeServer>(service_, grpc::SslServerCredentials(options));
  }

  [[nodiscard]] std::string FileOf(const Authority& authority) const {
    return directory_.Write("ca.pem", authority.certificate());
  }

  // Options for the server that trust its authority.
  [[nodiscard]] ClientOptions TrustingOptions() const {
    ClientOptions options = OptionsFor(server_->target());
    options.tls.emplace().ca_file = FileOf(authority_);
    return options;
  }

  void ShowCertificate(const Identity& identity, ClientOptions& options) const {
    options.tls->cert_file = directory_.Write("client.pem", identity.certificate);
    options.tls->key_file = directory_.Write("client.key", identity.key);
  }

  static absl::Status Call(const ClientOptions& options) {
    return MakeClient(options)->LookupPort(443).status();
  }

  const TempDirectory directory_;
  const Authority authority_{"portreg test authority"};
  PortRegistryService service_{EmbeddedPublication()};
  std::unique_ptr<FakeServer> server_;
};

TEST_F(TlsTest, ServerOfATrustedAuthorityIsCalled) {
  StartServer(kLoopbackNames);
  const std::unique_ptr<Client> client = MakeClient(TrustingOptions());
  const absl::StatusOr<v1::LookupResponse> answer = client->LookupPort(443);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->revision(), EmbeddedPublication().Current()->registry.revision());
  RecordStream records = client->ListRange({});
  EXPECT_NE(records.Next(), nullptr);
}

TEST_F(TlsTest, ServerOfAnotherAuthorityIsNotCalled) {
  StartServer(kLoopbackNames);
  ClientOptions options = TrustingOptions();
  // The same name, so that the signature alone tells them apart.
  options.tls->ca_file = FileOf(Authority("portreg test authority"));
  EXPECT_EQ(Call(options).code(), absl::StatusCode::kUnavailable);
}

TEST_F(TlsTest, ServerUnknownToTheSystemsAuthoritiesIsNotCalled) {
  StartServer(kLoopbackNames);
  ClientOptions options = TrustingOptions();
  options.tls->ca_file.clear();
  EXPECT_EQ(Call(options).code(), absl::StatusCode::kUnavailable);
}

TEST_F(TlsTest, PlaintextClientIsRefused) {
  StartServer(kLoopbackNames);
  EXPECT_EQ(Call(OptionsFor(server_->target())).code(), absl::StatusCode::kUnavailable);
}

TEST_F(TlsTest, PlaintextServerIsNotCalled) {
  const FakeServer plaintext(service_);
  ClientOptions options = OptionsFor(plaintext.target());
  options.tls.emplace().ca_file = FileOf(authority_);
  EXPECT_EQ(Call(options).code(), absl::StatusCode::kUnavailable);
}

TEST_F(TlsTest, ServerMustBearTheTargetsName) {
  StartServer("DNS:portreg.test");
  EXPECT_EQ(Call(TrustingOptions()).code(), absl::StatusCode::kUnavailable);
}

TEST_F(TlsTest, ServerNameStandsForTheTargets) {
  StartServer("DNS:portreg.test");
  ClientOptions options = TrustingOptions();
  options.tls->server_name = "portreg.test";
  EXPECT_EQ(Call(options), absl::OkStatus());
  options.tls->server_name = "other.test";
  EXPECT_EQ(Call(options).code(), absl::StatusCode::kUnavailable);
}

TEST_F(TlsTest, MutualTlsTakesAClientWithACertificate) {
  StartServer(kLoopbackNames, true);
  ClientOptions options = TrustingOptions();
  ShowCertificate(authority_.Issue("DNS:client.test"), options);
  EXPECT_EQ(Call(options), absl::OkStatus());
}

TEST_F(TlsTest, MutualTlsRefusesAClientWithoutACertificate) {
  StartServer(kLoopbackNames, true);
  EXPECT_EQ(Call(TrustingOptions()).code(), absl::StatusCode::kUnavailable);
}

TEST_F(TlsTest, MutualTlsRefusesACertificateOfAnotherAuthority) {
  StartServer(kLoopbackNames, true);
  ClientOptions options = TrustingOptions();
  ShowCertificate(Authority("another").Issue("DNS:client.test"), options);
  EXPECT_EQ(Call(options).code(), absl::StatusCode::kUnavailable);
}

TEST_F(TlsTest, MissingFileIsNotFoundByName) {
  ClientOptions options;
  options.tls.emplace().ca_file = directory_.PathOf("missing.pem");
  const absl::Status status = Client::Create(options).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(Message(status), HasSubstr(options.tls->ca_file));
}

TEST_F(TlsTest, PemFilesWithoutCertificatesConnectToNothing) {
  StartServer(kLoopbackNames);
  ClientOptions bad_authority = TrustingOptions();
  bad_authority.tls->ca_file = directory_.Write("bad.pem", kNoCertificate);
  ClientOptions bad_identity = TrustingOptions();
  ShowCertificate({kNoCertificate, kNoCertificate}, bad_identity);
  for (const ClientOptions& options : {bad_authority, bad_identity}) {
    EXPECT_EQ(Call(options).code(), absl::StatusCode::kUnavailable);
    RecordStream stream = MakeClient(options)->ListRange({});
    EXPECT_EQ(stream.Next(), nullptr);
    EXPECT_EQ(stream.status().code(), absl::StatusCode::kUnavailable) << stream.status();
  }
}

TEST_F(TlsTest, KeyOfAnotherCertificateConnectsToNothing) {
  StartServer(kLoopbackNames, true);
  ClientOptions options = TrustingOptions();
  Identity identity = authority_.Issue("DNS:client.test");
  identity.key = authority_.Issue("DNS:client.test").key;
  ShowCertificate(identity, options);
  EXPECT_EQ(Call(options).code(), absl::StatusCode::kUnavailable);
}

TEST_F(TlsTest, FilesAreReadWhenTheClientIsMade) {
  StartServer(kLoopbackNames);
  const ClientOptions options = TrustingOptions();
  const std::unique_ptr<Client> client = MakeClient(options);
  ASSERT_EQ(FileOf(Authority("another")), options.tls->ca_file);
  EXPECT_TRUE(client->LookupPort(443).ok());
}

}  // namespace
}  // namespace portreg
