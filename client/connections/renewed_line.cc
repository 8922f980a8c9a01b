#include "client/connections/renewed_line.h"

#include <sys/stat.h>

#include <cerrno>
#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "client/connections/channel.h"

namespace portreg::internal {
namespace {

// How often the files are checked.
constexpr absl::Duration kLookEvery = absl::Seconds(1);

int64_t Nanoseconds(const timespec& time) {
  constexpr int64_t kPerSecond = 1'000'000'000;
  return time.tv_sec * kPerSecond + time.tv_nsec;
}

absl::StatusOr<Line> LineOf(const ClientOptions& options, const TlsContent& content) {
  absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> credentials = CredentialsOf(content);
  if (!credentials.ok()) return credentials.status();
  return Line{.stub = nullptr, .channel = MakeChannel(options, *credentials)};
}

}  // namespace

RenewedLine::RenewedLine(const ClientOptions& options, Stamps stamps, TlsContent content, Line line)
    : options_(options),
      content_(std::move(content)),
      stamps_(std::move(stamps)),
      line_(std::move(line)),
      next_look_(MonotonicTime::Now() + kLookEvery) {}

absl::StatusOr<std::unique_ptr<RenewedLine>> RenewedLine::Create(const ClientOptions& options) {
  // Before the files are read, so that no change is missed.
  Stamps stamps = Look(*options.tls);
  absl::StatusOr<TlsContent> content = ReadTlsContent(*options.tls, absl::Now());
  if (!content.ok()) return content.status();
  absl::StatusOr<Line> line = LineOf(options, *content);
  if (!line.ok()) return line.status();
  return std::unique_ptr<RenewedLine>(
      new RenewedLine(options, std::move(stamps), *std::move(content), *std::move(line)));
}

Line RenewedLine::Current() {
  {
    const absl::MutexLock lock(&mutex_);
    const MonotonicTime now = MonotonicTime::Now();
    if (now < next_look_) return line_;
    next_look_ = now + kLookEvery;
  }
  Renew();
  return Latest();
}

Line RenewedLine::Latest() const {
  const absl::MutexLock lock(&mutex_);
  return line_;
}

absl::Status RenewedLine::problem() const {
  const absl::MutexLock lock(&mutex_);
  return problem_;
}

void RenewedLine::Renew() {
  if (!reading_.TryLock()) return;
  RenewLocked();
  reading_.Unlock();
}

void RenewedLine::RenewLocked() {
  Stamps stamps = Look(*options_.tls);
  // After a failure the same files are read again, because a certificate may have
  // become valid by now.
  if (stamps == stamps_ && problem().ok()) return;
  absl::StatusOr<TlsContent> content = ReadTlsContent(*options_.tls, absl::Now());
  absl::Status status = content.status();
  absl::StatusOr<Line> line = Latest();
  if (status.ok() && !SameContent(*content, content_)) {
    line = LineOf(options_, *content);
    status = line.status();
  }
  if (status.ok()) {
    content_ = *std::move(content);
    stamps_ = std::move(stamps);
  }
  const absl::MutexLock lock(&mutex_);
  problem_ = std::move(status);
  if (line.ok()) line_ = *std::move(line);
}

RenewedLine::Stamp RenewedLine::StampOf(const std::string& path) {
  struct stat found;
  if (stat(path.c_str(), &found) != 0) return {.error = errno};
  return {.error = 0,
          .device = found.st_dev,
          .inode = found.st_ino,
          .size = found.st_size,
          .modified = Nanoseconds(found.st_mtim),
          .changed = Nanoseconds(found.st_ctim)};
}

RenewedLine::Stamps RenewedLine::Look(const TlsOptions& tls) {
  Stamps stamps;
  for (const std::string& path : {tls.ca_file, tls.cert_file, tls.key_file}) {
    if (!path.empty()) stamps.push_back(StampOf(path));
  }
  return stamps;
}

}  // namespace portreg::internal
