// Uses only slices of gRPC, so that ThreadSanitizer can check it.
#include "server/service/publication.h"

#include <atomic>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/model/registry.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"

namespace portreg::server {
namespace {

using ::testing::ElementsAre;

// Returns a registry with the generation's number on port 1, on port 65535 and in a layer
// of its own.
Registry Generation(int number) {
  return MakeRegistry({.iana = absl::StrCat("g", number, ",1,tcp,\ng", number, ",65535,tcp,\n"),
                       .local = absl::StrCat("g", number, ",1,udp,\n")});
}

TEST(PublicationTest, TheCurrentSnapshotIsTheOnePublishedLast) {
  Publication publication(Generation(0));
  EXPECT_EQ(publication.Current()->registry.revision(), Generation(0).revision());
  publication.Publish(Generation(1));
  EXPECT_EQ(publication.Current()->registry.revision(), Generation(1).revision());
  EXPECT_EQ(publication.Current(), publication.Current());
}

TEST(PublicationTest, ASnapshotLivesAsLongAsItIsHeld) {
  Publication publication(Generation(0));
  std::shared_ptr<const Snapshot> held = publication.Current();
  const std::weak_ptr<const Snapshot> former = held;
  publication.Publish(Generation(1));
  EXPECT_THAT(Describe(held->registry, held->registry.AtPort(1)),
              ElementsAre("local 1/udp g0", "iana 1/tcp g0"));
  held.reset();
  EXPECT_TRUE(former.expired());
}

TEST(PublicationTest, AReaderSeesExactlyOneSnapshot) {
  constexpr int kReaders = 4;
  constexpr int kGenerations = 60;
  std::vector<std::string> revisions;
  for (int i = 0; i < kGenerations; ++i) revisions.push_back(Generation(i).revision());

  Publication publication(Generation(0));
  std::atomic<bool> published_all = false;
  std::latch start(kReaders + 1);
  // The mixed generations that each reader has seen.
  std::vector<std::string> torn(kReaders);
  std::vector<int> last_seen(kReaders);
  std::vector<std::thread> readers;
  for (int reader = 0; reader < kReaders; ++reader) {
    readers.emplace_back([&, reader] {
      start.arrive_and_wait();
      bool finish = false;
      do {
        finish = published_all;  // true: the next snapshot is the last one
        const std::shared_ptr<const Snapshot> snapshot = publication.Current();
        const Registry& registry = snapshot->registry;
        const std::string name(registry.record(registry.AtPort(65535)[0]).service);
        const int generation = std::stoi(name.substr(1));
        const std::string seen = absl::StrCat(
            registry.revision(), " ", registry.record(registry.AtPort(1)[0]).service, " ",
            registry.record(registry.AtPort(1)[1]).service, " ", registry.ByName(name).size());
        const std::string expected =
            absl::StrCat(revisions[generation], " ", name, " ", name, " 3");
        if (seen != expected) torn[reader] = seen;
        if (generation < last_seen[reader]) torn[reader] = "an older snapshot came back";
        last_seen[reader] = generation;
      } while (!finish);
    });
  }
  start.arrive_and_wait();
  for (int i = 1; i < kGenerations; ++i) publication.Publish(Generation(i));
  published_all = true;
  for (std::thread& thread : readers) thread.join();
  EXPECT_EQ(torn, std::vector<std::string>(kReaders));
  EXPECT_EQ(last_seen, std::vector<int>(kReaders, kGenerations - 1));
}

// Uses the publication when it is notified and when it is destroyed, as a stream may.
class CountingObserver final : public PublicationObserver {
 public:
  CountingObserver(const Publication& publication, std::atomic<int>& told)
      : publication_(publication), told_(told) {}
  ~CountingObserver() override { EXPECT_NE(publication_.Current(), nullptr); }

  void OnPublish() override {
    EXPECT_NE(publication_.Current(), nullptr);
    ++told_;
  }

 private:
  const Publication& publication_;
  std::atomic<int>& told_;
};

TEST(PublicationTest, ObserversAreToldUntilTheyAreDestroyed) {
  Publication publication(Generation(0));
  std::atomic<int> told = 0;
  auto first = std::make_shared<CountingObserver>(publication, told);
  const auto second = std::make_shared<CountingObserver>(publication, told);
  publication.Add(first);
  publication.Add(second);
  publication.Publish(Generation(1));
  EXPECT_EQ(told, 2);
  first.reset();
  publication.Publish(Generation(2));
  EXPECT_EQ(told, 3);
}

// The last owner of an observer destroys it. If the publication held its lock then, that
// would be a deadlock, because the observer takes the lock.
TEST(PublicationTest, ObserversAreDestroyedWithoutTheLock) {
  constexpr int kRounds = 10;
  constexpr int kObservers = 20'000;
  for (int round = 0; round < kRounds; ++round) {
    const Publication publication(Generation(0));
    std::atomic<int> told = 0;
    std::vector<std::shared_ptr<CountingObserver>> observers(kObservers);
    for (std::shared_ptr<CountingObserver>& observer : observers) {
      observer = std::make_shared<CountingObserver>(publication, told);
      publication.Add(observer);
    }
    std::atomic<bool> begun = false;
    std::thread owner([&] {
      begun = true;
      for (std::shared_ptr<CountingObserver>& observer : observers) observer.reset();
    });
    while (!begun) std::this_thread::yield();
    // Adds so many observers that the publication removes the destroyed ones.
    const auto another = std::make_shared<CountingObserver>(publication, told);
    for (int i = 0; i < kObservers; ++i) publication.Add(another);
    owner.join();
  }
}

TEST(PublicationTest, SeveralMayPublishAtOnce) {
  constexpr int kPublishers = 4;
  Publication publication(Generation(0));
  std::latch start(kPublishers);
  std::vector<std::thread> publishers;
  for (int publisher = 0; publisher < kPublishers; ++publisher) {
    publishers.emplace_back([&, publisher] {
      start.arrive_and_wait();
      for (int i = 0; i < 10; ++i) {
        publication.Publish(Generation(publisher + 1));
        EXPECT_TRUE(publication.Current()->registry.ByName("g0").empty());
      }
    });
  }
  for (std::thread& thread : publishers) thread.join();
  const std::string last(publication.Current()->registry.record(0).service);
  EXPECT_EQ(publication.Current()->registry.revision(),
            Generation(std::stoi(last.substr(1))).revision());
}

}  // namespace
}  // namespace portreg::server
