#include "client/connections/renewed_line.h"

#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "client/connections/channel.h"

namespace portreg::internal {
namespace {

// How often the files are looked at.
constexpr absl::Duration kLookEvery = absl::Seconds(1);

absl::StatusOr<Line> LineOf(const ClientOptions& options, const TlsContent& content) {
  absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> credentials = CredentialsOf(content);
  if (!credentials.ok()) return credentials.status();
  return Line{.stub = nullptr, .channel = MakeChannel(options, *credentials)};
}

}  // namespace

absl::StatusOr<std::unique_ptr<RenewedLine>> RenewedLine::Create(const ClientOptions& options) {
  std::unique_ptr<RenewedLine> renewed(new RenewedLine(options));
  // Before they are read, so that no change falls in between.
  renewed->states_ = renewed->Look();
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
  std::vector<FileState> states = Look();
  // A failure is tried again: what is not valid yet may be so by now.
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
  const std::lock_guard lock(mutex_);
  problem_ = std::move(status);
  if (line.ok()) line_ = *std::move(line);
}

std::vector<FileState> RenewedLine::Look() const {
  std::vector<FileState> states;
  for (const std::string& path :
       {options_.tls->ca_file, options_.tls->cert_file, options_.tls->key_file}) {
    if (!path.empty()) states.push_back(FileState::Of(path));
  }
  return states;
}

}  // namespace portreg::internal
