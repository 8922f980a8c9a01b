#include "server/tls_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <string>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "openssl/bio.h"
#include "openssl/crypto.h"
#include "openssl/err.h"
#include "openssl/evp.h"
#include "openssl/pem.h"
#include "openssl/ssl.h"
#include "openssl/x509.h"
#include "openssl/x509v3.h"

namespace portreg {
namespace {

// What a file holds, perhaps a private key: wiped when it is let go.
class Secret {
 public:
  explicit Secret(size_t size) : bytes_(size) {}
  Secret(Secret&&) = default;
  Secret& operator=(Secret&&) = delete;
  ~Secret() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

  [[nodiscard]] char* data() { return bytes_.data(); }
  [[nodiscard]] size_t size() const { return bytes_.size(); }
  // To a smaller size.
  void Cut(size_t size) {
    OPENSSL_cleanse(bytes_.data() + size, bytes_.size() - size);
    bytes_.resize(size);
  }

  // Reads what is here, which must outlive it.
  [[nodiscard]] std::unique_ptr<BIO, decltype(&BIO_free)> Reader() const {
    return {BIO_new_mem_buf(bytes_.data(), static_cast<int>(bytes_.size())), BIO_free};
  }

 private:
  std::vector<char> bytes_;
};

absl::StatusOr<Secret> ReadFile(const std::string& path) {
  // A pipe must not keep the server waiting for a writer.
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return absl::ErrnoToStatus(errno, "cannot be opened");
  const absl::Cleanup close_fd = [fd] { close(fd); };
  struct stat file;
  if (fstat(fd, &file) != 0) return absl::ErrnoToStatus(errno, "cannot be read");
  if (!S_ISREG(file.st_mode)) return absl::InvalidArgumentError("is no regular file");
  // One byte more than may be there tells a file that is too large from the
  // largest one, and one that grows meanwhile from one that does not.
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
  content.Cut(size);
  return content;
}

// Why OpenSSL failed, in its own words; forgotten there.
std::string TakeError() {
  const char* reason = ERR_reason_error_string(ERR_peek_error());
  std::string text = reason != nullptr ? reason : "unknown error";
  ERR_clear_error();
  return text;
}

// Answers OpenSSL's question for a passphrase, which nobody is there to enter.
int NoPassphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
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
  const std::string why = TakeError();
  if (!complete) {
    return absl::InvalidArgumentError(
        absl::StrCat("certificate ", certificates.size() + 1, " cannot be parsed: ", why));
  }
  if (certificates.empty()) return absl::InvalidArgumentError("holds no certificate in PEM format");
  return certificates;
}

absl::StatusOr<std::shared_ptr<EVP_PKEY>> ParseKey(const Secret& pem) {
  ERR_clear_error();
  const auto reader = pem.Reader();
  bool asked = false;
  std::shared_ptr<EVP_PKEY> key(
      PEM_read_bio_PrivateKey(reader.get(), nullptr, &NoPassphrase, &asked), EVP_PKEY_free);
  if (key != nullptr) return key;
  const std::string why = TakeError();
  if (asked) {
    return absl::InvalidArgumentError("is encrypted, and nobody is there to enter a passphrase");
  }
  return absl::InvalidArgumentError(absl::StrCat("holds no private key in PEM format: ", why));
}

absl::Time TimeOf(const ASN1_TIME* time) {
  std::tm parts;
  if (ASN1_TIME_to_tm(time, &parts) != 1) return absl::InfinitePast();
  return absl::FromTM(parts, absl::UTCTimeZone());
}

std::string Text(absl::Time time) { return absl::FormatTime(time, absl::UTCTimeZone()); }

absl::Status CheckIsValid(X509* certificate, absl::Time now) {
  const absl::Time begin = TimeOf(X509_get0_notBefore(certificate));
  const absl::Time end = TimeOf(X509_get0_notAfter(certificate));
  if (now < begin) {
    return absl::InvalidArgumentError(absl::StrCat("is not valid before ", Text(begin)));
  }
  if (now > end) return absl::InvalidArgumentError(absl::StrCat("expired at ", Text(end)));
  return absl::OkStatus();
}

absl::Status CheckServerCertificate(X509* certificate, absl::Time now) {
  if (absl::Status status = CheckIsValid(certificate, now); !status.ok()) return status;
  if (X509_check_purpose(certificate, X509_PURPOSE_SSL_SERVER, 0) != 1) {
    return absl::InvalidArgumentError("the first certificate is not for TLS servers");
  }
  ERR_clear_error();
  // As gRPC does: the system's configuration says what is strong enough.
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_method()),
                                                                  SSL_CTX_free);
  if (context == nullptr || SSL_CTX_use_certificate(context.get(), certificate) != 1) {
    return absl::InvalidArgumentError(absl::StrCat("cannot be served: ", TakeError()));
  }
  return absl::OkStatus();
}

absl::Status CheckClientCa(const Certificates& certificates, absl::Time now) {
  absl::Status status;
  for (const std::shared_ptr<X509>& certificate : certificates) {
    status = CheckIsValid(certificate.get(), now);
    if (status.ok()) return status;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("no certificate in it is valid now; the last one ", status.message()));
}

// The status as one of the file that a flag names.
absl::Status In(absl::string_view flag, absl::string_view path, const absl::Status& status) {
  return {status.code(), absl::StrCat(flag, " ", path, ": ", status.message())};
}

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

}  // namespace

absl::StatusOr<TlsFiles> ReadTlsFiles(const TlsOptions& options, absl::Time now) {
  absl::StatusOr<Certificates> chain = ReadCertificates(options.cert);
  if (!chain.ok()) return In("tls_cert", options.cert, chain.status());
  absl::StatusOr<std::shared_ptr<EVP_PKEY>> key = ReadKey(options.key);
  if (!key.ok()) return In("tls_key", options.key, key.status());
  X509* const own = chain->front().get();
  if (X509_check_private_key(own, key->get()) != 1) {
    ERR_clear_error();
    return absl::InvalidArgumentError(absl::StrCat(
        "tls_key ", options.key, ": is not the key of the first certificate in ", options.cert));
  }
  if (const absl::Status status = CheckServerCertificate(own, now); !status.ok()) {
    return In("tls_cert", options.cert, status);
  }
  TlsFiles files{.chain = *std::move(chain), .key = *std::move(key), .client_ca = {}};
  if (options.client_ca.empty()) return files;
  absl::StatusOr<Certificates> client_ca = ReadCertificates(options.client_ca);
  const absl::Status status = client_ca.ok() ? CheckClientCa(*client_ca, now) : client_ca.status();
  if (!status.ok()) return In("tls_client_ca", options.client_ca, status);
  files.client_ca = *std::move(client_ca);
  return files;
}

bool SameCertificates(const Certificates& a, const Certificates& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const auto& x, const auto& y) { return X509_cmp(x.get(), y.get()) == 0; });
}

absl::Time EarliestExpiry(const Certificates& certificates, absl::Time now) {
  absl::Time earliest = absl::InfiniteFuture();
  for (const std::shared_ptr<X509>& certificate : certificates) {
    const absl::Time expiry = TimeOf(X509_get0_notAfter(certificate.get()));
    if (expiry > now) earliest = std::min(earliest, expiry);
  }
  return earliest;
}

}  // namespace portreg
