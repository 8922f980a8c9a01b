#include "server/reload/row_guard.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
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
  EXPECT_THAT(
      Message(Guard(RowsOf(1, 40), RowsOf(1, 6))),
      AllOf(HasSubstr("--local_file: 34 of the 40 rows being served are missing or retired"),
            HasSubstr("--allow_fewer_rows")));
}

TEST(RowGuardTest, AllRowsMayNotGo) {
  EXPECT_FALSE(Guard(RowsOf(1, 1), "").ok());
  EXPECT_FALSE(Guard(RowsOf(1, 3), RowsOf(11, 13)).ok());
  EXPECT_TRUE(Guard(RowsOf(1, 3), RowsOf(3, 13)).ok());
  EXPECT_TRUE(Guard("", "").ok());
  EXPECT_TRUE(Guard("", RowsOf(1, 3)).ok());
}

// Like Guard, for rows with Owner, Aliases and Status, of which the last may be left out.
absl::Status GuardOwn(absl::string_view served, absl::string_view next) {
  const auto registry_of = [](absl::string_view rows) {
    std::string table =
        "Service Name,Port Number,Transport Protocol,Description,Owner,Aliases,Status\n";
    for (const absl::string_view row : absl::StrSplit(rows, '\n', absl::SkipEmpty())) {
      const auto commas = static_cast<size_t>(std::count(row.begin(), row.end(), ','));
      absl::StrAppend(&table, row, std::string(6 - commas, ','), "\n");
    }
    std::vector<LayerData> layers;
    layers.push_back(OwnTableOfText(table));
    return Registry::Create(std::move(layers)).value();
  };
  return CheckOwnRows(registry_of(served), registry_of(next));
}

TEST(RowGuardTest, ARowIsKeptByOneOfItsPortsOrOfItsNameAndOwner) {
  const struct {
    absl::string_view row;
    absl::string_view next;
    bool keeps;
  } cases[] = {
      // Equal ports.
      {"a,1,,,x\n", "b,1,,,y\n", true},
      {"a,1-3,tcp,,x\n", "b,1-3,,,y\n", true},
      {"a,1,,,x\n", "a,1,tcp,,x\n", true},
      {"a,1,udp,,x\n", "a,1,tcp,,x\n", false},
      // Wider ports.
      {"a,1-3,tcp,,x\n", "A,1-9,,,x\n", true},
      {"a,1-3,tcp,,x\n", "b,1-9,,,x\n", false},
      {"a,1-3,tcp,,x\n", "b,1-9,,,x,a\n", true},
      {"a,1-3,tcp,,x\n", "a,1-9,,,y\n", false},
      // Other ports.
      {"a,1-3,tcp,,x\n", "a,1-2,tcp,,x\n", true},
      {"a,1,tcp,,x\n", "a,2,tcp,, x \n", true},
      {"a,1,tcp,,x\n", "a,2,tcp,,y\n", false},
      {"a,1,tcp,,x\n", "b,2,tcp,,x\n", false},
      {"a,1,tcp,,x\n", "b,2,tcp,,x,A\n", true},
      {"a,1,tcp,,x\n", "a,,tcp,,x\n", false},
      // Blocks.
      {"a,1,,,x\n", ",1,,,x\n", false},
      {",1-3,,,x\n", "a,1-3,,,x\n", false},
      {",1-3,,,x\n", ",1-3,,,y\n", true},
      {",1-3,,,x\n", ",0-9,,,x\n", true},
      {",1-3,,,x\n", ",3-9,,,x\n", true},
      {",1-3,,,x\n", ",4-9,,,x\n", false},
      {",1-3,,,x\n", ",0-9,,,y\n", false},
      // Names without a port.
      {"a,,tcp,,x\n", "A,,udp,,y\n", true},
      {"a,,tcp,,x\n", "b,,tcp,,x\n", false},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(GuardOwn(c.row, c.next).ok(), c.keeps) << c.row << "to " << c.next;
  }
}

TEST(RowGuardTest, AWideRowKeepsNoOtherRow) {
  const std::string block = ",1-99,,Held for all\n";
  EXPECT_THAT(Message(Guard(absl::StrCat(RowsOf(1, 60), block), block)),
              HasSubstr("60 of the 61 rows"));
  EXPECT_FALSE(Guard(RowsOf(1, 60), "everything,0-65535,,\n").ok());
  // A row that is restored inside the block is no loss.
  EXPECT_TRUE(Guard(block, absl::StrCat(RowsOf(1, 60), block)).ok());
}

TEST(RowGuardTest, ARowKeepsOneRowThatHasMoved) {
  std::string scattered;
  for (int port = 1; port <= 20; ++port) absl::StrAppend(&scattered, "a,", port, ",tcp,\n");
  EXPECT_THAT(Message(Guard(scattered, "a,1,tcp,\n")), HasSubstr("19 of the 20 rows"));
  EXPECT_THAT(Message(Guard(scattered, "a,99,tcp,\n")), HasSubstr("19 of the 20 rows"));
  // One row of the service's name may take all their ports.
  EXPECT_TRUE(Guard(scattered, "a,1-20,tcp,\n").ok());
}

TEST(RowGuardTest, ARowThatBecomesRetiredIsLost) {
  const auto rows_of = [](absl::string_view status) {
    std::string rows;
    for (int i = 1; i <= 12; ++i) absl::StrAppend(&rows, "a", i, ",", i, ",,,x,,", status, "\n");
    return rows;
  };
  const std::string history = "b1,101,,,x,,retired\nb2,102,,,x,,retired\n";
  for (const absl::string_view status : {"planned", "deprecated", "active"}) {
    EXPECT_TRUE(GuardOwn(rows_of(""), rows_of(status)).ok()) << status;
  }
  EXPECT_THAT(Message(GuardOwn(rows_of(""), rows_of("retired"))), HasSubstr("12 of the 12 rows"));
  // Rows that were retired before hold nothing. They do not count beside others.
  EXPECT_THAT(Message(GuardOwn(absl::StrCat(rows_of(""), history), history)),
              HasSubstr("12 of the 12 rows"));
  EXPECT_TRUE(GuardOwn(absl::StrCat(rows_of(""), history), rows_of("")).ok());
  EXPECT_TRUE(GuardOwn(rows_of("retired"), rows_of("active")).ok());
  EXPECT_TRUE(GuardOwn(rows_of("retired"), rows_of("retired")).ok());
  EXPECT_FALSE(GuardOwn(history, "").ok());
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
