// Asks one Registry from many threads. Uses no gRPC, so that ThreadSanitizer can check
// it.
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "common/judgement/classify.h"
#include "common/judgement/collision.h"
#include "common/judgement/suggest.h"
#include "common/model/range_cursor.h"
#include "common/model/registry.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"

namespace portreg {
namespace {

constexpr int kThreads = 8;

// Returns rows with ranges, aliases, quotes and port-less names in three layers.
Registry MixedRegistry() {
  std::string iana = "range,1000-2000,,\n,1-3000,,Unassigned\nportless,,tcp,\n";
  std::string common;
  std::string local;
  for (int port = 0; port < 2000; ++port) {
    absl::StrAppend(&iana, "n", port, ",", port, ",tcp,\"say \"\"", port, "\"\"\"\n");
    absl::StrAppend(&iana, "alias", port, ",", port, ",tcp,\nn", port, ",", port, ",udp,\n");
    if (port % 10 == 0) absl::StrAppend(&common, "Left", port, " / Right,", port, ",,\n");
    if (port % 7 == 0) absl::StrAppend(&local, "ours,", port, "-", port + 2, ",tcp,\n");
  }
  return MakeRegistry({.iana = iana, .common = common, .local = local});
}

// Asks all questions that a registry answers about ports in steps of `step`.
std::string AskEverything(const Registry& registry, int first, int step) {
  std::string answers = registry.revision();
  for (int i = first; i < 3000; i += step) {
    const auto port = static_cast<Port>(i);
    for (const RecordIndex index : registry.AtPort(port)) {
      absl::StrAppend(&answers, Describe(registry.record(index)), "\n");
    }
    for (const TransportState& state : registry.States(port, Transport::kNone)) {
      absl::StrAppend(&answers, ToString(state.state), state.taken_locally ? "!" : "");
    }
    for (const Advisory& advisory : Advise(registry, port, Transport::kTcp)) {
      absl::StrAppend(&answers, advisory.message);
    }
    for (const RecordIndex index : registry.ByName(absl::StrCat("N", i))) {
      absl::StrAppend(&answers, index, " ");
    }
    RangeCursor cursor(registry, {.ports = {port, static_cast<Port>(port + 20)}, .layers = {}});
    while (const ServiceRecord* record = cursor.Next()) {
      absl::StrAppend(&answers, record->description);
    }
  }
  for (const Collision& collision : FindCollisions(registry, Layer::kIana, 10)) {
    absl::StrAppend(&answers, ToString(registry, collision));
  }
  return answers;
}

TEST(RegistryConcurrencyTest, EveryThreadGetsTheAnswersOfOne) {
  const Registry registry = MixedRegistry();
  std::vector<std::string> expected;
  for (int i = 0; i < kThreads; ++i) expected.push_back(AskEverything(registry, i, 41));

  std::vector<std::string> answers(kThreads);
  std::latch start(kThreads);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      start.arrive_and_wait();
      answers[i] = AskEverything(registry, i, 41);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(answers, expected);
}

// The first call computes a table of states.
TEST(RegistryConcurrencyTest, ThreadsMakeTheFirstSuggestionAtOnce) {
  const Registry registry = MixedRegistry();
  SuggestionWish wish;
  wish.claim.ports = {1, 4000};
  wish.count = 100;
  std::vector<std::vector<Port>> suggested(kThreads);
  std::latch start(kThreads);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      start.arrive_and_wait();
      suggested[i] = Suggest(registry, wish, absl::CivilDay(2026, 6, 15)).ports;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(suggested, std::vector<std::vector<Port>>(kThreads, suggested[0]));
  EXPECT_EQ(suggested[0].size(), 100);
}

TEST(RegistryConcurrencyTest, ThreadsBuildRegistriesAtOnce) {
  std::vector<std::string> revisions(kThreads);
  std::latch start(kThreads);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      start.arrive_and_wait();
      revisions[i] = MixedRegistry().revision();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(revisions, std::vector<std::string>(kThreads, revisions[0]));
  EXPECT_EQ(revisions[0].size(), 32);
}

}  // namespace
}  // namespace portreg
