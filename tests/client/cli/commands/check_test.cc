// Checks tables and claims by a registry that has earlier versions of their rows.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/cli/registry_source.h"
#include "tests/client/cli/run_command.h"

namespace portreg::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr absl::string_view kColumns =
    "Service Name,Port Number,Transport Protocol,Description,Owner,Scope,Status,Until\n";

std::string TableOf(absl::string_view rows) { return absl::StrCat(kColumns, rows); }

class CheckTest : public ::testing::Test {
 protected:
  // Checks a table of these rows.
  CommandOutcome CheckRows(absl::string_view rows, Source& source,
                           std::vector<std::string> flags = {}) {
    const std::string path = directory_.Write("t.csv", TableOf(rows));
    flags.insert(flags.begin(), {"check", absl::StrCat("--file=", path)});
    CommandOutcome outcome = RunCommand(flags, source);
    outcome.out = absl::StrReplaceAll(outcome.out, {{path, "t.csv"}});
    return outcome;
  }

  TempDirectory directory_;
};

TEST_F(CheckTest, ARowsOwnEarlierVersionIsNoConflict) {
  RegistrySource source(TableOf("orders,7102,tcp,,blue,,,\n,7200-7299,tcp,,blue,,,\n"));
  // The same row, moved, and in another spelling. The block stays.
  for (const char* rows : {"orders,7102,tcp,,blue,,,\n", "orders,7103,tcp,,blue,,,\n",
                           "Orders,7102,tcp,, blue ,,,\n", ",7200-7299,tcp,,blue,,,\n"}) {
    const CommandOutcome outcome = CheckRows(rows, source);
    EXPECT_EQ(outcome.code, 0) << rows << outcome.out;
    EXPECT_THAT(outcome.out, Not(HasSubstr("taken-locally"))) << rows;
  }
}

TEST_F(CheckTest, APortThatAMovedRowHasLeftIsFree) {
  RegistrySource source(TableOf("orders,7102,tcp,,blue,,,\n"));
  EXPECT_EQ(CheckRows("orders,7103,tcp,,blue,,,\nbilling,7102,tcp,,green,,,\n", source).code, 0);
  // The table does not have the moved row.
  const CommandOutcome taken = CheckRows("billing,7102,tcp,,green,,,\n", source);
  EXPECT_EQ(taken.code, 3);
  EXPECT_THAT(taken.out, HasSubstr("t.csv:2: error taken-locally: 7102/tcp: taken locally by "
                                   "orders (owner blue)\n"));
  // A row of another scope with that name is another row.
  EXPECT_EQ(CheckRows("orders,7102,tcp,,blue,eu,,\nbilling,7102,tcp,,green,us,,\n", source).code,
            3);
}

TEST_F(CheckTest, ARowMayChangeItsOwner) {
  RegistrySource source(
      TableOf("orders,7102,tcp,,blue,,,\nwide,7110-7119,tcp,,blue,eu,,\n"
              ",7200-7299,tcp,,blue,,,\n"));
  for (const char* rows : {"orders,7102,tcp,,green,,,\n", "ORDERS,7102-7103,tcp,,green,,,\n",
                           "wide,\"7105,7119\",tcp,,green,eu,,\n"}) {
    const CommandOutcome outcome = CheckRows(rows, source);
    EXPECT_EQ(outcome.code, 0) << rows << outcome.out;
    EXPECT_THAT(outcome.out, Not(HasSubstr("taken-locally"))) << rows;
  }
  // The port of the earlier version is free for others.
  EXPECT_EQ(CheckRows("wide,7119,tcp,,green,eu,,\nnew,7110,tcp,,red,eu,,\n", source).code, 0);
  for (const char* rows :
       {"wide,7119,tcp,,green,,,\n", "other,7102,tcp,,green,,,\n", ",7200-7299,tcp,,green,,,\n",
        // The row has moved as well.
        "orders,7103,tcp,,green,,,\nnew,7102,tcp,,red,,,\n"}) {
    EXPECT_EQ(CheckRows(rows, source).code, 3) << rows;
  }
}

TEST_F(CheckTest, StatusesAndLastDaysAreThoseOfTheTable) {
  RegistrySource source(TableOf("orders,7102,tcp,,blue,,deprecated,2020-01-01\n"));
  const CommandOutcome renewed = CheckRows("orders,7102,tcp,,blue,,,\n", source);
  EXPECT_THAT(renewed.out, Not(HasSubstr("deprecated-locally")));
  EXPECT_THAT(renewed.out, Not(HasSubstr("past-until")));
  const CommandOutcome old = CheckRows(
      "orders,7102,tcp,,blue,,deprecated,2020-01-01\nold,7103,tcp,,red,,retired,\n"
      "new,7103,tcp,,green,,,\n",
      source);
  EXPECT_EQ(old.code, 0);
  EXPECT_THAT(old.out,
              HasSubstr("t.csv:2: warning past-until,deprecated-locally: 7102/tcp: past its last "
                        "day, 2020-01-01: orders (owner blue); deprecated locally: orders"));
  EXPECT_THAT(old.out, HasSubstr("t.csv:4: warning retired-locally: 7103/tcp: "));
  EXPECT_THAT(old.out, Not(HasSubstr("t.csv:3:")));
}

TEST_F(CheckTest, RowsOfDifferentCallsAreJudgedByEachOther) {
  RegistrySource source(TableOf(""));
  std::string rows = "first,48000,tcp,,blue,,,\n";
  for (int i = 0; i < 1'100; ++i) {
    absl::StrAppend(&rows, "service-", i, ",", 20'000 + i, ",tcp,,blue,,,\n");
  }
  absl::StrAppend(&rows, "last,48000,tcp,,green,,,\n");
  const CommandOutcome outcome = CheckRows(rows, source);
  EXPECT_EQ(outcome.code, 3);
  EXPECT_EQ(source.calls(), 2);
  EXPECT_THAT(outcome.out,
              HasSubstr("t.csv:1103: error claims-collide: line 2 (first) and line 1103 (last) "
                        "both claim port 48000/tcp\n"));
  EXPECT_THAT(outcome.err, HasSubstr("1102 rows: 1 error, "));
}

TEST_F(CheckTest, WideRowsAreAskedAboutInSeveralCalls) {
  RegistrySource source(TableOf(""));
  std::string rows;
  for (int i = 0; i < 10; ++i) absl::StrAppend(&rows, ",0-65535,tcp,,blue,s", i, ",,\n");
  (void)CheckRows(rows, source);
  EXPECT_EQ(source.calls(), 3);
}

TEST_F(CheckTest, AnswersThatWouldBeTooLargeAreAskedForInHalves) {
  RegistrySource source(TableOf(""));
  source.LimitClaims(3);
  std::string rows;
  for (int i = 0; i < 10; ++i) absl::StrAppend(&rows, "service-", i, ",", 7888 + i, ",tcp,,o,,,\n");
  const CommandOutcome outcome = CheckRows(rows, source);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("t.csv:2: info iana-unassigned: 7888/tcp: "));
  EXPECT_THAT(outcome.out, HasSubstr("t.csv:11: "));
  source.LimitClaims(0);
  EXPECT_EQ(CheckRows(rows, source).code, 72);
}

TEST_F(CheckTest, ABusyServerIsNotAskedInHalves) {
  RegistrySource source(TableOf(""));
  source.LimitClaims(0, v1::ERROR_REASON_SERVER_BUSY);
  EXPECT_EQ(CheckRows("a,7888,tcp,,o,,,\nb,7889,tcp,,o,,,\n", source).code, 72);
  EXPECT_EQ(source.calls(), 1);
}

TEST_F(CheckTest, LongOwnersAreNoErrorOfTheServer) {
  const std::string owner = std::string(255, 'a') + "\xC3\xA4" + std::string(100, 'b');
  const std::string row = absl::StrCat("orders,7102,tcp,,", owner, ",,,\n");
  RegistrySource source(TableOf(row));
  EXPECT_EQ(CheckRows(row, source).code, 0);
}

TEST_F(CheckTest, UnusableRowsDoNotHideTheOthers) {
  RegistrySource source(TableOf(""));
  const CommandOutcome outcome =
      CheckRows("bad,70000,tcp,,o,,,\nicmp,,icmp,,o,,,\ngood,61023,tcp,,o,,,\n", source);
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.out, HasSubstr("t.csv:2: error unusable-row: column 5: port 70000"));
  EXPECT_THAT(outcome.out, HasSubstr("t.csv:3: error unusable-row: column 7: transport \"icmp\""));
  EXPECT_THAT(outcome.out, HasSubstr("t.csv:4: error dynamic: 61023/tcp: "));
  // No flag accepts rows that portregd refuses.
  EXPECT_THAT(outcome.err, HasSubstr("3 rows: 3 errors"));
}

TEST_F(CheckTest, RowsOfOtherLengthsDoNotHideTheOthers) {
  RegistrySource source(TableOf(""));
  const CommandOutcome outcome = CheckRows(
      "front,80,443,tcp,,web,,,\ngood,61023,tcp,,o,,,\n\"open,7001,tcp,,o,,,\n"
      "also,61024,tcp,,o,,,\n",
      source);
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.out, HasSubstr("t.csv:2: error unusable-row: column 1: row has 9 fields"));
  EXPECT_THAT(outcome.out, HasSubstr("t.csv:3: error dynamic: 61023/tcp: "));
  EXPECT_THAT(outcome.out, HasSubstr("t.csv:4: error unusable-row: "));
  EXPECT_THAT(outcome.out, HasSubstr("t.csv:5: error dynamic: 61024/tcp: "));
  EXPECT_THAT(outcome.err, HasSubstr("4 rows: 4 errors"));
}

TEST_F(CheckTest, RowsBeyondTheLimitsOfARegistryHaveALine) {
  RegistrySource source(TableOf(""));
  const auto rows_of = [](int count, absl::string_view row) {
    std::string rows = "good,61023,tcp,,o,,,\n";
    for (int i = 0; i < count; ++i) absl::StrAppend(&rows, row);
    return rows;
  };
  const CommandOutcome port = CheckRows(rows_of(1'001, "a,7103,tcp,,o,,,\n"), source);
  EXPECT_EQ(port.code, 3);
  EXPECT_THAT(port.out, HasSubstr("t.csv:1003: error unusable-row: port 7103 has more than 1000 "
                                  "records\n"));
  EXPECT_THAT(port.out, HasSubstr("t.csv:2: error dynamic: 61023/tcp: "));
  const CommandOutcome wide = CheckRows(rows_of(65, ",0-65535,tcp,,o,,retired,\n"), source);
  EXPECT_THAT(wide.out, HasSubstr("t.csv:66: error unusable-row: the ranges of all rows have more "
                                  "than 4194304 ports together\n"));
  const CommandOutcome name = CheckRows(rows_of(1'001, "a,,tcp,,o,,,\n"), source);
  EXPECT_THAT(name.out, HasSubstr("t.csv:1003: error unusable-row: name \"a\" has more than 1000 "
                                  "records\n"));
}

TEST_F(CheckTest, ColumnsThatAreNotReadAreWarnedOf) {
  RegistrySource source(TableOf(""));
  const std::string path = directory_.Write(
      "u.csv",
      "Service Name,Port Number,Transport Protocol,Description,Owner,Scopes\na,7103,tcp,,x,eu\n");
  const CommandOutcome outcome = RunCommand({"check", "--file=" + path}, source);
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, HasSubstr("u.csv:1: warning unread-column: column 63: column "
                                     "\"Scopes\" is not read; did you mean Scope?\n"));
  EXPECT_EQ(RunCommand({"check", "--strict", "--file=" + path}, source).code, 3);
  EXPECT_EQ(
      RunCommand({"check", "--strict", "--allow=unread-column", "--file=" + path}, source).code, 0);
}

TEST_F(CheckTest, BrokenTablesHaveTheLineOfTheFault) {
  RegistrySource source(TableOf(""));
  const CommandOutcome quote = CheckRows("ok,7000,tcp,,o,,,\n\"open,7001,tcp,,o,,,\n", source);
  EXPECT_EQ(quote.code, 3);
  EXPECT_THAT(quote.out, HasSubstr("t.csv:3: error unusable-row: "));
  const std::string empty = directory_.Write("empty.csv", "");
  EXPECT_THAT(RunCommand({"check", "--file=" + empty}, source).out,
              HasSubstr("empty.csv:1: error unusable-row: "));
}

TEST_F(CheckTest, ARowHasFewLines) {
  RegistrySource source(TableOf(""));
  const auto lines_of = [&](absl::string_view rows, std::vector<std::string> flags = {}) {
    return CheckRows(rows, source, std::move(flags)).out;
  };
  const std::string dynamic = lines_of("a,61023,tcp,,o,,,\n");
  EXPECT_THAT(dynamic, HasSubstr(" dynamic: "));
  EXPECT_THAT(dynamic, Not(HasSubstr(" windows-dynamic: ")));
  // An accepted finding does not hide other findings.
  EXPECT_THAT(lines_of("a,61023,tcp,,o,,,\n", {"--allow=dynamic"}),
              HasSubstr(" windows-dynamic: "));
  EXPECT_THAT(lines_of("a,39100,tcp,,o,,,\n"), Not(HasSubstr("iana-unassigned")));
  EXPECT_THAT(lines_of("a,7888,tcp,,o,,,\n"), HasSubstr("iana-unassigned"));
}

TEST_F(CheckTest, AcceptedRulesAreLeftOutAndStrictnessFailsOnWarnings) {
  RegistrySource source(TableOf(""));
  const char* const row = "probe,31002,tcp,,net,,,\n";
  EXPECT_EQ(CheckRows(row, source).code, 0);
  EXPECT_EQ(CheckRows(row, source, {"--strict"}).code, 3);
  const CommandOutcome allowed =
      CheckRows(row, source, {"--strict", "--allow=kubernetes-node-port"});
  EXPECT_EQ(allowed.code, 0);
  EXPECT_THAT(allowed.out, Not(HasSubstr("kubernetes-node-port")));
  EXPECT_EQ(CheckRows("a,7000,tcp,,x,,,\nb,7000,tcp,,y,,,\n", source,
                      {"--allow=claims-collide,iana-assigned"})
                .code,
            0);
}

TEST_F(CheckTest, KeysThatShareASlotCollide) {
  RegistrySource source(TableOf(""));
  const CommandOutcome twice = RunCommand({"check", "7106/tcp", "7106/tcp"}, source);
  EXPECT_EQ(twice.code, 3);
  EXPECT_THAT(twice.out, HasSubstr("7106/tcp: error claims-collide: claimed by 7106/tcp too\n"));
  EXPECT_THAT(twice.err, HasSubstr("2 claims: 2 errors, "));
  const CommandOutcome range = RunCommand({"check", "7106", "7100-7149/tcp"}, source);
  EXPECT_THAT(range.out, HasSubstr("7106: error claims-collide: 7106/tcp: claimed by "
                                   "7100-7149/tcp too\n"));
  EXPECT_THAT(range.out, HasSubstr("7100-7149/tcp: error claims-collide: 7106/tcp: claimed by "
                                   "7106 too\n"));
  EXPECT_EQ(RunCommand({"check", "7106/tcp", "7106/udp", "7107"}, source).code, 0);
  // The keys of one service or owner are one claim.
  EXPECT_EQ(RunCommand({"check", "7106/tcp", "7106", "--service=a"}, source).code, 0);
  EXPECT_EQ(RunCommand({"check", "7106/tcp", "7106", "--owner=blue"}, source).code, 0);
  EXPECT_EQ(RunCommand({"check", "7106", "7106", "--allow=claims-collide"}, source).code, 0);
}

TEST_F(CheckTest, KeysOfDifferentCallsCollide) {
  RegistrySource source(TableOf(""));
  std::vector<std::string> arguments = {"check", "48000"};
  for (int i = 0; i < 1'100; ++i) arguments.push_back(absl::StrCat(20'000 + i));
  arguments.push_back("48000");
  const CommandOutcome outcome = RunCommand(arguments, source);
  EXPECT_EQ(source.calls(), 2);
  EXPECT_THAT(outcome.err, HasSubstr("1102 claims: 2 errors, "));
  // Most of the many pairs are only reported as "more".
  std::vector<std::string> same(100, "7106/tcp");
  same.insert(same.begin(), "check");
  const CommandOutcome many = RunCommand(same, source);
  EXPECT_THAT(many.err, HasSubstr("100 claims: 2000 errors, "));
  EXPECT_THAT(many.err, HasSubstr(", and more that collide or repeat others"));
}

TEST_F(CheckTest, KeysAreJudgedByTheRegistry) {
  RegistrySource source(TableOf("orders,7102,tcp,,blue,,,\n"));
  const CommandOutcome taken = RunCommand({"check", "7102/tcp"}, source);
  EXPECT_EQ(taken.code, 3);
  EXPECT_THAT(taken.out, HasSubstr("7102/tcp: error taken-locally: taken locally by orders"));
  EXPECT_EQ(RunCommand({"check", "7102/tcp", "--service=orders", "--owner=blue"}, source).code, 0);
  const CommandOutcome range = RunCommand({"check", "7100-7149/tcp"}, source);
  EXPECT_THAT(range.out, HasSubstr("7100-7149/tcp: error taken-locally: 7102/tcp: taken locally"));
  EXPECT_THAT(range.err, HasSubstr("1 claim: 1 error, "));
  EXPECT_THAT(RunCommand({"check", "6666"}, source).out,
              HasSubstr("6666: warning iana-assigned: 6666/tcp: assigned by IANA to ircu\n"));
}

TEST_F(CheckTest, ScopesPartClaims) {
  RegistrySource source(TableOf("orders,7102,tcp,,blue,eu,,\n"));
  EXPECT_EQ(RunCommand({"check", "7102/tcp", "--scope=us"}, source).code, 0);
  EXPECT_EQ(RunCommand({"check", "7102/tcp", "--scope=eu/prod"}, source).code, 3);
}

TEST_F(CheckTest, NamesAndMissingFilesAreRefused) {
  RegistrySource source(TableOf(""));
  const CommandOutcome name = RunCommand({"check", "https"}, source);
  EXPECT_EQ(name.code, 1);
  EXPECT_THAT(name.err, HasSubstr("key \"https\" is not a port or a range, which check needs"));
  const CommandOutcome missing = RunCommand({"check", "--file=/nonexistent.csv"}, source);
  EXPECT_EQ(missing.code, 1);
  EXPECT_THAT(missing.err, HasSubstr("/nonexistent.csv: cannot be opened"));
}

}  // namespace
}  // namespace portreg::cli
