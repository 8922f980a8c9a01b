// Who may call, by the names in clients' certificates.
#ifndef PORTREG_SERVER_TLS_CLIENT_NAMES_H_
#define PORTREG_SERVER_TLS_CLIENT_NAMES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "grpcpp/security/auth_context.h"

namespace portreg::server {

// Patterns such as spiffe://example.org/ns/*/sa/web, *.clients.example.org and
// 10.0.0.*, of which one must match a subject alternative name of the client's
// certificate: URI, DNS name, e-mail address or IP address (RFC 5280 section
// 4.2.1.6). The certificate's subject counts for nothing, nor does a name that
// looks like one of another kind: a DNS name must not be an IP address, a URI
// must have "://". E-mail addresses match only patterns that have an "@".
//
// A pattern is one of fnmatch(3): * stands for any text without "/", ? for any
// one character but "/", [a-z] for one of these, \* for *. It must match the
// whole name. Case counts, except in DNS names (RFC 4343). An IP address is
// compared as text, of IPv6 in the form of RFC 5952.
//
// Never changes; any number of threads may use it.
class ClientNames {
 public:
  // Allows every client.
  ClientNames() = default;

  // INVALID_ARGUMENT, naming it, for a pattern that is empty or has characters
  // that are not printable ASCII. No patterns allow every client.
  static absl::StatusOr<ClientNames> Create(std::vector<std::string> patterns);

  // Whether every client is allowed.
  [[nodiscard]] bool empty() const { return patterns_.empty(); }

  // OK for an allowed client of mutual TLS. PERMISSION_DENIED with reason
  // CLIENT_NOT_ALLOWED, naming the first of its names, for another.
  [[nodiscard]] absl::Status Check(const grpc::AuthContext& client) const;

 private:
  explicit ClientNames(std::vector<std::string> patterns) : patterns_(std::move(patterns)) {}

  std::vector<std::string> patterns_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_TLS_CLIENT_NAMES_H_
