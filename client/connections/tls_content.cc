#include "client/connections/tls_content.h"

#include <string>
#include <utility>

#include "absl/status/status.h"

namespace portreg::internal {

absl::StatusOr<TlsContent> ReadTlsContent(const TlsOptions& options, absl::Time now) {
  TlsContent content;
  if (!options.ca_file.empty()) {
    absl::StatusOr<Certificates> authorities =
        ReadAuthorities({"tls.ca_file", options.ca_file}, now);
    if (!authorities.ok()) return authorities.status();
    content.authorities = *std::move(authorities);
  }
  if (!options.cert_file.empty()) {
    absl::StatusOr<TlsIdentity> identity =
        ReadIdentity(TlsSide::kClient, {"tls.cert_file", options.cert_file},
                     {"tls.key_file", options.key_file}, now);
    if (!identity.ok()) return identity.status();
    content.identity = *std::move(identity);
  }
  return content;
}

bool SameContent(const TlsContent& a, const TlsContent& b) {
  return SameCertificates(a.authorities, b.authorities) &&
         SameCertificates(a.identity.chain, b.identity.chain);
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> CredentialsOf(const TlsContent& content) {
  grpc::SslCredentialsOptions options;
  bool written = WritePem(content.authorities, options.pem_root_certs);
  if (content.identity.key != nullptr) {
    written = written && WritePem(content.identity.chain, options.pem_cert_chain) &&
              WritePem(content.identity.key.get(), options.pem_private_key);
  }
  if (!written) return absl::InternalError("OpenSSL cannot write the content of the TLS files");
  return grpc::SslCredentials(options);
}

}  // namespace portreg::internal
