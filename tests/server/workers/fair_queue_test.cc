#include "server/workers/fair_queue.h"

#include <array>
#include <chrono>
#include <map>
#include <memory>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace portreg::server {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr size_t kPlenty = 10'000;

struct Named final : FairQueue::Item {
  explicit Named(int n) : name(n) {}
  const int name;
};

int NameOf(const FairQueue::Item* item) { return static_cast<const Named*>(item)->name; }

// Takes all waiting items, each at the same cost.
std::vector<int> TakeAll(FairQueue& queue) {
  std::vector<int> names;
  while (!queue.empty()) {
    const FairQueue::Turn turn = queue.Take();
    queue.Charge(turn, microseconds(100));
    names.push_back(NameOf(turn.item));
  }
  return names;
}

TEST(FairQueueTest, ItemsOfOneFlowKeepTheirOrder) {
  FairQueue queue(kPlenty);
  std::array<Named, 3> items = {Named(1), Named(2), Named(3)};
  for (Named& item : items) EXPECT_EQ(queue.Add(7, item), nullptr);
  EXPECT_EQ(queue.size(), 3);
  EXPECT_THAT(TakeAll(queue), ElementsAre(1, 2, 3));
}

TEST(FairQueueTest, FlowsWithEqualCostsTakeTurns) {
  FairQueue queue(kPlenty);
  std::array<Named, 6> items = {Named(10), Named(11), Named(12), Named(20), Named(21), Named(30)};
  for (Named& item : items) EXPECT_EQ(queue.Add(item.name / 10, item), nullptr);
  EXPECT_THAT(TakeAll(queue), ElementsAre(10, 20, 30, 11, 21, 12));
}

TEST(FairQueueTest, AFlowThatComesLateDoesNotWaitForTheQueueOfAnother) {
  FairQueue queue(kPlenty);
  std::vector<std::unique_ptr<Named>> many;
  for (int i = 0; i < 1'000; ++i) {
    many.push_back(std::make_unique<Named>(i));
    EXPECT_EQ(queue.Add(1, *many.back()), nullptr);
  }
  queue.Charge(queue.Take(), milliseconds(1));
  Named late(-1);
  EXPECT_EQ(queue.Add(2, late), nullptr);
  EXPECT_EQ(NameOf(queue.Take().item), -1);
}

TEST(FairQueueTest, AFlowThatComesLateHasNoClaimToWhatWasGivenBefore) {
  FairQueue queue(kPlenty);
  std::vector<std::unique_ptr<Named>> many;
  for (int i = 0; i < 200; ++i) {
    many.push_back(std::make_unique<Named>(i < 150 ? 1 : 2));
    if (i < 150) {
      EXPECT_EQ(queue.Add(1, *many.back()), nullptr);
    }
  }
  for (int i = 0; i < 100; ++i) queue.Charge(queue.Take(), milliseconds(1));
  for (int i = 150; i < 200; ++i) EXPECT_EQ(queue.Add(2, *many[i]), nullptr);
  int of_the_first = 0;
  for (int i = 0; i < 20; ++i) {
    const FairQueue::Turn turn = queue.Take();
    queue.Charge(turn, milliseconds(1));
    if (NameOf(turn.item) == 1) ++of_the_first;
  }
  EXPECT_NEAR(of_the_first, 10, 1);
}

TEST(FairQueueTest, FlowsShareTimeNotItems) {
  FairQueue queue(kPlenty);
  std::vector<std::unique_ptr<Named>> items;
  for (int i = 0; i < 2'000; ++i) {
    items.push_back(std::make_unique<Named>(1 + i % 2));
    EXPECT_EQ(queue.Add(items.back()->name, *items.back()), nullptr);
  }
  // Each item of flow 1 costs ten times as much.
  std::map<int, int> turns;
  for (int i = 0; i < 1'100; ++i) {
    const FairQueue::Turn turn = queue.Take();
    ++turns[NameOf(turn.item)];
    queue.Charge(turn, turn.flow == 1 ? milliseconds(1) : microseconds(100));
  }
  EXPECT_NEAR(turns[1], 100, 2);
  EXPECT_NEAR(turns[2], 1'000, 2);
}

TEST(FairQueueTest, ItemsThatAreUnderWayCountBeforeTheyAreCharged) {
  FairQueue queue(kPlenty);
  std::array<Named, 4> items = {Named(10), Named(11), Named(20), Named(21)};
  for (Named& item : items) EXPECT_EQ(queue.Add(item.name / 10, item), nullptr);
  // Two workers take an item at once.
  const FairQueue::Turn first = queue.Take();
  const FairQueue::Turn second = queue.Take();
  EXPECT_NE(first.flow, second.flow);
}

TEST(FairQueueTest, AFullQueueRefusesTheNewestOfTheLongestFlow) {
  FairQueue queue(4);
  std::array<Named, 6> items = {Named(10), Named(11), Named(12), Named(20), Named(30), Named(31)};
  for (int i = 0; i < 4; ++i) EXPECT_EQ(queue.Add(items[i].name / 10, items[i]), nullptr);
  EXPECT_EQ(queue.Add(3, items[4]), &items[2]);
  EXPECT_EQ(queue.Add(3, items[5]), &items[5]) << "of equals the one that comes last is refused";
  EXPECT_EQ(queue.size(), 4);
  EXPECT_THAT(TakeAll(queue), ElementsAre(10, 20, 30, 11));
}

TEST(FairQueueTest, AFullQueueRefusesAFurtherItemOfItsOnlyFlow) {
  FairQueue queue(1);
  std::array<Named, 2> items = {Named(1), Named(2)};
  EXPECT_EQ(queue.Add(1, items[0]), nullptr);
  EXPECT_EQ(queue.Add(1, items[1]), &items[1]);
  EXPECT_THAT(TakeAll(queue), ElementsAre(1));
}

TEST(FairQueueTest, RemovedItemsDoNotWait) {
  FairQueue queue(kPlenty);
  std::array<Named, 3> items = {Named(1), Named(2), Named(3)};
  for (Named& item : items) EXPECT_EQ(queue.Add(1, item), nullptr);
  EXPECT_TRUE(queue.Remove(items[1]));
  EXPECT_FALSE(queue.Remove(items[1]));
  EXPECT_THAT(TakeAll(queue), ElementsAre(1, 3));
  EXPECT_FALSE(queue.Remove(items[0])) << "taken items do not wait";
}

TEST(FairQueueTest, AllCanBeRemovedAtOnce) {
  FairQueue queue(kPlenty);
  std::array<Named, 3> items = {Named(1), Named(2), Named(3)};
  for (Named& item : items) EXPECT_EQ(queue.Add(item.name % 2, item), nullptr);
  std::vector<int> names;
  for (const FairQueue::Item* item : queue.RemoveAll()) names.push_back(NameOf(item));
  EXPECT_THAT(names, UnorderedElementsAre(1, 2, 3));
  EXPECT_TRUE(queue.empty());
  EXPECT_THAT(queue.RemoveAll(), IsEmpty());
}

TEST(FairQueueTest, FlowsWithoutItemsAreForgotten) {
  FairQueue queue(kPlenty);
  std::array<Named, 2> items = {Named(1), Named(2)};
  EXPECT_EQ(queue.Add(1, items[0]), nullptr);
  EXPECT_EQ(queue.Add(2, items[1]), nullptr);
  EXPECT_EQ(queue.flows(), 2);
  EXPECT_TRUE(queue.Remove(items[1]));
  EXPECT_EQ(queue.flows(), 1);
  const FairQueue::Turn turn = queue.Take();
  EXPECT_EQ(queue.flows(), 1) << "it is still to be charged";
  queue.Charge(turn, milliseconds(1));
  EXPECT_EQ(queue.flows(), 0);
}

}  // namespace
}  // namespace portreg::server
