#include "client/connections/renewed_line.h"

#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "client/connections/channel.h"

namespace portreg::internal {
namespace {

// How often the files are checked.
constexpr absl::Duration kLookEvery = absl::Seconds(1);

absl::StatusOr<Line> LineOf(const ClientOptions& options, const TlsContent& content) {
  absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> credentials = CredentialsOf(content);
  if (!credentials.ok()) return credentials.status();
  return Line{.stub = nullptr, .channel = MakeChannel(options, *credentials)};
}

}  // namespace

RenewedLine::RenewedLine(const ClientOptions& options, States states, TlsContent content, Line line)
    : options_(options),
      content_(std::move(content)),
      states_(std::move(states)),
      line_(std::move(line)),
      next_look_(MonotonicTime::Now() + kLookEvery) {}

absl::StatusOr<std::unique_ptr<RenewedLine>> RenewedLine::Create(const ClientOptions& options) {
  // Before the files are read, so that no change is missed.
  States states = Look(*options.tls);
  absl::StatusOr<TlsContent> content = ReadTlsContent(*options.tls, absl::Now());
  if (!content.ok()) return content.status();
  absl::StatusOr<Line> line = LineOf(options, *content);
  if (!line.ok()) return line.status();
  return std::unique_ptr<RenewedLine>(
      new RenewedLine(options, std::move(states), *std::move(content), *std::move(line)));
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
  States states = Look(*options_.tls);
  // After a failure the same files are read again, because a certificate may have
  // become valid by now.
  if (states == states_ && problem().ok()) return;
  absl::StatusOr<TlsContent> content = ReadTlsContent(*options_.tls, absl::Now());
  absl::Status status = content.status();
  absl::StatusOr<Line> line = Latest();
  if (status.ok() && !SameContent(*content, content_)) {
    line = LineOf(options_, *content);
    status = line.status();
  }
  if (status.ok()) {
    content_ = *std::move(content);
    states_ = std::move(states);
  }
  const absl::MutexLock lock(&mutex_);
  problem_ = std::move(status);
  if (line.ok()) line_ = *std::move(line);
}

RenewedLine::States RenewedLine::Look(const TlsOptions& tls) {
  States states;
  for (const std::string& path : {tls.ca_file, tls.cert_file, tls.key_file}) {
    if (!path.empty()) states.push_back(FileState::Of(path));
  }
  return states;
}

}  // namespace portreg::internal
