#include "client/connections/tls_content.h"

#include <string>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "portreg/client.h"
#include "tests/common/certificates.h"
#include "tests/common/test_layers.h"
#include "tests/common/test_status.h"

namespace portreg {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// Reads files by Client::Create.
class ClientTlsFilesTest : public ::testing::Test {
 protected:
  static absl::Status Outcome(const TlsOptions& tls) {
    ClientOptions options;
    options.tls = tls;
    return Client::Create(options).status();
  }
  [[nodiscard]] TlsOptions Pair(const Identity& identity) const {
    TlsOptions tls;
    tls.cert_file = directory_.Write("client.crt", identity.certificate);
    tls.key_file = directory_.Write("client.key", identity.key);
    return tls;
  }
  [[nodiscard]] TlsOptions Ca(const std::string& content) const {
    TlsOptions tls;
    tls.ca_file = directory_.Write("ca.crt", content);
    return tls;
  }
  // Expects that the files are refused by a message that begins with the field and the
  // file, and contains `said`.
  static void ExpectRefused(const TlsOptions& tls, const std::string& field,
                            const std::string& path, const std::string& said) {
    const absl::Status status = Outcome(tls);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
    EXPECT_THAT(Message(status),
                AllOf(StartsWith("tls." + field + " " + path + ": "), HasSubstr(said)));
  }

  const TempDirectory directory_;
  const Authority authority_{"portreg test authority"};
  const Identity identity_ = authority_.Issue("DNS:client.test");
};

TEST_F(ClientTlsFilesTest, GoodFilesAreTaken) {
  EXPECT_EQ(Outcome({}), absl::OkStatus());
  EXPECT_EQ(Outcome(Pair(identity_)), absl::OkStatus());
  EXPECT_EQ(Outcome(Ca(authority_.certificate())), absl::OkStatus());
}

TEST_F(ClientTlsFilesTest, KeyForAnAuthorityIsRefused) {
  const TlsOptions tls = Ca(identity_.key);
  ExpectRefused(tls, "ca_file", tls.ca_file, "holds a private key, it must hold a certificate");
}

TEST_F(ClientTlsFilesTest, PairThatDoesNotMatchIsRefused) {
  const TlsOptions tls = Pair({identity_.certificate, authority_.Issue("DNS:client.test").key});
  ExpectRefused(tls, "key_file", tls.key_file, "is not the key of the first certificate in ");
}

TEST_F(ClientTlsFilesTest, SwappedFilesAreRefused) {
  TlsOptions tls = Pair(identity_);
  std::swap(tls.cert_file, tls.key_file);
  ExpectRefused(tls, "cert_file", tls.cert_file, "holds a private key");
}

TEST_F(ClientTlsFilesTest, CertificateThatServersRefuseIsRefused) {
  CertificateTraits traits;
  traits.valid_until = -absl::Minutes(1);
  TlsOptions tls = Pair(authority_.Issue("DNS:client.test", traits));
  ExpectRefused(tls, "cert_file", tls.cert_file, "expired at ");
  traits = {};
  traits.extended_key_usage = "serverAuth";
  tls = Pair(authority_.Issue("DNS:client.test", traits));
  ExpectRefused(tls, "cert_file", tls.cert_file, "is not for TLS clients");
  tls = Pair(authority_.Issue(RawName(0x87, "12345")));
  ExpectRefused(tls, "cert_file", tls.cert_file, "has an IP address name that is not 4 or 16");
}

TEST_F(ClientTlsFilesTest, FilesWithoutTheirContentAreRefused) {
  constexpr char kBroken[] = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  for (const char* const content : {"", "no certificate"}) {
    TlsOptions tls = Ca(content);
    ExpectRefused(tls, "ca_file", tls.ca_file, "holds no certificate in PEM format");
    tls = Pair({identity_.certificate, content});
    ExpectRefused(tls, "key_file", tls.key_file, "holds no private key in PEM format");
  }
  const TlsOptions tls = Ca(kBroken);
  ExpectRefused(tls, "ca_file", tls.ca_file, "certificate 1 cannot be parsed");
}

TEST_F(ClientTlsFilesTest, FilesThatNeverEndAreNotRead) {
  TlsOptions tls;
  tls.ca_file = "/dev/zero";
  ExpectRefused(tls, "ca_file", "/dev/zero", "is no regular file");
  tls.ca_file = directory_.PathOf(".");
  ExpectRefused(tls, "ca_file", tls.ca_file, "is no regular file");
  tls = Ca(std::string(kMaxTlsFileBytes + 1, '\n'));
  ExpectRefused(tls, "ca_file", tls.ca_file, "is larger than 1048576 bytes");
}

TEST_F(ClientTlsFilesTest, MissingFileIsNotFoundByName) {
  const std::string missing = directory_.PathOf("missing.pem");
  TlsOptions ca;
  ca.ca_file = missing;
  TlsOptions cert = Pair(identity_);
  cert.cert_file = missing;
  TlsOptions key = Pair(identity_);
  key.key_file = missing;
  for (const TlsOptions& tls : {ca, cert, key}) {
    const absl::Status status = Outcome(tls);
    EXPECT_EQ(status.code(), absl::StatusCode::kNotFound) << status;
    EXPECT_THAT(Message(status), HasSubstr(" " + missing + ": cannot be opened"));
  }
}

TEST_F(ClientTlsFilesTest, ContentIsComparedByCertificates) {
  using internal::ReadTlsContent;
  using internal::SameContent;
  const auto content = ReadTlsContent(Pair(identity_), absl::Now());
  ASSERT_TRUE(content.ok()) << content.status();
  const auto again = ReadTlsContent(Pair(identity_), absl::Now());
  EXPECT_TRUE(SameContent(*content, *again));
  EXPECT_FALSE(SameContent(*content, {}));
  const auto other = ReadTlsContent(Pair(authority_.Issue("DNS:client.test")), absl::Now());
  EXPECT_FALSE(SameContent(*content, *other));
}

}  // namespace
}  // namespace portreg
