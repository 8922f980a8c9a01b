#include "tests/common/certificates.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/strings/escaping.h"
#include "openssl/bio.h"
#include "openssl/err.h"
#include "openssl/evp.h"
#include "openssl/pem.h"
#include "openssl/x509.h"
#include "openssl/x509v3.h"

namespace portreg {
namespace {

void Check(bool done) {
  if (done) return;
  ERR_print_errors_fp(stderr);
  std::abort();
}

std::shared_ptr<EVP_PKEY> MakeKey(unsigned rsa_bits) {
  return {rsa_bits > 0 ? EVP_RSA_gen(rsa_bits) : EVP_EC_gen("P-256"), EVP_PKEY_free};
}

template <typename Write>
std::string Pem(Write write) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), BIO_free);
  Check(write(bio.get()) == 1);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<size_t>(size)};
}

std::string PemOf(X509* certificate) {
  return Pem([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate); });
}

std::string PemOf(EVP_PKEY* key) {
  return Pem([&](BIO* bio) {
    return PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
}

void AddExtension(X509* certificate, int nid, const std::string& value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str());
  Check(extension != nullptr);
  Check(X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

// Returns an unsigned certificate whose issuer is itself.
std::shared_ptr<X509> MakeCertificate(EVP_PKEY* key, const std::string& name, int name_type,
                                      const CertificateTraits& traits) {
  static std::atomic<long> serial = 0;
  std::shared_ptr<X509> certificate(X509_new(), X509_free);
  Check(X509_set_version(certificate.get(), X509_VERSION_3) == 1);
  Check(ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), ++serial) == 1);
  const auto seconds = [](absl::Duration duration) {
    return static_cast<long>(absl::ToInt64Seconds(duration));
  };
  Check(X509_gmtime_adj(X509_getm_notBefore(certificate.get()), seconds(traits.valid_from)) !=
        nullptr);
  Check(X509_gmtime_adj(X509_getm_notAfter(certificate.get()), seconds(traits.valid_until)) !=
        nullptr);
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  const auto* const text = reinterpret_cast<const unsigned char*>(name.data());
  Check(X509_NAME_add_entry_by_txt(subject, "CN", name_type, text, static_cast<int>(name.size()),
                                   -1, 0) == 1);
  Check(X509_set_issuer_name(certificate.get(), subject) == 1);
  Check(X509_set_pubkey(certificate.get(), key) == 1);
  return certificate;
}

// Returns the length of `content` in DER.
std::string LengthOf(const std::string& content) {
  const size_t size = content.size();
  const auto byte = [](size_t value) { return static_cast<char>(value & 0xff); };
  if (size < 0x80) return {byte(size)};
  return {byte(0x82), byte(size >> 8), byte(size)};
}

}  // namespace

std::string RawName(unsigned tag, const std::string& bytes) {
  const std::string name = static_cast<char>(tag) + LengthOf(bytes) + bytes;
  return "DER:" + absl::BytesToHexString("\x30" + LengthOf(name) + name);
}

Authority::Authority(const std::string& name, const CertificateTraits& traits)
    : Authority(MakeKey(traits.rsa_bits), nullptr) {
  certificate_ = MakeCertificate(key_.get(), name, MBSTRING_ASC, traits);
  AddExtension(certificate_.get(), NID_basic_constraints, "critical,CA:TRUE");
  Check(X509_sign(certificate_.get(), key_.get(), EVP_sha256()) != 0);
}

Authority::Authority(std::shared_ptr<EVP_PKEY> key, std::shared_ptr<X509> certificate)
    : key_(std::move(key)), certificate_(std::move(certificate)) {}

Authority Authority::IssueAuthority(const std::string& name,
                                    const CertificateTraits& traits) const {
  std::shared_ptr<EVP_PKEY> key = MakeKey(traits.rsa_bits);
  std::shared_ptr<X509> issued = MakeCertificate(key.get(), name, MBSTRING_ASC, traits);
  Check(X509_set_issuer_name(issued.get(), X509_get_subject_name(certificate_.get())) == 1);
  AddExtension(issued.get(), NID_basic_constraints, "critical,CA:TRUE");
  Check(X509_sign(issued.get(), key_.get(), EVP_sha256()) != 0);
  return {std::move(key), std::move(issued)};
}

std::string Authority::certificate() const { return PemOf(certificate_.get()); }

Identity Authority::Issue(const std::string& alternative_names,
                          const CertificateTraits& traits) const {
  const std::shared_ptr<EVP_PKEY> key = MakeKey(traits.rsa_bits);
  const std::shared_ptr<X509> issued =
      MakeCertificate(key.get(), traits.common_name, traits.common_name_type, traits);
  Check(X509_set_issuer_name(issued.get(), X509_get_subject_name(certificate_.get())) == 1);
  const auto add = [&issued](int nid, const std::string& value) {
    if (!value.empty()) AddExtension(issued.get(), nid, value);
  };
  add(NID_subject_alt_name, alternative_names);
  if (traits.names_twice) add(NID_subject_alt_name, alternative_names);
  add(NID_ext_key_usage, traits.extended_key_usage);
  Check(X509_sign(issued.get(), key_.get(), EVP_sha256()) != 0);
  return {PemOf(issued.get()), PemOf(key.get())};
}

std::string Encrypted(const std::string& key) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> in(
      BIO_new_mem_buf(key.data(), static_cast<int>(key.size())), BIO_free);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> parsed(
      PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
  Check(parsed != nullptr);
  return Pem([&](BIO* bio) {
    return PEM_write_bio_PKCS8PrivateKey(bio, parsed.get(), EVP_aes_128_cbc(), "secret", 6, nullptr,
                                         nullptr);
  });
}

}  // namespace portreg
