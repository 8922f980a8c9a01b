#include "common/tls/names.h"

#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "openssl/asn1.h"
#include "openssl/bio.h"
#include "openssl/err.h"
#include "openssl/pem.h"
#include "openssl/x509.h"
#include "tests/common/certificates.h"

namespace portreg {
namespace {

constexpr unsigned kEmail = 0x81;
constexpr unsigned kDns = 0x82;
constexpr unsigned kUri = 0x86;
constexpr unsigned kAddress = 0x87;

class NameFaultTest : public ::testing::Test {
 protected:
  [[nodiscard]] NameFault FaultOf(const std::string& names,
                                  const CertificateTraits& traits = {}) const {
    const std::string pem = authority_.Issue(names, traits).certificate;
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
        BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(
        PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), X509_free);
    ERR_clear_error();
    const NameFault fault = FindNameFault(certificate.get());
    EXPECT_EQ(ERR_peek_error(), 0) << "an error was left behind";
    return fault;
  }

  const Authority authority_{"portreg test authority"};
};

TEST_F(NameFaultTest, OrdinaryNamesHaveNone) {
  for (const char* const names :
       {"", "DNS:portreg.test", "IP:127.0.0.1", "IP:::1", "email:a@b.test", "URI:spiffe://a/b",
        "RID:1.2.3.4", "otherName:1.2.3.4;UTF8:any"}) {
    EXPECT_EQ(FaultOf(names), NameFault::kNone) << names;
  }
}

TEST_F(NameFaultTest, AddressHasFourOrSixteenBytes) {
  for (const size_t size : {0, 1, 2, 3, 4, 5, 8, 15, 16, 17, 32, 100, 127, 128, 200, 1000}) {
    EXPECT_EQ(FaultOf(RawName(kAddress, std::string(size, '\x01'))),
              size == 4 || size == 16 ? NameFault::kNone : NameFault::kAddressLength)
        << size;
  }
}

TEST_F(NameFaultTest, NulIsFoundWhereverItStands) {
  for (const unsigned tag : {kEmail, kDns, kUri}) {
    for (const std::string& name :
         {std::string("\0", 1), std::string("a\0", 2), std::string("good.test\0.evil", 15)}) {
      EXPECT_EQ(FaultOf(RawName(tag, name)), NameFault::kNul) << tag;
    }
    EXPECT_EQ(FaultOf(RawName(tag, "")), NameFault::kNone) << tag;
    // The type is IA5String in name only, and is read as Latin-1.
    EXPECT_EQ(FaultOf(RawName(tag, "\xff\xfe")), NameFault::kNone) << tag;
  }
  CertificateTraits traits;
  traits.common_name = std::string("good.test\0.evil", 15);
  EXPECT_EQ(FaultOf("", traits), NameFault::kNul);
  EXPECT_EQ(FaultOf("DNS:portreg.test", traits), NameFault::kNul);
}

TEST_F(NameFaultTest, CommonNameIsText) {
  CertificateTraits traits;
  traits.common_name_type = V_ASN1_BMPSTRING;
  traits.common_name = std::string("\0a", 2);
  EXPECT_EQ(FaultOf("", traits), NameFault::kNone);
  // OpenSSL parses a bit string, though it is no text. It does not parse text in a wrong
  // encoding.
  traits.common_name_type = V_ASN1_BIT_STRING;
  traits.common_name = "bits";
  EXPECT_EQ(FaultOf("", traits), NameFault::kText);
}

TEST_F(NameFaultTest, ExtensionIsParsedAndGivenOnce) {
  EXPECT_EQ(FaultOf("DER:ff"), NameFault::kExtension);
  EXPECT_EQ(FaultOf("DER:3005820401"), NameFault::kExtension);
  CertificateTraits twice;
  twice.names_twice = true;
  EXPECT_EQ(FaultOf("DNS:portreg.test", twice), NameFault::kExtension);
}

TEST_F(NameFaultTest, AFaultAfterGoodNamesIsFound) {
  // The bytes are a SEQUENCE of 127.0.0.1 and of an address of one byte.
  EXPECT_EQ(FaultOf("DER:300987047f000001870101"), NameFault::kAddressLength);
}

}  // namespace
}  // namespace portreg
