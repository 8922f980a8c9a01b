#include "common/search/number_sets.h"

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

#include "common/search/bitmap.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace portreg {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

constexpr size_t kBound = 1'000;

std::vector<size_t> NumbersIn(const NumberSets& sets, NumberSets::Id set) {
  Bitmap numbers(kBound);
  sets.AddTo(set, numbers);
  std::vector<size_t> found;
  numbers.ForEach([&found](size_t number) { found.push_back(number); });
  return found;
}

TEST(NumberSetsTest, SetsOfAnySizeAreKept) {
  NumberSets sets(kBound);
  std::vector<std::vector<uint32_t>> added;
  for (const size_t size : {0, 1, 31, 32, 33, 500, 1'000}) {
    std::vector<uint32_t>& numbers = added.emplace_back(size);
    // The last numbers.
    std::iota(numbers.begin(), numbers.end(), static_cast<uint32_t>(kBound - size));
    EXPECT_EQ(sets.Add(numbers), added.size() - 1);
  }
  sets.ShrinkToFit();
  for (NumberSets::Id set = 0; set < added.size(); ++set) {
    EXPECT_THAT(NumbersIn(sets, set), ElementsAreArray(added[set]));
  }
}

TEST(NumberSetsTest, ABitmapIsKeptAsAListWouldBe) {
  NumberSets sets(kBound);
  Bitmap few(kBound);
  few.Set(7);
  few.Set(999);
  Bitmap many(kBound);
  many.SetRange(100, 900);
  const NumberSets::Id none_id = sets.Add(Bitmap(kBound));
  const NumberSets::Id few_id = sets.Add(few);
  const NumberSets::Id many_id = sets.Add(many);
  EXPECT_THAT(NumbersIn(sets, none_id), IsEmpty());
  EXPECT_THAT(NumbersIn(sets, few_id), ElementsAre(7, 999));
  EXPECT_EQ(NumbersIn(sets, many_id).size(), 800);
  EXPECT_EQ(sets.Cost(few_id), 2);
  // The set costs less than its numbers one by one.
  EXPECT_LT(sets.Cost(many_id), 20);
}

TEST(NumberSetsTest, WhatIsAddedToStays) {
  NumberSets sets(kBound);
  const NumberSets::Id set = sets.Add(std::vector<uint32_t>{1, 2});
  Bitmap numbers(kBound);
  numbers.Set(500);
  sets.AddTo(set, numbers);
  EXPECT_EQ(numbers.Count(), 3);
}

}  // namespace
}  // namespace portreg
