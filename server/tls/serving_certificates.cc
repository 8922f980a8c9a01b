#include "server/tls/serving_certificates.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/tls/handshake_guard.h"
#include "grpcpp/security/tls_certificate_provider.h"
#include "grpcpp/security/tls_credentials_options.h"

namespace portreg::server {
namespace {

// Seconds between two checks of the files in memory by gRPC.
constexpr unsigned kLookEvery = 1;

absl::Status CheckOptions(const ServerTlsOptions& options) {
  if (options.cert.empty() || options.key.empty()) {
    return absl::InvalidArgumentError("TLS needs both tls_cert and tls_key");
  }
  if (options.client_ca.empty() && !options.allowed_clients.empty()) {
    return absl::InvalidArgumentError("tls_allowed_clients needs tls_client_ca");
  }
  return absl::OkStatus();
}

// Checks that gRPC can open the file by its path, for which /proc must be mounted.
absl::Status CheckCanBeOpened(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("TLS needs /proc: cannot open ", path));
  }
  close(fd);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<ServingCertificates>> ServingCertificates::Load(
    const ServerTlsOptions& options) {
  if (absl::Status status = CheckOptions(options); !status.ok()) return status;
  if (absl::Status status = GuardHandshakes(); !status.ok()) return status;
  const absl::Time now = absl::Now();
  absl::StatusOr<TlsFiles> files = ReadTlsFiles(options, now);
  if (!files.ok()) return files.status();
  std::unique_ptr<ServingCertificates> certificates(new ServingCertificates(options));
  const absl::Status status = certificates->Start(*std::move(files), now);
  if (!status.ok()) return status;
  return certificates;
}

absl::Status ServingCertificates::Start(TlsFiles files, absl::Time now) {
  const MutexLock lock(mutex_);
  if (absl::Status status = Publish(std::move(files), now); !status.ok()) return status;
  return MakeCredentials();
}

absl::StatusOr<bool> ServingCertificates::Reload() {
  // Reads without the lock, because a slow file system must not block other threads.
  const absl::Time now = absl::Now();
  absl::StatusOr<TlsFiles> files = ReadTlsFiles(options_, now);
  if (!files.ok()) return files.status();
  const MutexLock lock(mutex_);
  if (SameCertificates(files->identity.chain, chain_) &&
      SameCertificates(files->client_ca, client_ca_)) {
    return false;
  }
  if (absl::Status status = Publish(*std::move(files), now); !status.ok()) return status;
  return true;
}

ServingCertificates::Expiry ServingCertificates::expiry() const {
  const MutexLock lock(mutex_);
  return expiry_;
}

absl::StatusOr<std::shared_ptr<const GnuTlsCredentials>> ServingCertificates::ForGnuTls() {
  const MutexLock lock(mutex_);
  if (for_gnutls_ == nullptr) {
    absl::StatusOr<std::shared_ptr<const GnuTlsCredentials>> made =
        GnuTlsCredentials::Create({.chain = chain_, .key = key_}, client_ca_);
    if (!made.ok()) return made.status();
    for_gnutls_ = *std::move(made);
  }
  return for_gnutls_;
}

absl::Status ServingCertificates::Publish(TlsFiles files, absl::Time now) {
  std::shared_ptr<const GnuTlsCredentials> for_gnutls;
  if (for_gnutls_ != nullptr) {
    absl::StatusOr<std::shared_ptr<const GnuTlsCredentials>> made =
        GnuTlsCredentials::Create(files.identity, files.client_ca);
    if (!made.ok()) return made.status();
    for_gnutls = *std::move(made);
  }
  absl::Status status = PublishForGrpc(std::move(files), now);
  if (status.ok()) for_gnutls_ = std::move(for_gnutls);
  return status;
}

absl::Status ServingCertificates::PublishForGrpc(TlsFiles files, absl::Time now) {
  TlsIdentity& identity = files.identity;
  const bool new_ca = !files.client_ca.empty() && !SameCertificates(files.client_ca, client_ca_);
  const bool new_identity = !SameCertificates(identity.chain, chain_);
  // Prepares both files before either is replaced, so that an error changes none.
  absl::Status status;
  if (new_ca) {
    status = client_ca_file_.Prepare([&](BIO* out) { return WritePem(out, files.client_ca); });
  }
  if (status.ok() && new_identity) {
    status = identity_file_.Prepare([&](BIO* out) {
      return WritePem(out, identity.chain) && WritePem(out, identity.key.get());
    });
  }
  if (status.ok() && new_ca) status = client_ca_file_.Replace();
  if (status.ok() && new_identity) status = identity_file_.Replace();
  if (!status.ok()) return status;
  if (new_ca) {
    client_ca_ = std::move(files.client_ca);
    expiry_.client_ca = EarliestExpiry(client_ca_, now);
  }
  if (new_identity) {
    chain_ = std::move(identity.chain);
    key_ = std::move(identity.key);
    expiry_.certificate = EarliestExpiry(chain_, now);
  }
  return absl::OkStatus();
}

absl::Status ServingCertificates::MakeCredentials() {
  const std::string identity = identity_file_.path();
  const std::string client_ca = client_ca_.empty() ? std::string() : client_ca_file_.path();
  if (absl::Status status = CheckCanBeOpened(identity); !status.ok()) return status;
  grpc::experimental::TlsServerCredentialsOptions options(
      std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(identity, identity,
                                                                           client_ca, kLookEvery));
  options.watch_identity_key_cert_pairs();
  if (!client_ca.empty()) {
    options.watch_root_certs();
    options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  }
  credentials_ = grpc::experimental::TlsServerCredentials(options);
  return absl::OkStatus();
}

}  // namespace portreg::server
