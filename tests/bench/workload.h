// Makes the benchmark's requests and the right replies to them.
#ifndef PORTREG_TESTS_BENCH_WORKLOAD_H_
#define PORTREG_TESTS_BENCH_WORKLOAD_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/model/port.h"
#include "common/model/registry.h"
#include "grpcpp/grpcpp.h"

namespace portreg::bench {

// The number of keys in one batch, and of claims in one check.
inline constexpr size_t kBatchSize = 1'000;

// The bytes of a request and of the right reply.
struct Question {
  std::string request;
  std::string answer;
};

// Questions of one kind.
struct Workload {
  // The RPC's path, such as "/portreg.v1.PortRegistryService/Lookup".
  std::string method;
  std::vector<Question> questions;
  // Returns true if a reply with other bytes than the answer is right too, because fields
  // may come in another order or another server adds fields of its own.
  bool (*same)(absl::string_view reply, absl::string_view answer);
};

// Returns the workload of this name: empty, port, name, classify, batch, check (batches of
// claims), suggest (in a range of which most ports are taken), put (fills etcd), range or
// serializable_range (both read etcd). Returns NOT_FOUND for another name.
absl::StatusOr<Workload> MakeWorkload(absl::string_view name, const Registry& registry);

// Returns `count` random ports that have records, the same ports in each run.
std::vector<Port> SomePorts(const Registry& registry, size_t count);

// Returns the ports of the workload "batch", kBatchSize for each batch.
std::vector<Port> BatchPorts(const Registry& registry);

// Returns the serialised reply to a lookup of `port`.
std::string LookupReply(const Registry& registry, Port port);

// Decides if the replies to a workload are right. Not thread-safe.
class Examiner {
 public:
  explicit Examiner(Workload workload) : workload_(std::move(workload)) {}

  [[nodiscard]] const Workload& workload() const { return workload_; }

  // Returns true if `reply` is right for the question at `index`. Remembers a right reply
  // with other bytes than the answer, so that only the first such reply is parsed.
  [[nodiscard]] bool Right(size_t index, const grpc::ByteBuffer& reply);

 private:
  Workload workload_;
};

}  // namespace portreg::bench

#endif  // PORTREG_TESTS_BENCH_WORKLOAD_H_
