#include "client/connections/renewed_line.h"

#include <sys/stat.h>

#include <cerrno>
#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "client/connections/channel.h"

namespace portreg::internal {
namespace {

// How often the files are looked at.
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

absl::StatusOr<std::unique_ptr<RenewedLine>> RenewedLine::Create(const ClientOptions& options) {
  std::unique_ptr<RenewedLine> renewed(new RenewedLine(options));
  // Before they are read, so that no change falls in between.
  renewed->stamps_ = renewed->Look();
  absl::StatusOr<TlsContent> content = ReadTlsContent(*options.tls, absl::Now());
  if (!content.ok()) return content.status();
  absl::StatusOr<Line> line = LineOf(options, *content);
  if (!line.ok()) return line.status();
  renewed->content_ = *std::move(content);
  renewed->line_ = *std::move(line);
  renewed->next_look_ = MonotonicTime::Now() + kLookEvery;
  return renewed;
}

Line RenewedLine::Current() {
  {
    const std::lock_guard lock(mutex_);
    const MonotonicTime now = MonotonicTime::Now();
    if (now < next_look_) return line_;
    next_look_ = now + kLookEvery;
  }
  Renew();
  return Latest();
}

Line RenewedLine::Latest() const {
  const std::lock_guard lock(mutex_);
  return line_;
}

absl::Status RenewedLine::problem() const {
  const std::lock_guard lock(mutex_);
  return problem_;
}

void RenewedLine::Renew() {
  const std::unique_lock reading(reading_, std::try_to_lock);
  if (!reading) return;
  Stamps stamps = Look();
  // A failure is tried again: what is not valid yet may be so by now.
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
  const std::lock_guard lock(mutex_);
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

RenewedLine::Stamps RenewedLine::Look() const {
  Stamps stamps;
  for (const std::string& path :
       {options_.tls->ca_file, options_.tls->cert_file, options_.tls->key_file}) {
    if (!path.empty()) stamps.push_back(StampOf(path));
  }
  return stamps;
}

}  // namespace portreg::internal
