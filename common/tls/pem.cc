#include "common/tls/pem.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "openssl/bio.h"
#include "openssl/crypto.h"
#include "openssl/err.h"
#include "openssl/evp.h"
#include "openssl/pem.h"
#include "openssl/x509.h"

namespace portreg {
namespace {

// Holds the content of a file. Wipes it at the end, because it may be a private key.
class Secret {
 public:
  explicit Secret(size_t size) : bytes_(size) {}
  Secret(Secret&&) = default;
  Secret& operator=(Secret&&) = delete;
  ~Secret() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

  [[nodiscard]] char* data() { return bytes_.data(); }
  [[nodiscard]] size_t size() const { return bytes_.size(); }
  [[nodiscard]] absl::string_view text() const { return {bytes_.data(), bytes_.size()}; }

  void Shrink(size_t size) {
    OPENSSL_cleanse(bytes_.data() + size, bytes_.size() - size);
    bytes_.resize(size);
  }

  // Returns a reader of the content, which must outlive it.
  [[nodiscard]] std::unique_ptr<BIO, decltype(&BIO_free)> Reader() const {
    return {BIO_new_mem_buf(bytes_.data(), static_cast<int>(bytes_.size())), BIO_free};
  }

 private:
  std::vector<char> bytes_;
};

absl::StatusOr<Secret> ReadFile(const std::string& path) {
  // O_NONBLOCK, because a pipe must not keep the caller waiting for a writer.
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return absl::ErrnoToStatus(errno, "cannot be opened");
  const absl::Cleanup close_fd = [fd] { close(fd); };
  struct stat file;
  if (fstat(fd, &file) != 0) return absl::ErrnoToStatus(errno, "cannot be read");
  if (!S_ISREG(file.st_mode)) return absl::InvalidArgumentError("is no regular file");
  // Reads one byte more than allowed to recognise a file that is too large. The size from
  // fstat would not do, because the file may grow.
  Secret content(kMaxTlsFileBytes + 1);
  size_t size = 0;
  while (size < content.size()) {
    const ssize_t count = read(fd, content.data() + size, content.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return absl::ErrnoToStatus(errno, "cannot be read");
    if (count == 0) break;
    size += static_cast<size_t>(count);
  }
  if (size > kMaxTlsFileBytes) {
    return absl::InvalidArgumentError(absl::StrCat("is larger than ", kMaxTlsFileBytes, " bytes"));
  }
  content.Shrink(size);
  return content;
}

// Returns why OpenSSL failed, and clears its errors.
std::string TakePemError() {
  const char* reason = ERR_reason_error_string(ERR_peek_error());
  std::string text = reason != nullptr ? reason : "unknown error";
  ERR_clear_error();
  return text;
}

// Called when OpenSSL needs a passphrase. Refuses, because nobody can enter one.
int NoPassphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

bool HoldsKey(absl::string_view pem) { return absl::StrContains(pem, "PRIVATE KEY-----"); }

bool HoldsCertificate(absl::string_view pem) {
  return absl::StrContains(pem, "-----BEGIN CERTIFICATE-----");
}

absl::StatusOr<Certificates> ParseCertificates(const Secret& pem) {
  ERR_clear_error();
  const auto reader = pem.Reader();
  bool asked = false;
  Certificates certificates;
  while (X509* next = PEM_read_bio_X509(reader.get(), nullptr, &NoPassphrase, &asked)) {
    certificates.emplace_back(next, X509_free);
  }
  const auto end = ERR_peek_last_error();
  const bool complete =
      ERR_GET_LIB(end) == ERR_LIB_PEM && ERR_GET_REASON(end) == PEM_R_NO_START_LINE;
  const std::string why = TakePemError();
  if (!complete) {
    return absl::InvalidArgumentError(
        absl::StrCat("certificate ", certificates.size() + 1, " cannot be parsed: ", why));
  }
  if (!certificates.empty()) return certificates;
  return absl::InvalidArgumentError(HoldsKey(pem.text())
                                        ? "holds a private key, it must hold a certificate"
                                        : "holds no certificate in PEM format");
}

absl::StatusOr<std::shared_ptr<EVP_PKEY>> ParseKey(const Secret& pem) {
  ERR_clear_error();
  const auto reader = pem.Reader();
  bool asked = false;
  std::shared_ptr<EVP_PKEY> key(
      PEM_read_bio_PrivateKey(reader.get(), nullptr, &NoPassphrase, &asked), EVP_PKEY_free);
  if (key != nullptr) return key;
  const std::string why = TakePemError();
  if (asked) {
    return absl::InvalidArgumentError("is encrypted, it must be readable without a passphrase");
  }
  if (HoldsCertificate(pem.text()) && !HoldsKey(pem.text())) {
    return absl::InvalidArgumentError("holds a certificate, it must hold a private key");
  }
  return absl::InvalidArgumentError(absl::StrCat("holds no private key in PEM format: ", why));
}

template <typename Content>
bool WriteText(const Content& content, std::string& text) {
  // In secure memory, which is wiped when it is freed, because it may hold a key.
  const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_secmem()), BIO_free);
  if (out == nullptr || !WritePem(out.get(), content)) return false;
  char* data = nullptr;
  const auto size = BIO_get_mem_data(out.get(), &data);
  text.assign(data, static_cast<size_t>(size));
  return true;
}

}  // namespace

absl::StatusOr<Certificates> ReadCertificates(const std::string& path) {
  const absl::StatusOr<Secret> pem = ReadFile(path);
  if (!pem.ok()) return pem.status();
  return ParseCertificates(*pem);
}

absl::StatusOr<std::shared_ptr<EVP_PKEY>> ReadKey(const std::string& path) {
  const absl::StatusOr<Secret> pem = ReadFile(path);
  if (!pem.ok()) return pem.status();
  return ParseKey(*pem);
}

bool WritePem(BIO* out, const Certificates& certificates) {
  return std::all_of(certificates.begin(), certificates.end(), [out](const auto& certificate) {
    return PEM_write_bio_X509(out, certificate.get()) == 1;
  });
}

bool WritePem(BIO* out, EVP_PKEY* key) {
  return PEM_write_bio_PKCS8PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr) == 1;
}

bool WritePem(const Certificates& certificates, std::string& text) {
  return WriteText(certificates, text);
}

bool WritePem(EVP_PKEY* key, std::string& text) { return WriteText(key, text); }

}  // namespace portreg
