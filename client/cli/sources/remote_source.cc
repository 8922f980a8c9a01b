#include "client/cli/sources/remote_source.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/cli/base/limits.h"
#include "client/cli/sources/watch_events.h"
#include "common/model/limits.h"
#include "common/model/port.h"
#include "portreg/client.h"

namespace portreg::cli {
namespace {

class RemoteSource final : public Source {
 public:
  RemoteSource(std::unique_ptr<Client> client, CallOptions call, std::string name)
      : client_(std::move(client)), call_(std::move(call)), name_(std::move(name)) {}

  absl::StatusOr<v1::BatchLookupResponse> Lookup(const std::vector<Query>& queries,
                                                 WithDetails with_details) override {
    constexpr size_t kBatchSize = kMaxBatchSize;
    v1::BatchLookupResponse all;
    size_t held = 0;
    for (size_t begin = 0; begin < queries.size(); begin += kBatchSize) {
      const size_t end = std::min(begin + kBatchSize, queries.size());
      v1::BatchLookupRequest request;
      for (size_t i = begin; i < end; ++i) {
        ToRequest(queries[i], with_details, *request.add_requests());
      }
      absl::StatusOr<v1::BatchLookupResponse> part = client_->BatchLookup(request, call_);
      if (!part.ok()) return part;
      held += part->SpaceUsedLong();
      if (held > kMaxAnswerBytes) {
        return absl::ResourceExhaustedError(
            absl::StrCat("the answers take more than ", kMaxAnswerBytes,
                         " bytes of memory; ask for fewer keys at once"));
      }
      // Answers of several revisions have none in common.
      if (begin > 0 && part->revision() != all.revision()) part->clear_revision();
      all.set_revision(part->revision());
      for (v1::LookupResult& result : *part->mutable_results()) {
        *all.add_results() = std::move(result);
      }
    }
    return all;
  }

  absl::StatusOr<v1::ClassifyResponse> Classify(Port port, Transport transport) override {
    v1::ClassifyRequest request;
    request.set_port(port);
    request.set_transport(static_cast<v1::Transport>(transport));
    return client_->Classify(request, call_);
  }

  absl::StatusOr<std::string> List(const RangeQuestion& question, WithDetails with_details,
                                   absl::FunctionRef<bool(const v1::PortRecord&)> take) override {
    v1::ListRangeRequest request;
    request.set_first_port(question.ports.first);
    request.set_last_port(question.ports.last);
    request.set_transport(static_cast<v1::Transport>(question.transport));
    for (const Layer layer : question.layers) request.add_layers(static_cast<v1::Layer>(layer));
    request.set_view(ViewOf(with_details));
    request.set_include_portless(question.include_portless);
    RecordStream records = client_->ListRange(request, call_);
    while (const v1::PortRecord* record = records.Next()) {
      if (!take(*record)) break;
    }
    if (!records.status().ok()) return records.status();
    return records.revision();
  }

  absl::StatusOr<v1::SearchResponse> Search(const SearchQuestion& question,
                                            WithDetails with_details) override {
    v1::SearchRequest request;
    request.set_query(question.query);
    request.set_transport(static_cast<v1::Transport>(question.transport));
    for (const Layer layer : question.layers) request.add_layers(static_cast<v1::Layer>(layer));
    request.set_view(ViewOf(with_details));
    request.set_max_results(static_cast<int32_t>(question.max_results));
    return client_->Search(request, call_);
  }

  absl::StatusOr<v1::GetRegistryInfoResponse> Info() override {
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
  // Options of a watch whose interruptions and end become events.
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

  // The event of a revision; the end of the watch for one that is too large to
  // wait.
  static WatchEvent RevisionEvent(const v1::WatchResponse& now) {
    const size_t size = now.SpaceUsedLong();
    if (size <= WatchEvents::kMaxBytes) {
      return {.kind = WatchEvent::Kind::kRevision, .revision = now, .status = {}};
    }
    return {.kind = WatchEvent::Kind::kEnd,
            .revision = {},
            .status = absl::ResourceExhaustedError(
                absl::StrCat("a revision is told in ", size, " bytes of memory, at most ",
                             WatchEvents::kMaxBytes, " are taken"))};
  }

  static v1::RecordView ViewOf(WithDetails with_details) {
    return with_details == WithDetails::kYes ? v1::RECORD_VIEW_FULL : v1::RECORD_VIEW_UNSPECIFIED;
  }

  static void ToRequest(const Query& query, WithDetails with_details, v1::LookupRequest& request) {
    if (query.ports) {
      request.set_port(query.ports->first);
    } else {
      request.set_service(query.service);
    }
    request.set_transport(static_cast<v1::Transport>(query.transport));
    request.set_view(ViewOf(with_details));
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
