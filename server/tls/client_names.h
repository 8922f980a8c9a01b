// Decides by the names in a client's certificate whether it may call.
#ifndef PORTREG_SERVER_TLS_CLIENT_NAMES_H_
#define PORTREG_SERVER_TLS_CLIENT_NAMES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "grpcpp/security/auth_context.h"
#include "server/tls/certificate_names.h"

namespace portreg::server {

// Holds patterns such as spiffe://example.org/ns/*/sa/web, *.clients.example.org and
// 10.0.0.*. A client may call if a pattern matches a subject alternative name of its
// certificate: URI, DNS name, e-mail address or IP address (RFC 5280 section 4.2.1.6).
// The certificate's subject is ignored, and so is a name that looks like one of another
// kind: a DNS name must not be an IP address, and a URI must contain "://". An e-mail
// address matches only patterns that contain "@".
//
// Patterns are those of fnmatch(3): * matches any text without "/", ? any character
// except "/", [a-z] one of these characters, and \* the character *. A pattern must
// match the whole name. Case matters, except in DNS names (RFC 4343). An IP address is
// compared as text; IPv6 addresses have the form of RFC 5952.
//
// Immutable, so thread-safe.
class ClientNames {
 public:
  // Allows every client.
  ClientNames() = default;

  // Returns INVALID_ARGUMENT, naming the pattern, if one is empty or has a character
  // that is not printable ASCII. An empty list allows every client.
  static absl::StatusOr<ClientNames> Create(std::vector<std::string> patterns);

  // Returns true if every client is allowed.
  [[nodiscard]] bool empty() const { return patterns_.empty(); }

  // Returns OK if the client of a mutual TLS connection is allowed. Otherwise returns
  // PERMISSION_DENIED with reason CLIENT_NOT_ALLOWED; the message shows the client's
  // first names.
  [[nodiscard]] absl::Status Check(const grpc::AuthContext& client) const;
  [[nodiscard]] absl::Status Check(const CertificateNames& client) const;

 private:
  explicit ClientNames(std::vector<std::string> patterns) : patterns_(std::move(patterns)) {}

  // `names_of(kind)` returns the client's names of a kind.
  template <typename NamesOfKind>
  [[nodiscard]] absl::Status CheckNames(NamesOfKind names_of) const;

  std::vector<std::string> patterns_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_TLS_CLIENT_NAMES_H_
