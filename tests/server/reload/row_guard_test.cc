#include "server/reload/row_guard.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"
#include "tests/common/test_status.h"

namespace portreg::server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// Returns rows of the services first to last, each on a port of its own.
std::string RowsOf(int first, int last, absl::string_view name = "svc") {
  std::string rows;
  for (int i = first; i <= last; ++i) absl::StrAppend(&rows, name, "-", i, ",", i, ",tcp,\n");
  return rows;
}

absl::Status Guard(absl::string_view served, absl::string_view next) {
  return CheckOwnRows(MakeRegistry({.local = served}), MakeRegistry({.local = next}));
}

TEST(RowGuardTest, Over25PercentAndAtLeast10RowsMayNotGo) {
  const struct {
    int before;
    int after;
    bool passes;
  } cases[] = {{40, 40, true}, {40, 50, true}, {40, 30, true}, {40, 29, false}, {39, 30, true},
               {12, 3, true},  {13, 3, false}, {9, 1, true},   {44, 33, true},  {43, 32, false}};
  for (const auto& c : cases) {
    EXPECT_EQ(Guard(RowsOf(1, c.before), RowsOf(1, c.after)).ok(), c.passes)
        << c.before << " to " << c.after;
  }
  EXPECT_THAT(Message(Guard(RowsOf(1, 40), RowsOf(1, 6))),
              AllOf(HasSubstr("--local_file: 34 of the 40 rows being served are missing"),
                    HasSubstr("--allow_fewer_rows")));
}

TEST(RowGuardTest, AllRowsMayNotGo) {
  EXPECT_FALSE(Guard(RowsOf(1, 1), "").ok());
  EXPECT_FALSE(Guard(RowsOf(1, 3), RowsOf(11, 13)).ok());
  EXPECT_TRUE(Guard(RowsOf(1, 3), RowsOf(3, 13)).ok());
  EXPECT_TRUE(Guard("", "").ok());
  EXPECT_TRUE(Guard("", RowsOf(1, 3)).ok());
}

TEST(RowGuardTest, ARowIsKeptWhileItsPortsAreClaimed) {
  const auto keeps = [](absl::string_view row, absl::string_view next) {
    return Guard(row, next).ok();
  };
  EXPECT_TRUE(keeps("a,1-3,tcp,x\n", "b,1-9,,y\n"));
  EXPECT_TRUE(keeps("a,1,,x\n", "a,1,,y\n"));
  EXPECT_TRUE(keeps("a,1,,x\n", "a,1,tcp,x\n"));
  EXPECT_FALSE(keeps("a,1,udp,x\n", "a,1,tcp,x\n"));
  EXPECT_FALSE(keeps("a,1-3,tcp,x\n", "a,1-2,tcp,x\n"));
  EXPECT_FALSE(keeps("a,1,tcp,x\n", "a,2,tcp,x\n"));
  EXPECT_TRUE(keeps("a,,tcp,x\n", "A,,udp,x\n"));
  EXPECT_FALSE(keeps("a,,tcp,x\n", "b,,tcp,x\n"));
}

TEST(RowGuardTest, ScopesDecideWhichRowReplacesAnother) {
  const auto registry_of = [](absl::string_view scope) {
    std::vector<LayerData> layers;
    layers.push_back(MakeLayer(Layer::kLocal, "a,1,tcp,\n"));
    layers[0].records[0].scope = scope;
    return Registry::Create(std::move(layers)).value();
  };
  EXPECT_TRUE(CheckOwnRows(registry_of(""), registry_of("eu")).ok());
  EXPECT_TRUE(CheckOwnRows(registry_of("eu/prod"), registry_of("eu")).ok());
  EXPECT_FALSE(CheckOwnRows(registry_of("us"), registry_of("eu")).ok());
}

TEST(RowGuardTest, ARowOfSeveralRecordsCountsOnce) {
  std::vector<LayerData> served;
  served.push_back(MakeLayer(Layer::kLocal, RowsOf(1, 30)));
  // Makes the records those of one row with a list of ports.
  for (size_t i = 1; i < 30; ++i) served[0].records[i].line = 2;
  EXPECT_TRUE(CheckOwnRows(Registry::Create(std::move(served)).value(),
                           MakeRegistry({.local = RowsOf(1, 1)}))
                  .ok());
}

TEST(RowGuardTest, EachOwnTableIsComparedByItself) {
  const auto registry_of = [](absl::string_view local, absl::string_view site) {
    std::vector<LayerData> layers;
    layers.push_back(MakeLayer(Layer::kLocal, local));
    layers.push_back(MakeLayer(Layer::kCommon, RowsOf(1, 40, "practice")));
    layers.push_back(MakeLayer(Layer::kCommon, site));
    for (ServiceRecord& record : layers.back().records) record.source = kSiteSource;
    return Registry::Create(std::move(layers)).value();
  };
  const Registry served = registry_of(RowsOf(1, 10), RowsOf(1, 10));
  EXPECT_TRUE(CheckOwnRows(served, registry_of(RowsOf(1, 9), RowsOf(1, 9))).ok());
  EXPECT_THAT(Message(CheckOwnRows(served, registry_of("", RowsOf(1, 10)))),
              HasSubstr("--local_file: 10 of the 10 rows"));
  EXPECT_THAT(Message(CheckOwnRows(served, registry_of(RowsOf(1, 10), ""))),
              HasSubstr("--common_file: 10 of the 10 rows"));
  // Layers other than own tables do not count.
  EXPECT_TRUE(CheckOwnRows(MakeRegistry({.iana = "a,1,,\n", .common = "B,2,,\n"}),
                           MakeRegistry({.iana = "b,1,,\n"}))
                  .ok());
}

}  // namespace
}  // namespace portreg::server
