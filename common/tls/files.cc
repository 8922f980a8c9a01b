#include "common/tls/files.h"

#include <algorithm>
#include <ctime>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/tls/names.h"
#include "openssl/err.h"
#include "openssl/evp.h"
#include "openssl/ssl.h"
#include "openssl/x509.h"
#include "openssl/x509v3.h"

namespace portreg {
namespace {

absl::Time TimeOf(const ASN1_TIME* time) {
  std::tm parts;
  if (ASN1_TIME_to_tm(time, &parts) != 1) return absl::InfinitePast();
  return absl::FromTM(parts, absl::UTCTimeZone());
}

std::string TextOf(absl::Time time) { return absl::FormatTime(time, absl::UTCTimeZone()); }

absl::Status CheckIsValid(X509* certificate, absl::Time now) {
  const absl::Time begin = TimeOf(X509_get0_notBefore(certificate));
  const absl::Time end = TimeOf(X509_get0_notAfter(certificate));
  if (now < begin) {
    return absl::InvalidArgumentError(absl::StrCat("is not valid before ", TextOf(begin)));
  }
  if (now > end) return absl::InvalidArgumentError(absl::StrCat("expired at ", TextOf(end)));
  return absl::OkStatus();
}

// Loads the certificate into OpenSSL as gRPC does, because the system's configuration
// decides which certificates are too weak.
absl::Status CheckStrength(X509* certificate) {
  ERR_clear_error();
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_method()),
                                                                  SSL_CTX_free);
  if (context != nullptr && SSL_CTX_use_certificate(context.get(), certificate) == 1) {
    return absl::OkStatus();
  }
  const char* const reason = ERR_reason_error_string(ERR_peek_error());
  absl::Status status = absl::InvalidArgumentError(
      absl::StrCat("cannot be used: ", reason != nullptr ? reason : "unknown error"));
  ERR_clear_error();
  return status;
}

absl::Status CheckOwn(TlsSide side, X509* certificate, absl::Time now) {
  if (absl::Status status = CheckIsValid(certificate, now); !status.ok()) return status;
  const bool serves = side == TlsSide::kServer;
  const int purpose = serves ? X509_PURPOSE_SSL_SERVER : X509_PURPOSE_SSL_CLIENT;
  const NameFault fault = FindNameFault(certificate);
  if (fault != NameFault::kNone) {
    return absl::InvalidArgumentError(absl::StrCat("the first certificate ", Describe(fault)));
  }
  if (X509_check_purpose(certificate, purpose, 0) != 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("the first certificate is not for TLS ", serves ? "servers" : "clients"));
  }
  return CheckStrength(certificate);
}

// Returns the position of a certificate in the chain that issued the one at `position`:
// the first one that is valid at `now`, or else the first one. Returns the chain's size
// if the chain has no issuer.
size_t IssuerOf(const Certificates& chain, size_t position, absl::Time now) {
  size_t found = chain.size();
  for (size_t i = 1; i < chain.size(); ++i) {
    if (i == position) continue;
    if (X509_check_issued(chain[i].get(), chain[position].get()) != X509_V_OK) continue;
    if (CheckIsValid(chain[i].get(), now).ok()) return i;
    found = std::min(found, i);
  }
  return found;
}

// Checks the certificates between the own one and its root.
absl::Status CheckIssuers(const Certificates& chain, absl::Time now) {
  std::vector<bool> seen(chain.size(), false);
  for (size_t i = IssuerOf(chain, 0, now); i < chain.size() && !seen[i];
       i = IssuerOf(chain, i, now)) {
    seen[i] = true;
    // Stops at a root, because peers have roots of their own.
    if ((X509_get_extension_flags(chain[i].get()) & EXFLAG_SI) != 0) break;
    const absl::Status status = CheckIsValid(chain[i].get(), now);
    if (!status.ok()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "certificate ", i + 1, ", which the first one needs to be trusted, ", status.message()));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckSize(const Certificates& chain) {
  size_t bytes = 0;
  for (const std::shared_ptr<X509>& certificate : chain) {
    bytes += static_cast<size_t>(std::max(0, i2d_X509(certificate.get(), nullptr)));
  }
  if (bytes <= kMaxChainBytes) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("holds ", chain.size(), " certificates of ", bytes,
                                                 " bytes, peers accept a chain of at most ",
                                                 kMaxChainBytes));
}

absl::Status CheckIdentity(TlsSide side, const Certificates& chain, absl::Time now) {
  if (absl::Status status = CheckOwn(side, chain.front().get(), now); !status.ok()) return status;
  if (absl::Status status = CheckSize(chain); !status.ok()) return status;
  return CheckIssuers(chain, now);
}

absl::Status CheckAuthorities(const Certificates& certificates, absl::Time now) {
  absl::Status status;
  for (const std::shared_ptr<X509>& certificate : certificates) {
    status = CheckIsValid(certificate.get(), now);
    if (status.ok()) return status;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("no certificate in it is valid now; the last one ", status.message()));
}

// Returns the status with the file's option and path in its message.
absl::Status In(const NamedFile& file, const absl::Status& status) {
  return {status.code(), absl::StrCat(file.option, " ", file.path, ": ", status.message())};
}

}  // namespace

absl::StatusOr<TlsIdentity> ReadIdentity(TlsSide side, const NamedFile& certificate,
                                         const NamedFile& key, absl::Time now) {
  absl::StatusOr<Certificates> chain = ReadCertificates(certificate.path);
  if (!chain.ok()) return In(certificate, chain.status());
  absl::StatusOr<std::shared_ptr<EVP_PKEY>> own_key = ReadKey(key.path);
  if (!own_key.ok()) return In(key, own_key.status());
  if (X509_check_private_key(chain->front().get(), own_key->get()) != 1) {
    ERR_clear_error();
    return In(key, absl::InvalidArgumentError(absl::StrCat(
                       "is not the key of the first certificate in ", certificate.path)));
  }
  if (absl::Status status = CheckIdentity(side, *chain, now); !status.ok()) {
    return In(certificate, status);
  }
  return TlsIdentity{.chain = *std::move(chain), .key = *std::move(own_key)};
}

absl::StatusOr<Certificates> ReadAuthorities(const NamedFile& file, absl::Time now) {
  absl::StatusOr<Certificates> authorities = ReadCertificates(file.path);
  if (!authorities.ok()) return In(file, authorities.status());
  if (absl::Status status = CheckAuthorities(*authorities, now); !status.ok()) {
    return In(file, status);
  }
  return authorities;
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
