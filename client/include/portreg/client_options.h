// How a portreg::Client reaches its server.
#ifndef PORTREG_CLIENT_OPTIONS_H_
#define PORTREG_CLIENT_OPTIONS_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace portreg {

// Transport security. Files are PEM, regular ones of at most 1 MiB, and are
// checked when the client is made. They are looked at again when a call begins, at
// most once a second: new content that fits is used by calls from then on, each
// change with a connection of its own; content that does not, such as a pair of
// which one file has been replaced, is left aside until it does. A call that finds
// no connection meanwhile says so.
//
// The first client with TLS makes all TLS contexts (SSL_CTX) that the process
// creates afterwards refuse peers' certificates with an IP address name that is not
// 4 or 16 bytes long, or a name with a NUL byte, over which gRPC 1.51 would end the
// process or misread the name. RFC 5280 section 4.2.1.6 forbids them; others get
// the same verdict as without.
struct TlsOptions {
  // Certificates of the authorities that the server's certificate must lead
  // to. Default: empty, those of the system.
  std::string ca_file;
  // The client's own certificate chain, for mutual TLS: with key_file or not at
  // all. Default: empty, the client shows no certificate.
  std::string cert_file;
  // The private key of cert_file's certificate. Default: empty.
  std::string key_file;
  // The name that the server's certificate must bear. Default: empty, the
  // target's host.
  std::string server_name;
};

// Calls that fail with UNAVAILABLE are tried again, as gRPC's retry policy
// does it; no other failure is.
struct RetryOptions {
  // Tries in all, 1-5; 1 switches retries off. Default: 3.
  int max_attempts = 3;
  // Pause before the second try, 1 ms to 1 h; it doubles with each further
  // one, and gRPC varies it at random. Default: 50 ms.
  absl::Duration initial_backoff = absl::Milliseconds(50);
  // The longest pause, 1 ms to 1 h. Default: 1 s.
  absl::Duration max_backoff = absl::Seconds(1);
};

// Where the server is, how to talk to it, and how long to wait for it.
struct ClientOptions {
  // The server, by gRPC's naming: host:port, dns:///name:port, ipv4: and ipv6:
  // with one address or more, unix:path, unix-abstract:name or xds:///name. Where
  // there are several addresses, calls go to them by turns. A port is 1-65535;
  // one that is missing is 6335. Default: empty, 127.0.0.1:6335, where portregd
  // listens by default.
  std::string target;
  // Default: none, plaintext.
  std::optional<TlsOptions> tls;
  // How long a call may take, its retries among it. Above 0. Default: 2 s.
  absl::Duration timeout = absl::Seconds(2);
  // How long a listing may take from its first to its last record. Above 0.
  // Default: 30 s.
  absl::Duration list_timeout = absl::Seconds(30);
  // Default: three tries, 50 ms to 1 s apart.
  RetryOptions retry;
  // How long a server may be silent while calls are under way, a watch among
  // them, until it is asked whether it is still there. Above 0; portregd closes
  // connections that ask more often than every 10 s. Default: 30 s.
  absl::Duration keepalive_time = absl::Seconds(30);
  // How long it may then take to answer; its connection counts as lost
  // afterwards. Above 0. Default: 10 s.
  absl::Duration keepalive_timeout = absl::Seconds(10);
  // Passes over servers that report through grpc.health.v1 that they do not
  // serve; one without health checking counts as serving. Default: no, since
  // gRPC 1.51 crashes where a server goes while calls are made to it that are
  // health checked. A server that drains is left all the same.
  bool health_check = false;
  // Goes through the HTTP proxy that the variables grpc_proxy, https_proxy and
  // http_proxy name. Default: no, a registry is seldom behind one.
  bool use_http_proxy = false;
  // Lets the client's lookups share calls: while two calls are in flight,
  // further lookups gather, from whatever thread, and go out together as soon as
  // one returns. For programs that have many lookups under way at once, which
  // get several times as many answers a second so; one at a time takes as long
  // as ever. Each lookup keeps its deadline, its cancellation and its outcome;
  // only those with equal CallOptions::metadata share a call. BatchLookup is
  // what they are asked with; a server that lacks it is asked one by one, and
  // for it again after a minute. One that allows Lookup but not BatchLookup
  // fails them. Default: no.
  bool coalesce_lookups = false;
  // Put before gRPC's own user agent. Default: empty.
  std::string user_agent;

  // INVALID_ARGUMENT, naming the field and the value, if one is out of bounds.
  [[nodiscard]] absl::Status Validate() const;
};

}  // namespace portreg

#endif  // PORTREG_CLIENT_OPTIONS_H_
