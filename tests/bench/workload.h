// What the benchmark asks, and what the right answers are.
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

// Keys of one batch.
inline constexpr size_t kBatchSize = 1'000;

// A request's bytes, and those of the one right reply.
struct Question {
  std::string request;
  std::string answer;
};

// Questions of one kind.
struct Workload {
  // The RPC's path: "/portreg.v1.PortRegistryService/Lookup".
  std::string method;
  std::vector<Question> questions;
  // Whether a reply that differs from the answer says the same nonetheless:
  // where fields may come in another order, or a foreign server adds its own.
  bool (*same)(absl::string_view reply, absl::string_view answer);
};

// The workload of that name: empty, port, name, classify, batch, put (fills
// etcd), range and serializable_range (etcd). NOT_FOUND for any other name.
absl::StatusOr<Workload> MakeWorkload(absl::string_view name, const Registry& registry);

// `count` ports that have records, drawn at random, the same for each run.
std::vector<Port> SomePorts(const Registry& registry, size_t count);

// The ports that workload batch asks for, in parts of kBatchSize.
std::vector<Port> BatchPorts(const Registry& registry);

// The bytes with which Lookup answers.
std::string LookupReply(const Registry& registry, Port port);

// Takes replies in, and says whether they are right.
class Examiner {
 public:
  explicit Examiner(Workload workload) : workload_(std::move(workload)) {}

  [[nodiscard]] const Workload& workload() const { return workload_; }

  // Whether `reply` is right for the question at `index`. One that says the same
  // in other bytes is remembered, so that only the first one takes time.
  [[nodiscard]] bool Right(size_t index, const grpc::ByteBuffer& reply);

 private:
  Workload workload_;
};

}  // namespace portreg::bench

#endif  // PORTREG_TESTS_BENCH_WORKLOAD_H_
