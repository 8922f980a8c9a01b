#include "server/tls/tls_files.h"

#include <sys/stat.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/certificates.h"
#include "tests/common/test_layers.h"
#include "tests/common/test_status.h"

namespace portreg::server {
namespace {

using ::testing::HasSubstr;

constexpr char kServerNames[] = "IP:127.0.0.1";
constexpr char kBrokenCertificate[] =
    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

class TlsFilesTest : public ::testing::Test {
 protected:
  [[nodiscard]] ServerTlsOptions Write(const Identity& identity) const {
    return {.cert = directory_.Write("tls.crt", identity.certificate),
            .key = directory_.Write("tls.key", identity.key),
            .client_ca = {},
            .allowed_clients = {}};
  }
  [[nodiscard]] ServerTlsOptions Write(const Identity& identity,
                                       const std::string& client_ca) const {
    ServerTlsOptions options = Write(identity);
    options.client_ca = directory_.Write("ca.crt", client_ca);
    return options;
  }
  // Returns the error, which names the file of `flag`.
  static std::string Refusal(const ServerTlsOptions& options) {
    const absl::Status status = ReadTlsFiles(options, absl::Now()).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
    return Message(status);
  }

  const TempDirectory directory_;
  const Authority authority_{"portreg test authority"};
  const Identity identity_ = authority_.Issue(kServerNames);
};

TEST_F(TlsFilesTest, ChainKeyAndClientCaAreRead) {
  Identity identity = identity_;
  absl::StrAppend(&identity.certificate, authority_.certificate());
  const auto files = ReadTlsFiles(Write(identity, authority_.certificate()), absl::Now());
  ASSERT_TRUE(files.ok()) << files.status();
  EXPECT_EQ(files->identity.chain.size(), 2);
  EXPECT_NE(files->identity.key, nullptr);
  EXPECT_TRUE(SameCertificates(files->client_ca, {files->identity.chain[1]}));
  EXPECT_FALSE(SameCertificates(files->client_ca, {files->identity.chain[0]}));
  EXPECT_FALSE(SameCertificates(files->client_ca, files->identity.chain));
}

TEST_F(TlsFilesTest, OneFileMayHoldEverything) {
  // The order is that of HAProxy, and there is a remark.
  const std::string all = absl::StrCat("of the test\n", identity_.key, identity_.certificate,
                                       authority_.certificate(), "\nend\n");
  const auto files = ReadTlsFiles(Write({all, all}), absl::Now());
  ASSERT_TRUE(files.ok()) << files.status();
  EXPECT_EQ(files->identity.chain.size(), 2);
}

TEST_F(TlsFilesTest, KeyOfAnotherCertificateIsRefused) {
  const ServerTlsOptions options =
      Write({identity_.certificate, authority_.Issue(kServerNames).key});
  EXPECT_EQ(Refusal(options),
            absl::StrCat("tls_key ", options.key, ": is not the key of the first certificate in ",
                         options.cert));
}

TEST_F(TlsFilesTest, ServersCertificateComesFirst) {
  const Identity wrong_order = {authority_.certificate() + identity_.certificate, identity_.key};
  EXPECT_THAT(Refusal(Write(wrong_order)), HasSubstr("is not the key of the first certificate"));
}

TEST_F(TlsFilesTest, EncryptedKeyIsRefused) {
  const ServerTlsOptions options = Write({identity_.certificate, Encrypted(identity_.key)});
  EXPECT_EQ(Refusal(options),
            absl::StrCat("tls_key ", options.key,
                         ": is encrypted, it must be readable without a passphrase"));
}

TEST_F(TlsFilesTest, FileCutAnywhereWithinAPartIsRefused) {
  const std::string& whole = identity_.certificate;
  for (const size_t size : {whole.size() - 2, whole.size() / 2, size_t{40}}) {
    EXPECT_THAT(Refusal(Write({whole.substr(0, size), identity_.key})),
                HasSubstr("certificate 1 cannot be parsed"))
        << size;
    EXPECT_THAT(Refusal(Write({whole + whole.substr(0, size), identity_.key})),
                HasSubstr("certificate 2 cannot be parsed"))
        << size;
    EXPECT_THAT(Refusal(Write(identity_, authority_.certificate() + whole.substr(0, size))),
                HasSubstr("ca.crt: certificate 2 cannot be parsed"))
        << size;
  }
  const std::string& key = identity_.key;
  for (const size_t size : {key.size() - 2, key.size() / 2, size_t{40}}) {
    EXPECT_THAT(Refusal(Write({whole, key.substr(0, size)})), HasSubstr("holds no private key"))
        << size;
  }
}

TEST_F(TlsFilesTest, FileWithoutItsContentIsRefused) {
  for (const char* const nothing : {"", "nothing\n", "-----BEGIN CERT"}) {
    EXPECT_THAT(Refusal(Write({nothing, identity_.key})), HasSubstr("tls.crt: holds no certif"));
    EXPECT_THAT(Refusal(Write({identity_.certificate, nothing})), HasSubstr("tls.key: holds no "));
    EXPECT_THAT(Refusal(Write(identity_, nothing)), HasSubstr("ca.crt: holds no certificate"));
  }
}

TEST_F(TlsFilesTest, BrokenCertificateIsRefusedWhereverItStands) {
  EXPECT_THAT(Refusal(Write({identity_.certificate + kBrokenCertificate, identity_.key})),
              HasSubstr("tls.crt: certificate 2 cannot be parsed"));
  const std::string ca = authority_.certificate();
  EXPECT_THAT(Refusal(Write(identity_, absl::StrCat(ca, kBrokenCertificate, ca))),
              HasSubstr("ca.crt: certificate 2 cannot be parsed"));
}

TEST_F(TlsFilesTest, CertificateOutOfItsTimeIsRefused) {
  CertificateTraits expired;
  expired.valid_until = -absl::Minutes(1);
  EXPECT_THAT(Refusal(Write(authority_.Issue(kServerNames, expired))),
              HasSubstr("tls.crt: expired at "));
  CertificateTraits early;
  early.valid_from = absl::Minutes(10);
  EXPECT_THAT(Refusal(Write(authority_.Issue(kServerNames, early))),
              HasSubstr("tls.crt: is not valid before "));
}

TEST_F(TlsFilesTest, CertificateForClientsIsRefused) {
  CertificateTraits traits;
  traits.extended_key_usage = "clientAuth";
  EXPECT_THAT(Refusal(Write(authority_.Issue(kServerNames, traits))),
              HasSubstr("the first certificate is not for TLS servers"));
  traits.extended_key_usage = "serverAuth,clientAuth";
  EXPECT_TRUE(ReadTlsFiles(Write(authority_.Issue(kServerNames, traits)), absl::Now()).ok());
}

TEST_F(TlsFilesTest, WeakKeyIsRefusedAsOpenSslIsConfigured) {
  CertificateTraits traits;
  // OpenSSL accepts the key only at security level 0.
  traits.rsa_bits = 512;
  EXPECT_THAT(Refusal(Write(authority_.Issue(kServerNames, traits))),
              HasSubstr("cannot be used: ee key too small"));
  traits.rsa_bits = 2048;
  EXPECT_TRUE(ReadTlsFiles(Write(authority_.Issue(kServerNames, traits)), absl::Now()).ok());
}

TEST_F(TlsFilesTest, NamesThatGrpcCannotTakeAreRefused) {
  for (const size_t size : {0, 1, 3, 5, 8, 15, 17, 32, 200}) {
    EXPECT_THAT(Refusal(Write(authority_.Issue(RawName(0x87, std::string(size, 'x'))))),
                HasSubstr("tls.crt: the first certificate has an IP address name that is not 4 or "
                          "16 bytes long"))
        << size;
  }
  EXPECT_THAT(Refusal(Write(authority_.Issue(RawName(0x82, std::string("a\0b", 3))))),
              HasSubstr("tls.crt: the first certificate has a name with a NUL byte"));
  EXPECT_THAT(Refusal(Write(authority_.Issue("DER:ff"))),
              HasSubstr("has subject alternative names that cannot be parsed"));
  CertificateTraits traits;
  traits.names_twice = true;
  EXPECT_THAT(Refusal(Write(authority_.Issue(kServerNames, traits))), HasSubstr("given twice"));
}

TEST_F(TlsFilesTest, NamesOfOtherCertificatesAreNotJudged) {
  // gRPC reads only the names of a peer's own certificate.
  Identity identity = identity_;
  identity.certificate += authority_.Issue(RawName(0x87, "12345")).certificate;
  EXPECT_TRUE(ReadTlsFiles(Write(identity, identity.certificate), absl::Now()).ok());
}

TEST_F(TlsFilesTest, SwappedFilesAreToldApart) {
  EXPECT_THAT(Refusal(Write({identity_.key, identity_.key})),
              HasSubstr("tls.crt: holds a private key, it must hold a certificate"));
  EXPECT_THAT(Refusal(Write({identity_.certificate, identity_.certificate})),
              HasSubstr("tls.key: holds a certificate, it must hold a private key"));
  EXPECT_THAT(Refusal(Write(identity_, identity_.key)),
              HasSubstr("ca.crt: holds a private key, it must hold a certificate"));
}

TEST_F(TlsFilesTest, ExpiredIssuerIsRefusedUnlessAnotherTakesItsPlace) {
  CertificateTraits expired;
  expired.valid_until = -absl::Minutes(1);
  CertificateTraits early;
  early.valid_from = absl::Minutes(10);
  const Authority between = authority_.IssueAuthority("between", expired);
  const Identity own = between.Issue(kServerNames);
  const std::string chain = own.certificate + between.certificate();
  EXPECT_THAT(
      Refusal(Write({chain, own.key})),
      HasSubstr("tls.crt: certificate 2, which the first one needs to be trusted, expired at "));
  const Authority not_yet = authority_.IssueAuthority("later", early);
  const Identity later = not_yet.Issue(kServerNames);
  EXPECT_THAT(Refusal(Write({later.certificate + not_yet.certificate(), later.key})),
              HasSubstr("certificate 2, which the first one needs to be trusted, is not valid "));
  // The names are equal, as after a renewal.
  const Authority renewed = authority_.IssueAuthority("between");
  EXPECT_TRUE(ReadTlsFiles(Write({chain + renewed.certificate(), own.key}), absl::Now()).ok());
  // Roots are not checked, because peers have their own. Nor are certificates that the
  // chain does not need.
  const Authority old_root("old root", expired);
  const Authority good = old_root.IssueAuthority("good");
  const Identity of_good = good.Issue(kServerNames);
  EXPECT_TRUE(ReadTlsFiles(Write({of_good.certificate + good.certificate() +
                                      old_root.certificate() + between.certificate(),
                                  of_good.key}),
                           absl::Now())
                  .ok());
}

TEST_F(TlsFilesTest, FirstToExpireOfTheChainIsTheExpiry) {
  CertificateTraits soon;
  soon.valid_until = absl::Minutes(10);
  const Authority between = authority_.IssueAuthority("between", soon);
  const Identity own = between.Issue(kServerNames);
  const absl::Time now = absl::Now();
  const auto files = ReadTlsFiles(Write({own.certificate + between.certificate(), own.key}), now);
  ASSERT_TRUE(files.ok()) << files.status();
  EXPECT_LT(EarliestExpiry(files->identity.chain, now), now + absl::Minutes(11));
}

TEST_F(TlsFilesTest, ChainThatNoPeerTakesIsRefused) {
  std::string chain = identity_.certificate;
  for (int i = 0; i < 400; ++i) chain += authority_.certificate();
  EXPECT_THAT(Refusal(Write({chain, identity_.key})),
              HasSubstr("peers accept a chain of at most 102400"));
  EXPECT_TRUE(ReadTlsFiles(Write(identity_, chain), absl::Now()).ok());
}

TEST_F(TlsFilesTest, OneValidAuthorityIsEnough) {
  CertificateTraits expired;
  expired.valid_until = -absl::Minutes(1);
  const std::string old = Authority("old", expired).certificate();
  EXPECT_THAT(Refusal(Write(identity_, old)),
              HasSubstr("no certificate in it is valid now; the last one expired at "));
  const auto files = ReadTlsFiles(Write(identity_, old + authority_.certificate()), absl::Now());
  ASSERT_TRUE(files.ok()) << files.status();
  EXPECT_EQ(files->client_ca.size(), 2);
  const absl::Time now = absl::Now();
  EXPECT_LT(EarliestExpiry(files->client_ca, absl::InfinitePast()), now);
  // An expired certificate of an old authority does not count beside valid ones.
  EXPECT_GT(EarliestExpiry(files->client_ca, now), now);
  EXPECT_GT(EarliestExpiry(files->identity.chain, now), now + absl::Minutes(50));
  EXPECT_LT(EarliestExpiry(files->identity.chain, now), now + absl::Minutes(70));
  EXPECT_EQ(EarliestExpiry(files->identity.chain, now + absl::Hours(2)), absl::InfiniteFuture());
}

TEST_F(TlsFilesTest, FileThatIsNoneIsRefused) {
  const ServerTlsOptions good = Write(identity_);
  ServerTlsOptions options = good;
  options.key = directory_.PathOf("missing");
  absl::Status status = ReadTlsFiles(options, absl::Now()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(Message(status), HasSubstr(absl::StrCat("tls_key ", options.key, ": cannot be op")));
  options.key = directory_.PathOf("pipe");
  ASSERT_EQ(mkfifo(options.key.c_str(), S_IRUSR | S_IWUSR), 0);
  EXPECT_THAT(Refusal(options), HasSubstr("pipe: is no regular file"));
  options = good;
  options.cert = directory_.PathOf(".");
  EXPECT_THAT(Refusal(options), HasSubstr(": is no regular file"));
}

TEST_F(TlsFilesTest, FileSizeIsBounded) {
  std::string padded = identity_.certificate;
  padded.resize(kMaxTlsFileBytes, '\n');
  EXPECT_TRUE(ReadTlsFiles(Write({padded, identity_.key}), absl::Now()).ok());
  padded += '\n';
  EXPECT_THAT(Refusal(Write({padded, identity_.key})), HasSubstr("is larger than 1048576 bytes"));
}

}  // namespace
}  // namespace portreg::server
