// Where the tool's answers come from: a server, or the embedded registry.
#ifndef PORTREG_CLIENT_CLI_SOURCE_H_
#define PORTREG_CLIENT_CLI_SOURCE_H_

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/port.h"
#include "common/query.h"
#include "common/range_cursor.h"
#include "common/search.h"
#include "common/to_message.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::cli {

// Answers in the contract's messages. For one thread at a time.
class Source {
 public:
  virtual ~Source() = default;

  // One result for each query, in their order. Queries must be single ports or
  // names.
  virtual absl::StatusOr<v1::BatchLookupResponse> Lookup(const std::vector<Query>& queries,
                                                         WithDetails with_details) = 0;

  virtual absl::StatusOr<v1::ClassifyResponse> Classify(Port port, Transport transport) = 0;

  // Hands each record to `take`, in listing order, until it returns false.
  // Returns the revision.
  virtual absl::StatusOr<std::string> List(const RangeQuestion& question, WithDetails with_details,
                                           absl::FunctionRef<bool(const v1::PortRecord&)> take) = 0;

  // The query must be within the contract's bounds.
  virtual absl::StatusOr<v1::SearchResponse> Search(const SearchQuestion& question,
                                                    WithDetails with_details) = 0;

  virtual absl::StatusOr<v1::GetRegistryInfoResponse> Info() = 0;

  // Hands each revision that the source begins to answer from to `take`, the
  // current one first, until it returns false; then OK. Once there has been one,
  // interruptions go to `lost`; else they are the status, as is what makes going
  // on useless.
  virtual absl::Status Watch(absl::FunctionRef<bool(const v1::WatchResponse&)> take,
                             absl::FunctionRef<void(const absl::Status&)> lost) = 0;

  // What to call the source in a message.
  [[nodiscard]] virtual std::string Name() const = 0;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_SOURCE_H_
