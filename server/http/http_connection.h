// Closes HTTP connections at their deadlines.
#ifndef PORTREG_SERVER_HTTP_HTTP_CONNECTION_H_
#define PORTREG_SERVER_HTTP_HTTP_CONNECTION_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <unordered_set>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "common/system/monotonic_time.h"
#include "common/system/mutex.h"
#include "server/tls/certificate_names.h"
#include "server/tls/gnutls_credentials.h"

namespace portreg::server {

// Limits of the time that the steps of a connection take.
struct HttpTimes {
  // Limits each of three steps: the TLS handshake together with the first line of the first
  // request; the rest of the head of a request; the body of a request. Protects descriptors
  // and memory against clients that send slowly. Default: 10 s.
  absl::Duration request = absl::Seconds(10);
  // How long a connection may wait for the next request. Default: 5 minutes.
  absl::Duration idle = absl::Minutes(5);
  // The server closes a connection that has existed for `age`, plus or minus a tenth at random,
  // after its next response. It closes the connection after another `age_grace` in any case.
  // Default: 30 minutes and 30 s.
  absl::Duration age = absl::Minutes(30);
  absl::Duration age_grace = absl::Seconds(30);
};

// The state of an open connection.
struct HttpConnection {
  int fd = -1;
  // The peer's address as gRPC writes it, such as "ipv4:127.0.0.1:50000".
  std::string peer;
  // The credentials of the handshake. Null in plaintext.
  std::shared_ptr<const GnuTlsCredentials> credentials;
  // The names in the client's certificate. Set when the first request arrives, if clients are
  // asked for a certificate.
  std::optional<CertificateNames> client;
  // From this time on, the next response is the last one.
  MonotonicTime last_response = MonotonicTime::InfinitePast();
  // When the current step of the connection must have ended. Nanoseconds of the monotonic
  // clock.
  std::atomic<int64_t> deadline = 0;
  // When the connection is closed whatever it does. Nanoseconds of the monotonic clock.
  int64_t latest_end = 0;
};

// Closes connections at their deadlines. While there are connections, a thread checks all of
// them at least twice a second.
//
// Thread-safe.
class HttpDeadlines {
 public:
  explicit HttpDeadlines(const HttpTimes& times);
  // Stops the thread.
  ~HttpDeadlines();

  HttpDeadlines(const HttpDeadlines&) = delete;
  HttpDeadlines& operator=(const HttpDeadlines&) = delete;

  // Adds a connection that has just been accepted.
  void Add(HttpConnection& connection);
  // Removes a connection before its descriptor is closed.
  void Remove(HttpConnection& connection);

  // Set the deadline of a connection for its current step: the client sends a request; the
  // server waits for the next request; the server answers. While the server answers, only
  // `latest_end` limits the time.
  void Receiving(HttpConnection& connection) const { SetDeadline(connection, times_.request); }
  void Idle(HttpConnection& connection) const { SetDeadline(connection, times_.idle); }
  void Answering(HttpConnection& connection) const {
    SetDeadline(connection, absl::InfiniteDuration());
  }

 private:
  static void SetDeadline(HttpConnection& connection, absl::Duration after);
  void Run();

  const HttpTimes times_;
  const absl::Duration interval_;
  Mutex mutex_;
  ConditionVariable changed_;
  std::unordered_set<HttpConnection*> open_ ABSL_GUARDED_BY(mutex_);
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_HTTP_HTTP_CONNECTION_H_
