#include "client/cli/sources/remote_source.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "client/cli/sources/watch_events.h"
#include "common/model/port.h"
#include "portreg/client.h"

namespace portreg::cli {
namespace {

class RemoteSource final : public Source {
 public:
  RemoteSource(std::unique_ptr<Client> client, CallOptions call, std::string name)
      : client_(std::move(client)), call_(std::move(call)), name_(std::move(name)) {}

  absl::StatusOr<v1::BatchLookupResponse> BatchLookup(
      const v1::BatchLookupRequest& request) override {
    return client_->BatchLookup(request, call_);
  }

  absl::StatusOr<v1::ClassifyResponse> Classify(const v1::ClassifyRequest& request) override {
    return client_->Classify(request, call_);
  }

  absl::StatusOr<v1::CheckResponse> Check(const v1::CheckRequest& request) override {
    return client_->Check(request, call_);
  }

  absl::StatusOr<v1::SuggestResponse> Suggest(const v1::SuggestRequest& request) override {
    return client_->Suggest(request, call_);
  }

  absl::StatusOr<std::string> ListRange(
      const v1::ListRangeRequest& request,
      absl::FunctionRef<bool(const v1::PortRecord&)> take) override {
    RecordStream records = client_->ListRange(request, call_);
    while (const v1::PortRecord* record = records.Next()) {
      if (!take(*record)) break;
    }
    if (!records.status().ok()) return records.status();
    return records.revision();
  }

  absl::StatusOr<v1::SearchResponse> Search(const v1::SearchRequest& request) override {
    return client_->Search(request, call_);
  }

  absl::StatusOr<v1::GetRegistryInfoResponse> GetRegistryInfo() override {
    return client_->GetRegistryInfo(call_);
  }

  absl::Status Watch(Follower& follower) override {
    WatchEvents events;
    const Watcher watcher =
        client_->Watch([&events](const v1::WatchResponse& now) { events.Push(RevisionEvent(now)); },
                       EventsTo(events));
    for (bool begun = false;; begun = true) {
      const WatchEvent event = events.Pop();
      switch (event.kind) {
        case WatchEvent::Kind::kRevision:
          if (event.left_out > 0) follower.OnLeftOut(event.left_out);
          if (!follower.OnRevision(event.revision)) return absl::OkStatus();
          break;
        case WatchEvent::Kind::kInterruption:
          if (!begun) return event.status;
          follower.OnLost(event.status);
          break;
        case WatchEvent::Kind::kRecovery:
          follower.OnBack();
          break;
        case WatchEvent::Kind::kEnd:
          return event.status;
      }
    }
  }

  [[nodiscard]] std::string Name() const override { return name_; }

 private:
  // Returns the options of a watch that pushes its interruptions, recoveries and end to
  // `events`.
  [[nodiscard]] WatchOptions EventsTo(WatchEvents& events) const {
    using Kind = WatchEvent::Kind;
    WatchOptions options;
    options.metadata = call_.metadata;
    options.on_interruption = [&events](const absl::Status& status) {
      events.Push({.kind = Kind::kInterruption, .revision = {}, .status = status});
    };
    options.on_recovery = [&events] {
      events.Push({.kind = Kind::kRecovery, .revision = {}, .status = {}});
    };
    options.on_end = [&events](const absl::Status& status) {
      events.Push({.kind = Kind::kEnd, .revision = {}, .status = status});
    };
    return options;
  }

  // Returns the event of a revision, or the end of the watch if the revision is too large
  // to be queued.
  static WatchEvent RevisionEvent(const v1::WatchResponse& now) {
    const size_t size = now.SpaceUsedLong();
    if (size <= WatchEvents::kMaxBytes) {
      return {.kind = WatchEvent::Kind::kRevision, .revision = now, .status = {}};
    }
    return {.kind = WatchEvent::Kind::kEnd,
            .revision = {},
            .status = absl::ResourceExhaustedError(absl::StrCat(
                "the message about a revision takes ", size, " bytes of memory, at most ",
                WatchEvents::kMaxBytes, " are allowed"))};
  }

  const std::unique_ptr<Client> client_;
  const CallOptions call_;
  const std::string name_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Source>> MakeRemoteSource(const ClientOptions& options,
                                                         const CallOptions& call) {
  absl::StatusOr<std::unique_ptr<Client>> client = Client::Create(options);
  if (!client.ok()) return client.status();
  return std::make_unique<RemoteSource>(
      *std::move(client), call,
      options.target.empty() ? std::string(kDefaultAddress) : options.target);
}

}  // namespace portreg::cli
