#include "client/mirror_follower.h"

#include <chrono>
#include <future>
#include <utility>
#include <vector>

#include "client/mirrored_registry.h"

namespace portreg::internal {
namespace {

// How often a listing is begun anew because the registry changed during it.
constexpr int kMaxChanges = 3;

}  // namespace

MirrorFollower::MirrorFollower(std::shared_ptr<const Client> client, MirrorOptions options)
    : client_(std::move(client)), options_(std::move(options)) {}

MirrorFollower::~MirrorFollower() {
  {
    const std::lock_guard lock(mutex_);
    stops_ = true;
    if (cancel_ != nullptr) cancel_();
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
  // Not before: the thread may begin another.
  watcher_.reset();
}

absl::Status MirrorFollower::Start() {
  absl::StatusOr<std::shared_ptr<const MirrorSnapshot>> first = Fetch();
  if (!first.ok()) return first.status();
  snapshot_ = *std::move(first);
  wanted_ = snapshot_->revision();
  Follow(wanted_);
  thread_ = std::thread([this] { Run(); });
  return absl::OkStatus();
}

void MirrorFollower::Follow(const std::string& revision) {
  watcher_.reset();
  WatchOptions options;
  options.revision = revision;
  options.metadata = options_.metadata;
  options.on_interruption = [this](const absl::Status& status) { OnLost(status, false); };
  options.on_end = [this](const absl::Status& status) { OnLost(status, true); };
  watcher_ = client_->Watch([this](const v1::WatchResponse& now) { OnRevision(now.revision()); },
                            std::move(options));
}

std::shared_ptr<const MirrorSnapshot> MirrorFollower::snapshot() const {
  const std::lock_guard lock(mutex_);
  return snapshot_;
}

absl::Status MirrorFollower::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

absl::Duration MirrorFollower::staleness() const {
  const std::lock_guard lock(mutex_);
  return status_.ok() ? absl::ZeroDuration() : MonotonicTime::Now() - not_ok_since_;
}

void MirrorFollower::OnRevision(const std::string& revision) {
  {
    const std::lock_guard lock(mutex_);
    wanted_ = revision;
    asks_ = false;
    backoff_.Reset();
  }
  changed_.notify_all();
}

void MirrorFollower::OnLost(const absl::Status& status, bool for_good) {
  {
    const std::lock_guard lock(mutex_);
    Note(status);
    // A server that is back says nothing if it serves what it served.
    asks_ = !for_good;
    over_ = for_good;
  }
  changed_.notify_all();
}

void MirrorFollower::Note(const absl::Status& status) {
  if (over_) return;
  if (status_.ok() && !status.ok()) not_ok_since_ = MonotonicTime::Now();
  status_ = status;
}

void MirrorFollower::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stops_ || asks_ || wanted_ != snapshot_->revision(); });
    if (stops_) return;
    lock.unlock();
    const bool done = CatchUp();
    lock.lock();
    if (done) continue;
    const std::string wanted = wanted_;
    changed_.wait_for(lock, absl::ToChronoNanoseconds(backoff_.Next()),
                      [&] { return stops_ || wanted_ != wanted; });
  }
}

bool MirrorFollower::CatchUp() {
  bool asks;
  {
    const std::lock_guard lock(mutex_);
    asks = asks_;
  }
  absl::Status status = asks ? AskRevision() : absl::OkStatus();
  if (status.ok()) {
    bool fetches;
    {
      const std::lock_guard lock(mutex_);
      fetches = wanted_ != snapshot_->revision();
    }
    if (fetches) {
      absl::StatusOr<std::shared_ptr<const MirrorSnapshot>> next = Fetch();
      status = next.status();
      if (next.ok()) Take(*std::move(next));
    }
  }
  const std::lock_guard lock(mutex_);
  // Another replica may have answered than the one that told.
  const bool done = status.ok() && !asks_ && wanted_ == snapshot_->revision();
  if (!status.ok() || done) Note(status);
  if (done) backoff_.Reset();
  return done;
}

absl::Status MirrorFollower::AskRevision() {
  const absl::StatusOr<v1::GetRegistryInfoResponse> info =
      Await<v1::GetRegistryInfoResponse>([this](Callback<v1::GetRegistryInfoResponse> callback) {
        const PendingCall call = client_->GetRegistryInfoAsync(
            std::move(callback), {.timeout = {}, .metadata = options_.metadata});
        return [call] { call.Cancel(); };
      });
  if (!info.ok()) return info.status();
  {
    const std::lock_guard lock(mutex_);
    // What the watch has told meanwhile is newer.
    if (!std::exchange(asks_, false)) return absl::OkStatus();
    wanted_ = info->revision();
  }
  // One that was interrupted, and is silent since, would not tell of the next
  // interruption.
  Follow(info->revision());
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const MirrorSnapshot>> MirrorFollower::Fetch() {
  for (int changes = 0;; ++changes) {
    absl::StatusOr<std::shared_ptr<const MirrorSnapshot>> fetched = FetchOnce();
    if (!absl::IsAborted(fetched.status()) || changes == kMaxChanges) return fetched;
  }
}

absl::StatusOr<std::shared_ptr<const MirrorSnapshot>> MirrorFollower::FetchOnce() {
  v1::ListRangeRequest request;
  request.set_include_portless(true);
  if (options_.details) request.set_view(v1::RECORD_VIEW_FULL);
  const auto stream = std::make_shared<AsyncRecordStream>(
      client_->ListRangeAsync(request, {.timeout = {}, .metadata = options_.metadata}));
  std::vector<v1::PortRecord> records;
  std::string revision;
  while (true) {
    absl::StatusOr<MaybeMessage> message =
        Await<MaybeMessage>([&](Callback<MaybeMessage> callback) {
          stream->Next(std::move(callback));
          return [stream] { stream->Cancel(); };
        });
    if (!message.ok()) return message.status();
    if (!message->has_value()) break;
    revision = (*message)->revision();
    for (v1::PortRecord& record : *(*message)->mutable_records()) {
      records.push_back(std::move(record));
    }
  }
  absl::StatusOr<std::unique_ptr<const MirroredRegistry>> registry =
      MirroredRegistry::Create(std::move(revision), std::move(records));
  if (!registry.ok()) return registry.status();
  return std::make_shared<const MirrorSnapshot>(*std::move(registry));
}

void MirrorFollower::Take(const std::shared_ptr<const MirrorSnapshot>& next) {
  std::shared_ptr<const MirrorSnapshot> old = next;
  {
    const std::lock_guard lock(mutex_);
    if (stops_ || next->revision() == snapshot_->revision()) return;
    // The old one is let go outside the lock.
    snapshot_.swap(old);
  }
  if (options_.on_change != nullptr) options_.on_change(next);
}

template <typename T>
absl::StatusOr<T> MirrorFollower::Await(
    const std::function<std::function<void()>(Callback<T>)>& begin) {
  std::promise<absl::StatusOr<T>> promise;
  std::future<absl::StatusOr<T>> outcome = promise.get_future();
  const std::function<void()> cancel =
      begin([promise = std::move(promise)](absl::StatusOr<T> value) mutable {
        promise.set_value(std::move(value));
      });
  {
    const std::lock_guard lock(mutex_);
    cancel_ = cancel;
    if (stops_) cancel();
  }
  absl::StatusOr<T> value = outcome.get();
  const std::lock_guard lock(mutex_);
  cancel_ = nullptr;
  return value;
}

}  // namespace portreg::internal
