#include "client/connections/connect_failure.h"

#include <algorithm>
#include <initializer_list>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace portreg::internal {
namespace {

bool ContainsAny(absl::string_view text, std::initializer_list<absl::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [text](absl::string_view part) { return absl::StrContains(text, part); });
}

// Returns the text after the last `mark`; the whole text if there is none.
absl::string_view After(absl::string_view text, absl::string_view mark) {
  const size_t at = text.rfind(mark);
  return at == absl::string_view::npos ? text : text.substr(at + mark.size());
}

// Explains a connection that ended before the server sent anything that gRPC
// understands.
std::string ExplainClosed(const ClientOptions& options) {
  if (!options.tls) {
    return "the server closed it at once, as one does that wants TLS, or has as many connections "
           "as it allows; ClientOptions.tls (--tls, --cacert) turns TLS on";
  }
  if (options.tls->cert_file.empty()) {
    return "the server closed it after the TLS handshake, as one does that wants a client "
           "certificate; tls.cert_file and tls.key_file (--cert, --key) name one";
  }
  return "the server closed it after the TLS handshake, as one does that refuses the client "
         "certificate; it must be valid and of an authority that the server trusts";
}

std::string ExplainHandshake(absl::string_view message) {
  const absl::string_view reason = After(message, "::");
  // The prefix of the errors of common/tls/handshake_guard.
  constexpr absl::string_view kGuard = "the peer's certificate::";
  if (absl::StrContains(message, kGuard)) {
    return absl::StrCat("the server's certificate ", reason, "; its authority must issue another");
  }
  if (ContainsAny(reason, {"wrong version number", "packet length too long", "http request"})) {
    return "the server does not speak TLS there; leave ClientOptions.tls out (--plaintext), or "
           "name its TLS port";
  }
  if (absl::StrContains(reason, "certificate verify failed")) {
    return "the server's certificate is not trusted: it is expired, or of no authority in "
           "tls.ca_file (--cacert; without it the system's)";
  }
  if (ContainsAny(reason, {"certificate required", "handshake failure"})) {
    return absl::StrCat("the server refused the TLS handshake (", reason,
                        "): it may want a client certificate, which tls.cert_file and "
                        "tls.key_file (--cert, --key) name");
  }
  if (absl::StrContains(reason, " alert ")) {
    return absl::StrCat("the server refused the TLS handshake (", reason,
                        "): it may not accept the client certificate");
  }
  return absl::StrCat("the TLS handshake failed: ", reason);
}

}  // namespace

std::string ExplainConnectFailure(absl::string_view message, const ClientOptions& options) {
  // The beginning of round_robin's message if no connection could be made.
  if (!absl::StrContains(message, "connections to all backends failing")) return {};
  if (absl::StrContains(message, "handshake failed")) return ExplainHandshake(message);
  constexpr absl::string_view kPeerName = "Peer name ";
  if (absl::StrContains(message, kPeerName)) {
    return absl::StrCat("the server's certificate bears another name: peer name ",
                        After(message, kPeerName),
                        "; tls.server_name (--server-name) says which to expect");
  }
  if (ContainsAny(message,
                  {"Socket closed", "Connection reset by peer", "Broken pipe", "Unwrap failed"})) {
    return ExplainClosed(options);
  }
  return {};
}

}  // namespace portreg::internal
