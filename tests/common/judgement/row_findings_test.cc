#include "common/judgement/row_findings.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/model/advisory_kind.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"

namespace portreg {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr size_t kPairs = 10;

TEST(JudgeRowsTest, FindsNamesCollisionsAndRepetitions) {
  const Registry registry = MakeScopedRegistry(
      "billing,7000,tcp,,pay,,\n"
      "audit,7000,tcp,,sec,,\n"
      "Bad_Name,7001,tcp,,sec,,\n"
      "ledger,7002,tcp,,pay,,\n"
      "ledger,7002,tcp,,pay,,\n");
  const RowFindings found = JudgeRows(registry, Layer::kLocal, kPairs);
  ASSERT_THAT(found.names, SizeIs(1));
  EXPECT_EQ(found.names[0].record->line, 4);
  EXPECT_THAT(found.names[0].message, ::testing::HasSubstr("Bad_Name"));
  ASSERT_THAT(found.collisions, SizeIs(1));
  EXPECT_EQ(found.collisions[0].other->line, 3);
  ASSERT_THAT(found.repetitions, SizeIs(1));
  EXPECT_EQ(found.repetitions[0].other->line, 6);
  EXPECT_FALSE(found.more_collisions || found.more_repetitions);
}

TEST(JudgeRowsTest, SaysNothingOfOtherLayersAndOfGoodRows) {
  const Registry registry =
      MakeScopedRegistry("billing,7000,tcp,,pay,,\n,7000-7009,tcp,,pay,,\n", "Bad_Name,80,tcp,\n");
  const RowFindings found = JudgeRows(registry, Layer::kLocal, kPairs);
  EXPECT_THAT(found.names, IsEmpty());
  EXPECT_THAT(found.collisions, IsEmpty());
  EXPECT_THAT(found.repetitions, IsEmpty());
}

TEST(JudgeRowsTest, ListsNoMorePairsThanAsked) {
  std::string rows;
  for (int i = 0; i < 4; ++i) absl::StrAppend(&rows, "service-", i, ",7000,tcp,,owner-", i, ",,\n");
  const Registry registry = MakeScopedRegistry(rows);
  const RowFindings all = JudgeRows(registry, Layer::kLocal, 6);
  EXPECT_THAT(all.collisions, SizeIs(6));
  EXPECT_FALSE(all.more_collisions);
  const RowFindings some = JudgeRows(registry, Layer::kLocal, 5);
  EXPECT_THAT(some.collisions, SizeIs(5));
  EXPECT_TRUE(some.more_collisions);
}

TEST(AdvisoryKindTest, NamesAreReadAsTheyAreWritten) {
  for (const AdvisoryKind kind : kAdvisoryKinds) {
    EXPECT_EQ(ParseAdvisoryKind(ToString(kind)), kind) << ToString(kind);
  }
  for (const char* text : {"", "linux_ephemeral", "Linux-Ephemeral", "linux-ephemeral ", "9"}) {
    EXPECT_EQ(ParseAdvisoryKind(text), std::nullopt) << text;
  }
}

TEST(AdvisoryKindTest, RulesAreTheKindsAndThoseOfTables) {
  const std::vector<absl::string_view> rules = AcceptableRules();
  ASSERT_THAT(rules, SizeIs(kAdvisoryKinds.size() + 2));
  EXPECT_EQ(rules.front(), "taken-locally");
  EXPECT_EQ(rules[rules.size() - 2], "repetition");
  EXPECT_EQ(rules.back(), "unread-column");
}

}  // namespace
}  // namespace portreg
