// Tests TLS and mutual TLS between a Client and a server.
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "portreg/client.h"
#include "server/service/service.h"
#include "tests/client/fake_server.h"
#include "tests/common/certificates.h"
#include "tests/common/test_layers.h"
#include "tests/common/test_status.h"
#include "tests/common/tls_listener.h"

namespace portreg {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr char kLoopbackNames[] = "IP:127.0.0.1";

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

  // Returns options for the server that trust its authority.
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
  server::PortRegistryService service_{EmbeddedPublication()};
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
  // The authorities have one name, so that only the signature differs.
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

TEST_F(TlsTest, WhatIsMissingIsSaid) {
  StartServer(kLoopbackNames, true);
  EXPECT_THAT(Message(Call(OptionsFor(server_->target()))),
              AllOf(HasSubstr(server_->target()), HasSubstr("wants TLS")));
  EXPECT_THAT(Message(Call(TrustingOptions())), HasSubstr("wants a client certificate"));
  ClientOptions refused = TrustingOptions();
  ShowCertificate(Authority("another").Issue("DNS:client.test"), refused);
  EXPECT_THAT(Message(Call(refused)), HasSubstr("refuses the client certificate"));
  ClientOptions stranger = TrustingOptions();
  stranger.tls->ca_file = FileOf(Authority("another"));
  EXPECT_THAT(Message(Call(stranger)), HasSubstr("is not trusted"));
  const FakeServer plaintext(service_);
  ClientOptions tls = OptionsFor(plaintext.target());
  tls.tls.emplace().ca_file = FileOf(authority_);
  EXPECT_THAT(Message(Call(tls)), HasSubstr("does not speak TLS there"));
}

TEST_F(TlsTest, ServerWithNamesThatGrpcCannotTakeIsNotCalled) {
  // Without the check, the process would end.
  for (const size_t size : {0, 1, 3, 5, 8, 15, 17, 32, 200}) {
    const TlsListener server(authority_.Issue(RawName(0x87, std::string(size, 'x'))));
    ClientOptions options = OptionsFor(server.target());
    options.tls.emplace().ca_file = FileOf(authority_);
    const absl::Status status = Call(options);
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << size;
    EXPECT_THAT(Message(status),
                HasSubstr("the server's certificate has an IP address name that is not 4 or 16"))
        << size;
  }
}

}  // namespace
}  // namespace portreg
