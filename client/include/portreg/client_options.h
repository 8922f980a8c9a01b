// Configures how a client reaches its server.
#ifndef PORTREG_CLIENT_OPTIONS_H_
#define PORTREG_CLIENT_OPTIONS_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace portreg {

// Configures TLS. Files are regular PEM files of at most 1 MiB, and are checked when
// the client is made. They are read again when they have changed, which is checked
// at the beginning of a call, at most once a second. Each change opens a new
// connection for later calls. Content that cannot be used, such as a certificate
// whose key has not been replaced yet, is ignored until it can; a call that finds no
// connection meanwhile reports it.
//
// The first client with TLS makes all TLS contexts (SSL_CTX) that the process
// creates afterwards refuse certificates of peers that have an IP address name which
// is not 4 or 16 bytes long, or a name with a NUL byte. RFC 5280 section 4.2.1.6
// forbids both, and gRPC 1.51 would end the process or misread the name. Other
// certificates are judged as before.
struct TlsOptions {
  // Certificates of the authorities that may issue the server's certificate.
  // Default: empty, the system's.
  std::string ca_file;
  // The client's certificate chain, for mutual TLS. Requires key_file. Default:
  // empty, the client has no certificate.
  std::string cert_file;
  // The private key of the certificate in cert_file. Default: empty.
  std::string key_file;
  // The name that the server's certificate must have. Default: empty, the host of
  // the target.
  std::string server_name;
};

// Configures retries. gRPC repeats calls that fail with UNAVAILABLE, and no others.
struct RetryOptions {
  // Number of attempts, 1-5; 1 turns retries off. Default: 3.
  int max_attempts = 3;
  // Pause before the second attempt, 1 ms to 1 h. It doubles with each further
  // attempt, and gRPC randomises it. Default: 50 ms.
  absl::Duration initial_backoff = absl::Milliseconds(50);
  // The longest pause, 1 ms to 1 h. Default: 1 s.
  absl::Duration max_backoff = absl::Seconds(1);
};

// Configures a Client: where its server is, and how long calls may take.
struct ClientOptions {
  // The server, in gRPC's syntax: host:port, dns:///name:port, ipv4: or ipv6: with
  // one or more addresses, unix:path, unix-abstract:name, or xds:///name. Calls are
  // distributed over several addresses in turn. A port is 1-65535; 6335 if it is
  // missing. Default: empty, 127.0.0.1:6335, where portregd listens by default.
  std::string target;
  // Default: absent, plaintext.
  std::optional<TlsOptions> tls;
  // How long a call may take, including its retries. Above 0. Default: 2 s.
  absl::Duration timeout = absl::Seconds(2);
  // How long a listing may take from its first to its last record. Above 0.
  // Default: 30 s.
  absl::Duration list_timeout = absl::Seconds(30);
  // Default: three attempts with pauses of 50 ms to 1 s.
  RetryOptions retry;
  // How long a server may send nothing during calls, including a watch, before gRPC
  // asks whether it is still there. Above 0; portregd closes connections that ask
  // more often than every 10 s. Default: 30 s.
  absl::Duration keepalive_time = absl::Seconds(30);
  // How long the server may take to answer that. After it the connection counts as
  // lost. Above 0. Default: 10 s.
  absl::Duration keepalive_timeout = absl::Seconds(10);
  // Avoids servers that report through grpc.health.v1 that they do not serve. A
  // server without health checking counts as serving. Default: false, because gRPC
  // 1.51 crashes if a server with health checking disappears during calls. A server
  // that drains is left in either case.
  bool health_check = false;
  // Connects through the HTTP proxy in the environment variables grpc_proxy,
  // https_proxy or http_proxy. Default: false, because a registry is rarely behind
  // one.
  bool use_http_proxy = false;
  // Lets lookups share calls: while two calls are in flight, lookups of all threads
  // gather, and are sent together as soon as one call returns. A program with many
  // concurrent lookups gets several times as many answers a second; a single lookup
  // takes as long as before. Each lookup keeps its deadline, its cancellation and
  // its outcome. Only lookups with equal CallOptions::metadata share a call. They use
  // BatchLookup; a server that lacks it gets single lookups, and is asked for it
  // again after a minute. Lookups fail at a server that permits Lookup but not
  // BatchLookup. Default: false.
  bool coalesce_lookups = false;
  // Precedes gRPC's own user agent. Default: empty.
  std::string user_agent;

  // Returns INVALID_ARGUMENT, naming the field and its value, if a field is out of
  // bounds.
  [[nodiscard]] absl::Status Validate() const;
};

}  // namespace portreg

#endif  // PORTREG_CLIENT_OPTIONS_H_
