#include "server/tls/serving_certificates.h"

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/certificates.h"
#include "tests/common/test_layers.h"
#include "tests/common/test_status.h"
#include "tests/server/tls_server.h"

namespace portreg::server {
namespace {

using ::testing::HasSubstr;

constexpr char kNames[] = "IP:127.0.0.1";

class ServingCertificatesTest : public ::testing::Test {
 protected:
  void Write(const Identity& identity) const {
    ASSERT_EQ(directory_.Write("tls.crt", identity.certificate), options_.cert);
    ASSERT_EQ(directory_.Write("tls.key", identity.key), options_.key);
  }
  void WriteClientCa(const std::string& certificates) {
    options_.client_ca = directory_.Write("ca.crt", certificates);
  }

  void StartServer() {
    server_.reset();
    Write(first_);
    absl::StatusOr<std::unique_ptr<ServingCertificates>> loaded =
        ServingCertificates::Load(options_);
    ASSERT_TRUE(loaded.ok()) << loaded.status();
    certificates_ = *std::move(loaded);
    server_ = std::make_unique<TlsServer>(*certificates_);
  }

  [[nodiscard]] std::shared_ptr<grpc::Channel> Channel(const Identity& client = {}) const {
    return TlsChannel(server_->target(), authority_, client);
  }
  // Returns the certificate that a new connection receives. Fails the test if the call
  // fails.
  [[nodiscard]] std::string Shown() const {
    const TlsAnswer answer = CallTls(Channel());
    EXPECT_EQ(answer.status.error_code(), kGotThrough) << answer.status.error_message();
    return answer.server_certificate;
  }
  // Makes calls on new connections until `done` returns true. Returns how long that took.
  template <typename Done>
  [[nodiscard]] absl::Duration TimeUntil(Done done) const {
    const absl::Time start = absl::Now();
    while (!done() && absl::Now() - start < absl::Seconds(30)) {
    }
    return absl::Now() - start;
  }

  const TempDirectory directory_;
  const Authority authority_{"portreg test authority"};
  const Identity first_ = authority_.Issue(kNames);
  const Identity second_ = authority_.Issue(kNames);
  ServerTlsOptions options_ = {.cert = directory_.PathOf("tls.crt"),
                               .key = directory_.PathOf("tls.key"),
                               .client_ca = {},
                               .allowed_clients = {}};
  std::unique_ptr<ServingCertificates> certificates_;
  std::unique_ptr<TlsServer> server_;
};

TEST_F(ServingCertificatesTest, NewConnectionsFollowAReloadAndOldOnesGoOn) {
  StartServer();
  const std::shared_ptr<grpc::Channel> old = Channel();
  EXPECT_EQ(CallTls(old).server_certificate, first_.certificate);
  Write(second_);
  EXPECT_EQ(Shown(), first_.certificate) << "without a reload";
  EXPECT_EQ(certificates_->Reload().value(), true);
  const absl::Duration taken = TimeUntil([&] { return Shown() == second_.certificate; });
  // gRPC looks at the files once a second; a busy machine takes longer.
  EXPECT_LT(taken, absl::Seconds(10));
  RecordProperty("seconds_until_new_connections_follow", std::to_string(ToDoubleSeconds(taken)));
  const TlsAnswer answer = CallTls(old);
  EXPECT_EQ(answer.status.error_code(), kGotThrough) << answer.status.error_message();
  EXPECT_EQ(answer.server_certificate, first_.certificate);
}

TEST_F(ServingCertificatesTest, EqualFilesAreNoChange) {
  StartServer();
  Write(first_);
  EXPECT_EQ(certificates_->Reload().value(), false);
  // Remarks are not part of a certificate.
  Write({"a remark\n" + first_.certificate, first_.key});
  EXPECT_EQ(certificates_->Reload().value(), false);
  Write({first_.certificate + authority_.certificate(), first_.key});
  EXPECT_EQ(certificates_->Reload().value(), true);
}

TEST_F(ServingCertificatesTest, UnusableFilesLeaveTheOldOnes) {
  StartServer();
  CertificateTraits expired;
  expired.valid_until = -absl::Minutes(1);
  const std::string half = second_.certificate.substr(0, second_.certificate.size() / 2);
  for (const Identity& bad :
       {Identity{second_.certificate, first_.key}, Identity{first_.certificate, second_.key},
        Identity{half, second_.key}, Identity{"", ""}, authority_.Issue(kNames, expired)}) {
    Write(bad);
    EXPECT_EQ(certificates_->Reload().status().code(), absl::StatusCode::kInvalidArgument);
  }
  std::filesystem::remove(options_.key);
  EXPECT_EQ(certificates_->Reload().status().code(), absl::StatusCode::kNotFound);
  // Waits longer than gRPC needs to notice a change.
  const absl::Time end = absl::Now() + absl::Milliseconds(1500);
  while (absl::Now() < end) ASSERT_EQ(Shown(), first_.certificate);
  Write(second_);
  EXPECT_EQ(certificates_->Reload().value(), true);
}

TEST_F(ServingCertificatesTest, HalfRotatedPairIsTakenOnceItIsComplete) {
  StartServer();
  ASSERT_EQ(directory_.Write("tls.crt", second_.certificate), options_.cert);
  EXPECT_THAT(Message(certificates_->Reload().status()),
              HasSubstr("is not the key of the first certificate in"));
  ASSERT_EQ(directory_.Write("tls.key", second_.key), options_.key);
  EXPECT_EQ(certificates_->Reload().value(), true);
}

// Replaces pairs far more often than in practice, so that gRPC reads while files change.
TEST_F(ServingCertificatesTest, NoHandshakeFailsWhilePairsAreReplaced) {
  StartServer();
  std::atomic<bool> stop = false;
  std::atomic<int> handshakes = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 2; ++i) {
    clients.emplace_back([&] {
      while (!stop) {
        const std::string shown = Shown();
        EXPECT_TRUE(shown == first_.certificate || shown == second_.certificate) << shown;
        ++handshakes;
      }
    });
  }
  int reloads = 0;
  const absl::Time start = absl::Now();
  const auto enough = [&] { return handshakes > 20 && reloads > 20; };
  while (absl::Now() < start + (enough() ? absl::Seconds(4) : absl::Seconds(60))) {
    Write(++reloads % 2 == 0 ? first_ : second_);
    EXPECT_EQ(certificates_->Reload().value(), true);
  }
  const Identity last = authority_.Issue(kNames);
  stop = true;
  for (std::thread& client : clients) client.join();
  Write(last);
  EXPECT_EQ(certificates_->Reload().value(), true);
  EXPECT_LT(TimeUntil([&] { return Shown() == last.certificate; }), absl::Seconds(10));
  EXPECT_TRUE(enough());
  RecordProperty("handshakes", handshakes);
  RecordProperty("reloads", reloads);
}

TEST_F(ServingCertificatesTest, ClientsAuthoritiesAreReplacedToo) {
  const Authority second_authority("second");
  const Identity old_client = authority_.Issue("DNS:client.test");
  const Identity new_client = second_authority.Issue("DNS:client.test");
  WriteClientCa(authority_.certificate());
  StartServer();
  const auto gets_through = [this](const Identity& client) {
    const grpc::StatusCode code = CallTls(Channel(client)).status.error_code();
    EXPECT_TRUE(code == kGotThrough || code == grpc::StatusCode::UNAVAILABLE) << code;
    return code == kGotThrough;
  };
  const std::shared_ptr<grpc::Channel> established = Channel(old_client);
  EXPECT_EQ(CallTls(established).status.error_code(), kGotThrough);
  EXPECT_FALSE(gets_through({}));
  EXPECT_FALSE(gets_through(new_client));

  WriteClientCa(authority_.certificate() + second_authority.certificate());
  EXPECT_EQ(certificates_->Reload().value(), true);
  EXPECT_LT(TimeUntil([&] { return gets_through(new_client); }), absl::Seconds(10));
  EXPECT_TRUE(gets_through(old_client));

  WriteClientCa(second_authority.certificate());
  EXPECT_EQ(certificates_->Reload().value(), true);
  EXPECT_LT(TimeUntil([&] { return !gets_through(old_client); }), absl::Seconds(10));
  EXPECT_TRUE(gets_through(new_client));
  EXPECT_FALSE(gets_through({}));
  EXPECT_EQ(CallTls(established).status.error_code(), kGotThrough);

  WriteClientCa("nothing");
  EXPECT_EQ(certificates_->Reload().status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(gets_through(new_client));
}

TEST_F(ServingCertificatesTest, ExpiredClientIsRefused) {
  WriteClientCa(authority_.certificate());
  StartServer();
  CertificateTraits expired;
  expired.valid_until = -absl::Minutes(1);
  const TlsAnswer answer = CallTls(Channel(authority_.Issue("DNS:client.test", expired)));
  EXPECT_EQ(answer.status.error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(ServingCertificatesTest, ExpiryIsThatOfTheFirstToExpire) {
  CertificateTraits soon;
  soon.valid_until = absl::Minutes(10);
  const auto minutes = [](absl::Time time) { return ToDoubleMinutes(time - absl::Now()); };
  StartServer();
  EXPECT_NEAR(minutes(certificates_->expiry().certificate), 60, 1);
  EXPECT_FALSE(certificates_->expiry().client_ca.has_value());
  Write({first_.certificate + authority_.Issue(kNames, soon).certificate, first_.key});
  EXPECT_EQ(certificates_->Reload().value(), true);
  EXPECT_NEAR(minutes(certificates_->expiry().certificate), 10, 1);
  WriteClientCa(authority_.certificate() + Authority("soon", soon).certificate());
  StartServer();
  EXPECT_NEAR(minutes(certificates_->expiry().client_ca.value()), 10, 1);
}

TEST_F(ServingCertificatesTest, OptionsThatDoNotBelongTogetherAreRefused) {
  Write(first_);
  ServerTlsOptions no_key = options_;
  no_key.key.clear();
  ServerTlsOptions no_cert = options_;
  no_cert.cert.clear();
  ServerTlsOptions names_of_nobody = options_;
  names_of_nobody.allowed_clients = {"client.test"};
  for (const ServerTlsOptions& options : {ServerTlsOptions(), no_key, no_cert, names_of_nobody}) {
    EXPECT_EQ(ServingCertificates::Load(options).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace portreg::server
