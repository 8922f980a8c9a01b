#include "server/http/http_connection.h"

#include <sys/socket.h>

#include <algorithm>
#include <limits>

#include "absl/random/random.h"

namespace portreg::server {
namespace {

// The longest pause between two checks of the deadlines.
constexpr absl::Duration kLongestPause = absl::Milliseconds(500);

int64_t Nanoseconds(MonotonicTime time) { return absl::ToInt64Nanoseconds(time.since_epoch()); }

}  // namespace

HttpDeadlines::HttpDeadlines(const HttpTimes& times)
    : times_(times),
      interval_(std::clamp(std::min(times.request, times.idle) / 4, absl::Milliseconds(1),
                           kLongestPause)),
      thread_([this] { Run(); }) {}

HttpDeadlines::~HttpDeadlines() {
  {
    const MutexLock lock(mutex_);
    ending_ = true;
  }
  changed_.NotifyOne();
  thread_.join();
}

void HttpDeadlines::Add(HttpConnection& connection) {
  // Varies the age, so that clients that connected at the same time do not all reconnect at
  // the same time.
  thread_local absl::InsecureBitGen random;
  const absl::Duration age = times_.age * absl::Uniform(random, 0.9, 1.1);
  connection.last_response = MonotonicTime::Now() + age;
  connection.latest_end = Nanoseconds(connection.last_response + times_.age_grace);
  Receiving(connection);
  {
    const MutexLock lock(mutex_);
    open_.insert(&connection);
    if (open_.size() > 1) return;
  }
  changed_.NotifyOne();
}

void HttpDeadlines::Remove(HttpConnection& connection) {
  const MutexLock lock(mutex_);
  open_.erase(&connection);
}

void HttpDeadlines::SetDeadline(HttpConnection& connection, absl::Duration after) {
  connection.deadline.store(Nanoseconds(MonotonicTime::Now() + after), std::memory_order_relaxed);
}

void HttpDeadlines::Run() {
  const MutexLock lock(mutex_);
  while (!ending_) {
    const int64_t now = Nanoseconds(MonotonicTime::Now());
    for (const HttpConnection* const connection : open_) {
      const int64_t deadline = connection->deadline.load(std::memory_order_relaxed);
      // libmicrohttpd then sees the end of the connection, and closes it.
      if (now >= std::min(deadline, connection->latest_end)) shutdown(connection->fd, SHUT_RDWR);
    }
    changed_.WaitUntil(
        mutex_, open_.empty() ? MonotonicTime::InfiniteFuture() : MonotonicTime::Now() + interval_);
  }
}

}  // namespace portreg::server
