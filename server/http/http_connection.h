// Ends connections that take longer than they may.
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

// How long the steps of a connection may take.
struct HttpTimes {
  // For each of: the handshake of TLS with the first bytes of the first request, the rest
  // of a request's head, and its body. Protects descriptors and memory against clients
  // that send slowly. Default: 10 s.
  absl::Duration request = absl::Seconds(10);
  // How long a connection may be without a request. Default: 5 minutes.
  absl::Duration idle = absl::Minutes(5);
  // How long a connection may exist before the server closes it after a response, plus or
  // minus a tenth; and how long that response may then take. Default: 30 minutes and 30 s.
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
  // The names in the client's certificate, once a request has come. Empty if the client
  // was not asked for one.
  std::optional<CertificateNames> client;
  // When the next response is the last one.
  MonotonicTime last_response = MonotonicTime::InfinitePast();
  // When the connection is closed: by what it does now, and at the latest. Nanoseconds of
  // the monotonic clock.
  std::atomic<int64_t> deadline = 0;
  int64_t latest_end = 0;
};

// Closes connections at their deadlines. A thread looks at all of them several times a
// second while there are any.
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

  // Sets the deadline of a connection whose client sends a request, that waits for the
  // next request, or whose request is being answered.
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
