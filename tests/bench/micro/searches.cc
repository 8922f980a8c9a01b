// Measures a server's work on a search between the request's bytes and the reply's. The
// lookups in requests.cc are the unit to compare with.
#include <string>

#include "absl/status/statusor.h"
#include "benchmark/benchmark.h"
#include "common/search/search.h"
#include "portreg/v1/port_registry_service.pb.h"
#include "server/replies/search_reply.h"
#include "server/replies/stored_replies.h"
#include "tests/bench/micro/keys.h"

namespace portreg::bench {
namespace {

// A registry, and the parts of its snapshot that searches use.
struct Searched {
  explicit Searched(const Registry& registry) : index(registry), replies(registry) {}

  const SearchIndex index;
  const server::StoredReplies replies;
};

const Searched& Embedded() {
  static const auto& searched = *new Searched(TheRegistry());
  return searched;
}

const Searched& Large() {
  static const auto& searched = *new Searched(TheLargeRegistry());
  return searched;
}

enum class Finds : bool { kNothing, kSomething };

void Search(benchmark::State& state, const Searched& (*searched)(), const std::string& query,
            Finds finds) {
  const auto& [index, replies] = searched();
  v1::SearchRequest request;
  request.set_query(query);
  for (auto unused : state) {
    const absl::StatusOr<std::string> reply = server::SearchReply(index, replies, request);
    if (!reply.ok()) state.SkipWithError("a search is refused");
    benchmark::DoNotOptimize(reply->data());
  }
  const bool found = index.Search({.query = query, .layers = {}}).total_count > 0;
  if (found != (finds == Finds::kSomething)) state.SkipWithError("a search finds something else");
}

#define SEARCHES(Where)                                                                         \
  BENCHMARK_CAPTURE(Search, Where##_one_word, &Where, "postgresql", Finds::kSomething);         \
  BENCHMARK_CAPTURE(Search, Where##_two_words, &Where, "web server", Finds::kSomething);        \
  BENCHMARK_CAPTURE(Search, Where##_misspelt, &Where, "postgrsql", Finds::kNothing);            \
  BENCHMARK_CAPTURE(Search, Where##_commonest_word, &Where, "protocol", Finds::kSomething);     \
  BENCHMARK_CAPTURE(Search, Where##_one_letter, &Where, "e", Finds::kSomething);                \
  BENCHMARK_CAPTURE(Search, Where##_sixteen_letters, &Where, "e a i o n r s t l c d m p u h g", \
                    Finds::kSomething)
SEARCHES(Embedded);
SEARCHES(Large);
BENCHMARK_CAPTURE(Search, Large_own_name, &Large, "app-012345", Finds::kSomething);
BENCHMARK_CAPTURE(Search, Large_own_name_misspelt, &Large, "app-0x2345", Finds::kNothing);
BENCHMARK_CAPTURE(Search, Large_own_word, &Large, "server", Finds::kSomething);

void BuildSearchIndex(benchmark::State& state, const Registry& (*registry)()) {
  for (auto unused : state) benchmark::DoNotOptimize(SearchIndex(registry()));
}
BENCHMARK_CAPTURE(BuildSearchIndex, embedded, &TheRegistry)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BuildSearchIndex, large, &TheLargeRegistry)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace portreg::bench
