#include "client/cli/changes/change_writers.h"

#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/cli/display/terminal.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/cli/written.h"
#include "tests/common/test_layers.h"

namespace portreg::cli {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// Two registries, and what differs between them.
struct Compared {
  Compared(absl::string_view old_rows, absl::string_view new_rows)
      : before(LocalOf(old_rows)), after(LocalOf(new_rows)) {}

  static Registry LocalOf(absl::string_view rows) {
    std::vector<LayerData> layers;
    layers.push_back(LayerOfText(
        Layer::kLocal,
        absl::StrCat(kShortHeader.substr(0, kShortHeader.size() - 1), ",Owner,Until\n", rows)));
    return Registry::Create(std::move(layers)).value();
  }

  const Registry before;
  const Registry after;
  const Changes changes = ChangesBetween(before, after);
};

std::string OutputOf(const std::function<void(Printer)>& write) {
  const std::unique_ptr<std::FILE, decltype(&std::fclose)> file(std::tmpfile(), std::fclose);
  write(Printer(file.get()));
  std::string text(static_cast<size_t>(std::ftell(file.get())), '\0');
  std::rewind(file.get());
  EXPECT_EQ(std::fread(text.data(), 1, text.size(), file.get()), text.size());
  return text;
}

std::string TableOf(const Changes& changes, const Terminal& terminal = {}) {
  return OutputOf([&](Printer out) { WriteChangeTable(changes, terminal, out); });
}

std::string MarkdownOf(const Changes& changes) {
  return OutputOf([&](Printer out) {
    WriteChangeMarkdown(changes, {.before = "old.csv", .after = "new.csv"}, out);
  });
}

constexpr absl::string_view kOldRows =
    "billing,7100-7199,tcp,Billing,blue,\ngone,7300,udp,Old,,\nkept,7400,tcp,One,red,\n";
constexpr absl::string_view kNewRows =
    "audit,7100-7199,tcp,Audit,blue,\nkept,7400,tcp,Two,red,2026-11-29\nnoport,,,New,,\n";

TEST(ChangeTableTest, ShowsSlotsRecordsAndCounts) {
  const Compared compared(kOldRows, kNewRows);
  EXPECT_THAT(
      LinesOf(TableOf(compared.changes)),
      ElementsAre("SLOT           BEFORE   AFTER",  //
                  "7100-7199/tcp  billing  audit",  //
                  "7300/udp       gone     -",      //
                  "", "   PORT           SERVICE  LAYER  OWNER  SCOPE  DESCRIPTION OR CHANGE",
                  "+  7100-7199/tcp  audit    local  blue          Audit",
                  "-  7100-7199/tcp  billing  local  blue          Billing",
                  "-  7300/udp       gone     local                Old",
                  "~  7400/tcp       kept     local  red           description: One -> Two",
                  "~  7400/tcp       kept     local  red           until: - -> 2026-11-29",
                  "+  -              noport   local                New", "",
                  "101 slots renamed; 2 records added, 2 removed, 1 changed"));
}

TEST(ChangeTableTest, NoChangeIsNoText) {
  EXPECT_EQ(TableOf(Compared(kOldRows, kOldRows).changes), "");
}

TEST(ChangeTableTest, TextsCannotWriteOverTheScreen) {
  const Compared compared("", "\"a\x1b[2J\",1,tcp,\"two\nlines\",\"o\x1b[2J\",\n");
  const std::string text = TableOf(compared.changes);
  EXPECT_THAT(text, AllOf(Not(HasSubstr("\x1b")), HasSubstr("two\\nlines")));
}

TEST(ChangeTableTest, TerminalsGetColoursAndCutLines) {
  const Compared compared("a,1,tcp,x,,\n", "b,2,tcp,a long description,,\n");
  const std::string text =
      TableOf(compared.changes, {.is_terminal = true, .width = 20, .color = true});
  EXPECT_THAT(text, AllOf(HasSubstr("\033[32m+"), HasSubstr("\033[31m-"), HasSubstr("…"),
                          Not(HasSubstr("description"))));
}

TEST(ChangeJsonTest, LineIsAChange) {
  const Compared compared(kOldRows, kNewRows);
  const std::vector<std::string> lines = LinesOf(
      OutputOf([&](Printer out) { EXPECT_TRUE(WriteChangeLines(compared.changes, out).ok()); }));
  ASSERT_EQ(lines.size(), 7);
  EXPECT_EQ(lines[0], R"({"kind":"slot","change":"changed","firstPort":7100,"lastPort":7199,)"
                      R"("transport":"TRANSPORT_TCP","before":"billing","after":"audit"})");
  EXPECT_EQ(lines[1], R"({"kind":"slot","change":"removed","firstPort":7300,"lastPort":7300,)"
                      R"("transport":"TRANSPORT_UDP","before":"gone"})");
  EXPECT_THAT(lines[2],
              StartsWith(R"({"kind":"record","change":"added","after":{"firstPort":7100,)"));
  EXPECT_THAT(lines[3], StartsWith(R"({"kind":"record","change":"removed","before":{"first)"));
  EXPECT_THAT(lines[5], AllOf(StartsWith(R"({"kind":"record","change":"changed","fields":)"
                                         R"(["description","until"],"before":{"firstPort":7400,)"),
                              HasSubstr(R"("after":{"firstPort":7400,)"), HasSubstr("2026-11-29")));
}

TEST(ChangeJsonTest, DocumentHasTheLinesInAList) {
  const Compared compared("", "a,1,tcp,x,,\n");
  const std::string lines =
      OutputOf([&](Printer out) { EXPECT_TRUE(WriteChangeLines(compared.changes, out).ok()); });
  const auto document = [](const Changes& changes) {
    return OutputOf([&](Printer out) {
      EXPECT_TRUE(WriteChangeDocument(changes, {.before = "o\"\xff", .after = "n"}, out).ok());
    });
  };
  const std::vector<std::string> each = LinesOf(lines);
  ASSERT_EQ(each.size(), 2);
  EXPECT_EQ(document(compared.changes),
            absl::StrCat("{\"before\":\"o\\\\\\\"\\\\xff\",\"after\":\"n\",\"changes\":[\n",
                         each[0], ",\n", each[1], "\n]}\n"));
  EXPECT_THAT(document({}), EndsWith(",\"changes\":[\n]}\n"));
}

TEST(ChangeMarkdownTest, ShowsTables) {
  const Compared compared(kOldRows, kNewRows);
  EXPECT_THAT(
      LinesOf(MarkdownOf(compared.changes)),
      ElementsAre("**portreg diff** `old.csv` to `new.csv`: "
                  "101 slots renamed; 2 records added, 2 removed, 1 changed",
                  "", "| Slot | Before | After |", "| --- | --- | --- |",
                  "| 7100-7199/tcp | `billing` | `audit` |", "| 7300/udp | `gone` |  |", "",
                  "|  | Port | Service | Layer | Owner | Scope | Description or change |",
                  "| --- | --- | --- | --- | --- | --- | --- |",
                  "| added | 7100-7199/tcp | `audit` | local | `blue` |  | `Audit` |",
                  "| removed | 7100-7199/tcp | `billing` | local | `blue` |  | `Billing` |",
                  "| removed | 7300/udp | `gone` | local |  |  | `Old` |",
                  "| changed | 7400/tcp | `kept` | local | `red` |  | `description: One -> Two` |",
                  "| changed | 7400/tcp | `kept` | local | `red` |  | `until: - -> 2026-11-29` |",
                  "| added | - | `noport` | local |  |  | `New` |"));
}

TEST(ChangeMarkdownTest, NoDifferenceIsSaid) {
  EXPECT_EQ(MarkdownOf({}), "**portreg diff** `old.csv` to `new.csv`: no difference\n");
}

TEST(ChangeMarkdownTest, TextsAreCodeThatEndsNoCell) {
  const Compared compared("", "a|b,1,tcp,\"two\nlines | `x` ``y`` @team <b>\",,\n");
  const std::string text = MarkdownOf(compared.changes);
  EXPECT_THAT(text, HasSubstr("| `a\\|b` |"));
  EXPECT_THAT(text, HasSubstr("| ``` two\\nlines \\| `x` ``y`` @team <b> ``` |\n"));
}

TEST(ChangeMarkdownTest, RowsBeyondTheLimitAreCounted) {
  std::string rows;
  for (int port = 1; port <= 4'000; ++port) {
    absl::StrAppend(&rows, "s", port, ",", port, ",tcp,", std::string(1'000, 'd'), ",,\n");
  }
  const Compared compared("", rows);
  const std::string text = MarkdownOf(compared.changes);
  EXPECT_LE(text.size(), kMaxMarkdownBytes);
  EXPECT_GE(text.size(), kMaxMarkdownBytes - 1'000);
  size_t shown = 0;
  size_t left_out = 0;
  for (const std::string& line : LinesOf(text)) {
    shown += absl::StrContains(line, "/tcp |") ? 1 : 0;
    if (absl::StrContains(line, "left out")) left_out += std::stoul(line);
  }
  EXPECT_EQ(shown + left_out, 8'000);
  EXPECT_THAT(text, AllOf(HasSubstr(" more rows of slots are left out."),
                          HasSubstr(" more rows of records are left out.")));
}

}  // namespace
}  // namespace portreg::cli
