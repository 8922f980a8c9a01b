// Answers the tool's questions from a server or from the embedded registry.
#ifndef PORTREG_CLIENT_CLI_SOURCES_SOURCE_H_
#define PORTREG_CLIENT_CLI_SOURCES_SOURCE_H_

#include <cstddef>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "portreg/v1/port_record.pb.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::cli {

// Answers the RPCs of port_registry_service.proto, which defines the answers and the
// errors. Not thread-safe.
class Source {
 public:
  virtual ~Source() = default;

  virtual absl::StatusOr<v1::BatchLookupResponse> BatchLookup(
      const v1::BatchLookupRequest& request) = 0;

  virtual absl::StatusOr<v1::ClassifyResponse> Classify(const v1::ClassifyRequest& request) = 0;

  virtual absl::StatusOr<v1::CheckResponse> Check(const v1::CheckRequest& request) = 0;

  virtual absl::StatusOr<v1::SuggestResponse> Suggest(const v1::SuggestRequest& request) = 0;

  // Calls `take` with each record, in listing order, until `take` returns false. Returns
  // the revision.
  virtual absl::StatusOr<std::string> ListRange(
      const v1::ListRangeRequest& request, absl::FunctionRef<bool(const v1::PortRecord&)> take) = 0;

  virtual absl::StatusOr<v1::SearchResponse> Search(const v1::SearchRequest& request) = 0;

  virtual absl::StatusOr<v1::GetRegistryInfoResponse> GetRegistryInfo() = 0;

  // Receives the events of a watch, on the thread that called Watch().
  class Follower {
   public:
    virtual ~Follower() = default;

    // Called with each revision. Returns false to end the watch.
    virtual bool OnRevision(const v1::WatchResponse& now) = 0;
    // Called before OnRevision() if `count` older revisions were dropped, because
    // OnRevision() was slower than the source.
    virtual void OnLeftOut(size_t count) = 0;
    // Called when the connection is lost, with the reason. The watch tries to reconnect.
    virtual void OnLost(const absl::Status& status) = 0;
    // Called when the connection is restored.
    virtual void OnBack() = 0;
  };

  // Calls `follower` with each revision that the source begins to answer from, beginning
  // with the current one. Returns OK after `follower` ended the watch. Returns an error
  // if the watch is interrupted before the first revision, or if it cannot continue.
  virtual absl::Status Watch(Follower& follower) = 0;

  // Returns the name of the source for messages.
  [[nodiscard]] virtual std::string Name() const = 0;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_SOURCES_SOURCE_H_
