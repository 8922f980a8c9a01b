#include "client/cli/base/lookup_columns.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace portreg::cli {
namespace {

using ::testing::HasSubstr;

std::string TitlesOf(const std::vector<TitledColumn>& columns) {
  return absl::StrJoin(columns, ",", [](std::string* text, const TitledColumn& each) {
    absl::StrAppend(text, each.title);
  });
}

TEST(LookupColumnsTest, KeysHaveNames) {
  EXPECT_EQ(ParseLookupKey("slot"), LookupKey::kSlot);
  EXPECT_EQ(ParseLookupKey("number"), LookupKey::kNumber);
  EXPECT_EQ(ParseLookupKey("port"), LookupKey::kPort);
  EXPECT_EQ(ParseLookupKey("Slot"), std::nullopt);
  EXPECT_EQ(ParseLookupKey(""), std::nullopt);
}

TEST(LookupColumnsTest, EachKeyHasItsColumns) {
  EXPECT_EQ(TitlesOf(DefaultLookupColumns(LookupKey::kSlot)), "slot,service,layer,class,owner");
  EXPECT_EQ(TitlesOf(DefaultLookupColumns(LookupKey::kNumber)),
            "port,protocol,service,layer,class,owner");
  EXPECT_EQ(TitlesOf(DefaultLookupColumns(LookupKey::kPort)), "port,service");
  EXPECT_EQ(TitlesOf(ValueColumns({LookupKey::kNumber, DefaultLookupColumns(LookupKey::kNumber)})),
            "service,layer,class,owner");
}

TEST(LookupColumnsTest, ColumnsMayHaveTitles) {
  const auto columns = ReadLookupColumns(
      std::vector<std::string>{"dstport=port", "a=b=transport", "service"}, LookupKey::kSlot);
  ASSERT_TRUE(columns.ok()) << columns.status();
  EXPECT_EQ(TitlesOf(*columns), "dstport,a=b,service");
  EXPECT_EQ((*columns)[0].column, LookupColumn::kPort);
  EXPECT_EQ((*columns)[1].column, LookupColumn::kTransport);
}

TEST(LookupColumnsTest, UnusableColumnsAreRefusedWithWhatIsAllowed) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{"servce"},
       "\"servce\" is not COLUMN or TITLE=COLUMN, where the column is slot, port, transport, "
       "protocol, service, layer, class or owner"},
      {{""}, "--columns=\"\" is not COLUMN"},
      {{"a=b"}, "\"a=b\" is not COLUMN"},
      {{"Service"}, "\"Service\" is not COLUMN"},
      {{"=port"}, "has an empty title before \"=\""},
      {{std::string(65, 'x') + "=port"}, "has a title of 65 bytes, at most 64 are allowed"},
      {{"\xff=port"}, "has a title that is not UTF-8"},
      {{"port", "slot=service", "slot"}, "has the title \"slot\" twice"}};
  for (const auto& [texts, why] : cases) {
    const auto columns = ReadLookupColumns(texts, LookupKey::kSlot);
    EXPECT_EQ(columns.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(columns.status().message()), HasSubstr(why));
  }
}

TEST(LookupColumnsTest, RowOfAPortHasNoTransport) {
  for (const std::string name : {"slot", "transport", "protocol"}) {
    const auto columns = ReadLookupColumns(std::vector<std::string>{name}, LookupKey::kPort);
    EXPECT_THAT(std::string(columns.status().message()),
                HasSubstr("port, service, layer, class or owner, which --key=port has"));
    EXPECT_TRUE(ReadLookupColumns(std::vector<std::string>{name}, LookupKey::kNumber).ok());
  }
}

TEST(LookupColumnsTest, RowsAreToldApartByTheirKey) {
  const auto identify = [](LookupKey key, const std::vector<std::string>& texts) {
    return IdentifyRows(key, ReadLookupColumns(texts, key).value());
  };
  EXPECT_TRUE(identify(LookupKey::kSlot, {"slot"}));
  EXPECT_TRUE(identify(LookupKey::kSlot, {"transport", "port"}));
  EXPECT_TRUE(identify(LookupKey::kNumber, {"port", "protocol"}));
  EXPECT_TRUE(identify(LookupKey::kPort, {"x=port"}));
  EXPECT_FALSE(identify(LookupKey::kSlot, {"port", "service"}));
  EXPECT_FALSE(identify(LookupKey::kNumber, {"protocol", "service"}));
  EXPECT_FALSE(identify(LookupKey::kPort, {"service"}));
}

}  // namespace
}  // namespace portreg::cli
