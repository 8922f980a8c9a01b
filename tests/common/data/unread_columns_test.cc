#include "common/data/unread_columns.h"

#include <array>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace portreg {
namespace {

constexpr std::array<absl::string_view, 5> kKnown = {"Scope", "Status", "Bind", "Until", "Aliases"};

std::string MessageFor(absl::string_view title) {
  const std::vector<CsvField> header = {{.text = "Status", .position = {}},
                                        {.text = title, .position = {.line = 1, .column = 8}}};
  const std::vector<MessageAt> unread = FindUnreadColumns(header, kKnown);
  if (unread.empty()) return "";
  EXPECT_EQ(unread[0].position.column, 8U);
  return unread[0].message;
}

TEST(UnreadColumnsTest, KnownAndEmptyTitlesAreRead) {
  for (const absl::string_view title : {"Scope", "sCOPE", " Until ", "", "  "}) {
    EXPECT_EQ(MessageFor(title), "") << title;
  }
}

TEST(UnreadColumnsTest, TitlesThatResembleKnownOnesGetASuggestion) {
  EXPECT_EQ(MessageFor("Scopes"), "column \"Scopes\" is not read; did you mean Scope?");
  EXPECT_EQ(MessageFor("untill"), "column \"untill\" is not read; did you mean Until?");
  EXPECT_EQ(MessageFor("Alias"), "column \"Alias\" is not read; did you mean Aliases?");
  EXPECT_EQ(MessageFor("Sattus"), "column \"Sattus\" is not read; did you mean Status?");
  EXPECT_EQ(MessageFor("Ticket"), "column \"Ticket\" is not read");
  EXPECT_EQ(MessageFor("Kind"), "column \"Kind\" is not read; did you mean Bind?");
  EXPECT_EQ(MessageFor("Land"), "column \"Land\" is not read");
}

}  // namespace
}  // namespace portreg
