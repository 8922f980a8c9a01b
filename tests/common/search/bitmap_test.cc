#include "common/search/bitmap.h"

#include <cstddef>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace portreg {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<size_t> NumbersOf(const Bitmap& bitmap) {
  std::vector<size_t> numbers;
  bitmap.ForEach([&numbers](size_t number) { numbers.push_back(number); });
  return numbers;
}

TEST(BitmapTest, HoldsWhatIsSet) {
  Bitmap bitmap(200);
  EXPECT_THAT(NumbersOf(bitmap), IsEmpty());
  for (const size_t number : {0, 63, 64, 127, 199}) bitmap.Set(number);
  bitmap.Reset(64);
  EXPECT_THAT(NumbersOf(bitmap), ElementsAre(0, 63, 127, 199));
  EXPECT_TRUE(bitmap.Test(63));
  EXPECT_FALSE(bitmap.Test(62));
  EXPECT_FALSE(bitmap.Test(64));
  EXPECT_EQ(bitmap.Count(), 4);
  bitmap.Clear();
  EXPECT_EQ(bitmap.Count(), 0);
}

TEST(BitmapTest, RangesBeginAndEndAnywhere) {
  for (const size_t begin : {0, 1, 63, 64, 65, 130, 200}) {
    for (const size_t end : {0, 1, 63, 64, 65, 128, 129, 192, 200}) {
      Bitmap bitmap(200);
      bitmap.SetRange(begin, end);
      for (size_t i = 0; i < 200; ++i) {
        EXPECT_EQ(bitmap.Test(i), begin <= i && i < end) << begin << " " << end << " " << i;
      }
      EXPECT_EQ(bitmap.Count(), end > begin ? end - begin : 0);
    }
  }
}

TEST(BitmapTest, IntersectionKeepsWhatBothHold) {
  Bitmap some(130);
  Bitmap others(130);
  for (const size_t number : {1, 64, 129}) some.Set(number);
  for (const size_t number : {2, 64, 129}) others.Set(number);
  some &= others;
  EXPECT_THAT(NumbersOf(some), ElementsAre(64, 129));
}

TEST(BitmapTest, ForEachWhileStopsWhenTold) {
  Bitmap bitmap(200);
  bitmap.SetRange(60, 70);
  std::vector<size_t> numbers;
  bitmap.ForEachWhile([&numbers](size_t number) {
    numbers.push_back(number);
    return number < 65;
  });
  EXPECT_THAT(numbers, ElementsAre(60, 61, 62, 63, 64, 65));
}

TEST(BitmapTest, BitsAreCounted) {
  EXPECT_EQ(Bitmap::CountBits(0), 0);
  EXPECT_EQ(Bitmap::CountBits(~uint64_t{0}), 64);
  for (size_t bits = 0; bits < 64; ++bits) {
    EXPECT_EQ(Bitmap::CountBits((uint64_t{1} << bits) - 1), bits);
    EXPECT_EQ(Bitmap::CountBits(uint64_t{1} << bits), 1);
  }
}

}  // namespace
}  // namespace portreg
