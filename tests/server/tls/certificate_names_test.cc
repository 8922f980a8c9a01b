#include "server/tls/certificate_names.h"

#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "openssl/bio.h"
#include "openssl/pem.h"
#include "openssl/x509.h"
#include "tests/common/certificates.h"

namespace portreg::server {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

CertificateNames NamesIn(const std::string& alternative_names) {
  const Identity identity = Authority("names").Issue(alternative_names);
  const std::unique_ptr<BIO, decltype(&BIO_free)> pem(
      BIO_new_mem_buf(identity.certificate.data(), static_cast<int>(identity.certificate.size())),
      BIO_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      PEM_read_bio_X509(pem.get(), nullptr, nullptr, nullptr), X509_free);
  return NamesOf(certificate.get());
}

TEST(CertificateNamesTest, AreSortedByKind) {
  const CertificateNames names =
      NamesIn("DNS:a.test,URI:spiffe://t/a,email:ops@t,IP:10.0.0.7,DNS:b.test,IP:2001:db8::1");
  EXPECT_THAT(names.dns, ElementsAre("a.test", "b.test"));
  EXPECT_THAT(names.uri, ElementsAre("spiffe://t/a"));
  EXPECT_THAT(names.email, ElementsAre("ops@t"));
  EXPECT_THAT(names.ip, ElementsAre("10.0.0.7", "2001:db8::1"));
}

TEST(CertificateNamesTest, ASubjectIsNoName) {
  const CertificateNames names = NamesIn("");
  EXPECT_THAT(names.dns, IsEmpty());
  EXPECT_THAT(names.uri, IsEmpty());
}

}  // namespace
}  // namespace portreg::server
