#include "client/mirror/client_mirror_source.h"

#include <cstddef>
#include <future>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "client/mirror/mirrored_registry.h"
#include "client/replies/reply_check.h"
#include "portreg/async.h"
#include "portreg/async_record_stream.h"

namespace portreg::internal {
namespace {

using MaybeMessage = std::optional<v1::ListRangeResponse>;

// The most memory that a snapshot takes. Two exist while one replaces the other.
constexpr size_t kMaxMirrorBytes = size_t{120} << 20;
// The memory that a record takes besides its bytes: the message, the registry's record and
// index, and a block on the heap for each text.
constexpr size_t kBytesPerRecord = 512;
constexpr size_t kBytesPerRecordWithDetails = 1024;

absl::Status TooLarge() {
  return absl::ResourceExhaustedError(
      absl::StrCat("the server lists a registry that would take more than ", kMaxMirrorBytes >> 20,
                   " MiB, the most that a mirror holds"));
}

}  // namespace

void ClientMirrorSource::Watch(const std::string& revision, WatchCallbacks callbacks) {
  watcher_.reset();
  WatchOptions options;
  options.revision = revision;
  options.metadata = metadata_;
  options.on_interruption = [on_lost = callbacks.on_lost](const absl::Status& status) {
    on_lost(status, false);
  };
  options.on_end = [on_lost = std::move(callbacks.on_lost)](const absl::Status& status) {
    on_lost(status, true);
  };
  watcher_ = client_->Watch([on_revision = std::move(callbacks.on_revision)](
                                const v1::WatchResponse& now) { on_revision(now.revision()); },
                            std::move(options));
}

absl::StatusOr<std::string> ClientMirrorSource::AskRevision() {
  absl::StatusOr<v1::GetRegistryInfoResponse> info =
      Await<v1::GetRegistryInfoResponse>([this](Callback<v1::GetRegistryInfoResponse> callback) {
        const PendingCall call = client_->GetRegistryInfoAsync(
            std::move(callback), {.timeout = {}, .metadata = metadata_});
        return [call] { call.Cancel(); };
      });
  if (!info.ok()) return info.status();
  if (info->revision().empty()) return BrokenReply("GetRegistryInfo", kNoRevision);
  return std::move(*info->mutable_revision());
}

absl::StatusOr<std::shared_ptr<const MirrorSnapshot>> ClientMirrorSource::Fetch() {
  v1::ListRangeRequest request;
  request.set_include_portless(true);
  if (details_) request.set_view(v1::RECORD_VIEW_FULL);
  const auto stream = std::make_shared<AsyncRecordStream>(
      client_->ListRangeAsync(request, {.timeout = {}, .metadata = metadata_}));
  std::vector<v1::PortRecord> records;
  size_t bytes = 0;
  const size_t bytes_per_record = details_ ? kBytesPerRecordWithDetails : kBytesPerRecord;
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

void ClientMirrorSource::CancelCalls() {
  const MutexLock lock(mutex_);
  cancelled_ = true;
  if (cancel_ != nullptr) cancel_();
}

template <typename T>
absl::StatusOr<T> ClientMirrorSource::Await(
    const std::function<std::function<void()>(Callback<T>)>& begin) {
  std::promise<absl::StatusOr<T>> promise;
  std::future<absl::StatusOr<T>> outcome = promise.get_future();
  const std::function<void()> cancel =
      begin([promise = std::move(promise)](absl::StatusOr<T> value) mutable {
        promise.set_value(std::move(value));
      });
  {
    const MutexLock lock(mutex_);
    cancel_ = cancel;
    if (cancelled_) cancel();
  }
  absl::StatusOr<T> value = outcome.get();
  const MutexLock lock(mutex_);
  cancel_ = nullptr;
  return value;
}

}  // namespace portreg::internal
