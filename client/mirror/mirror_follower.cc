#include "client/mirror/mirror_follower.h"

#include <algorithm>
#include <cstddef>
#include <future>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "client/mirror/mirrored_registry.h"
#include "client/replies/reply_check.h"

namespace portreg::internal {
namespace {

// How often a listing is begun anew because the registry changed during it.
constexpr int kMaxChanges = 3;

// News end a pause, but only after so long: a server that tells of revisions
// without an end is not asked without one.
constexpr absl::Duration kUrgentPause = absl::Seconds(1);

// The most memory that a snapshot takes. Two exist while one takes the other's
// place.
constexpr size_t kMaxMirrorBytes = size_t{120} << 20;
// What a record takes besides its bytes: the message, the registry's record and
// index, and a block on the heap for each text.
constexpr size_t kBytesPerRecord = 512;
constexpr size_t kBytesPerRecordWithDetails = 1024;

absl::Status TooLarge() {
  return absl::ResourceExhaustedError(
      absl::StrCat("the server lists a registry that would take more than ", kMaxMirrorBytes >> 20,
                   " MiB, the most that a mirror holds"));
}

// The server is followed, but what it tells is not what it serves.
absl::Status NotListed(const std::string& told, const std::string& listed) {
  return absl::AbortedError(absl::StrCat("the server tells of revision \"", absl::CHexEscape(told),
                                         "\" and lists revision \"", absl::CHexEscape(listed),
                                         "\""));
}

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
  const MonotonicTime now = MonotonicTime::Now();
  MonotonicTime since = now;
  if (!status_.ok()) since = not_ok_since_;
  if (behind_since_) since = std::min(since, *behind_since_);
  return now - since;
}

void MirrorFollower::OnRevision(const std::string& revision) {
  {
    const std::lock_guard lock(mutex_);
    wanted_ = revision;
    asks_ = false;
    if (revision == snapshot_->revision()) {
      behind_since_.reset();
    } else if (!behind_since_) {
      behind_since_ = MonotonicTime::Now();
    }
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
    if (MonotonicTime::Now() - rested_at_ > kLongestPause) backoff_.Reset();
    // A server that was lost may be lost again at once.
    const bool was_lost = asks_;
    lock.unlock();
    const bool succeeded = CatchUp();
    lock.lock();
    if (succeeded && !was_lost) backoff_.Reset();
    Rest(succeeded && !was_lost ? kLeastPause : backoff_.Next(), lock);
    rested_at_ = MonotonicTime::Now();
  }
}

void MirrorFollower::Rest(absl::Duration pause, std::unique_lock<std::mutex>& lock) {
  const absl::Duration urgent = std::min(pause, kUrgentPause);
  const std::string wanted = wanted_;
  changed_.wait_for(lock, absl::ToChronoNanoseconds(urgent), [this] { return stops_; });
  changed_.wait_for(lock, absl::ToChronoNanoseconds(pause - urgent),
                    [&] { return stops_ || wanted_ != wanted; });
}

bool MirrorFollower::CatchUp() {
  bool asks;
  {
    const std::lock_guard lock(mutex_);
    asks = asks_;
  }
  absl::Status status = asks ? AskRevision() : absl::OkStatus();
  std::string wanted;
  bool fetches = false;
  {
    const std::lock_guard lock(mutex_);
    wanted = wanted_;
    fetches = status.ok() && wanted != snapshot_->revision();
  }
  if (fetches) {
    absl::StatusOr<std::shared_ptr<const MirrorSnapshot>> next = Fetch();
    status = next.status();
    if (next.ok()) Take(*std::move(next));
  }
  const std::lock_guard lock(mutex_);
  if (status.ok() && asks_) return false;
  const std::string& held = snapshot_->revision();
  // Another replica may have answered than the one that told.
  if (status.ok() && held != wanted && held != wanted_) status = NotListed(wanted_, held);
  Note(status);
  return status.ok();
}

absl::Status MirrorFollower::AskRevision() {
  const absl::StatusOr<v1::GetRegistryInfoResponse> info =
      Await<v1::GetRegistryInfoResponse>([this](Callback<v1::GetRegistryInfoResponse> callback) {
        const PendingCall call = client_->GetRegistryInfoAsync(
            std::move(callback), {.timeout = {}, .metadata = options_.metadata});
        return [call] { call.Cancel(); };
      });
  if (!info.ok()) return info.status();
  if (info->revision().empty()) return BrokenReply("GetRegistryInfo", kNoRevision);
  {
    const std::lock_guard lock(mutex_);
    // What the watch has told meanwhile is newer.
    if (!std::exchange(asks_, false)) return absl::OkStatus();
    wanted_ = info->revision();
    if (wanted_ == snapshot_->revision()) behind_since_.reset();
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
  size_t bytes = 0;
  const size_t bytes_per_record = options_.details ? kBytesPerRecordWithDetails : kBytesPerRecord;
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
    bytes += (*message)->ByteSizeLong() +
             bytes_per_record * static_cast<size_t>((*message)->records_size());
    if (bytes > kMaxMirrorBytes) return TooLarge();
    for (v1::PortRecord& record : *(*message)->mutable_records()) {
      records.push_back(std::move(record));
    }
  }
  if (revision.empty()) return BrokenReply("ListRange", kNoRevision);
  absl::StatusOr<std::unique_ptr<const MirroredRegistry>> registry =
      MirroredRegistry::Create(std::move(revision), std::move(records));
  if (!registry.ok()) {
    return BrokenReply("ListRange", absl::StrCat("is no registry: ", registry.status().message()));
  }
  return std::make_shared<const MirrorSnapshot>(*std::move(registry));
}

void MirrorFollower::Take(const std::shared_ptr<const MirrorSnapshot>& next) {
  std::shared_ptr<const MirrorSnapshot> old = next;
  {
    const std::lock_guard lock(mutex_);
    if (stops_ || next->revision() == snapshot_->revision()) return;
    // The old one is let go outside the lock.
    snapshot_.swap(old);
    if (wanted_ == next->revision()) behind_since_.reset();
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
