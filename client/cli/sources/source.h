// Answers the tool's questions: a server, or the embedded registry.
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

// The contract's RPCs. Answers and errors are those of port_registry_service.proto.
// Not thread-safe.
class Source {
 public:
  virtual ~Source() = default;

  virtual absl::StatusOr<v1::BatchLookupResponse> BatchLookup(
      const v1::BatchLookupRequest& request) = 0;

  virtual absl::StatusOr<v1::ClassifyResponse> Classify(const v1::ClassifyRequest& request) = 0;

  // Hands each record to `take`, in listing order, until it returns false. Returns
  // the revision.
  virtual absl::StatusOr<std::string> ListRange(
      const v1::ListRangeRequest& request, absl::FunctionRef<bool(const v1::PortRecord&)> take) = 0;

  virtual absl::StatusOr<v1::SearchResponse> Search(const v1::SearchRequest& request) = 0;

  virtual absl::StatusOr<v1::GetRegistryInfoResponse> GetRegistryInfo() = 0;

  // Takes what a watch tells, on the thread that called Watch().
  class Follower {
   public:
    virtual ~Follower() = default;

    // Takes a revision. Returns whether to go on.
    virtual bool OnRevision(const v1::WatchResponse& now) = 0;
    // Takes that so many revisions, older than the next one, are left out,
    // because OnRevision() has been slower than the source.
    virtual void OnLeftOut(size_t count) = 0;
    // Takes that the source is lost, and looked for.
    virtual void OnLost(const absl::Status& status) = 0;
    // Takes that the source is back.
    virtual void OnBack() = 0;
  };

  // Tells `follower` each revision that the source begins to answer from, the
  // current one first, until it wants no more; then OK. Interruptions before the
  // first revision are the status, as is what makes going on useless.
  virtual absl::Status Watch(Follower& follower) = 0;

  // What to call the source in a message.
  [[nodiscard]] virtual std::string Name() const = 0;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_SOURCES_SOURCE_H_
