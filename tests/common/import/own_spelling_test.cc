#include "common/import/own_spelling.h"

#include <string>
#include <vector>

#include "common/import/table_header.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace portreg {
namespace {

struct Case {
  std::string title;
  std::string value;
  std::string text;
  std::string remark;
};

TEST(OwnSpellingTest, ValuesAreSpelledAsInOwnTables) {
  const std::vector<Case> cases = {
      {"Aliases", "inv, invoices; bill", "inv invoices bill", ""},
      {"Aliases", "inv,\u00A0invoices\nbill", "inv invoices bill", ""},
      {"Aliases", "914c/g", "914c g", "aliases \"914c/g\" are read as \"914c g\""},
      {"Scope", "*", "", "scope \"*\" is read as everywhere"},
      {"Scope", "ALL", "", "scope \"ALL\" is read as everywhere"},
      {"Scope", "any", "", "scope \"any\" is read as everywhere"},
      {"Scope", "::", "", "scope \"::\" is read as everywhere"},
      {"Scope", "eu/all", "eu/all", ""},
      {"Status", "In use", "active", "status \"In use\" is read as active"},
      {"Status", "Decommissioned", "retired", "status \"Decommissioned\" is read as retired"},
      {"Status", "Planned", "Planned", ""},
      {"Since", "1.2.2026", "2026-02-01", "since \"1.2.2026\" is read as 2026-02-01"},
      {"Until", "2026/12/31", "2026-12-31", "until \"2026/12/31\" is read as 2026-12-31"},
      {"Until", "2026-12-31 00:00:00", "2026-12-31",
       "until \"2026-12-31 00:00:00\" is read as 2026-12-31"},
      {"Until", "31.12.2026 00:00", "2026-12-31",
       "until \"31.12.2026 00:00\" is read as 2026-12-31"},
      {"Until", "2026-12-31", "2026-12-31", ""},
      // A day or a month may be first.
      {"Until", "12/31/2026", "12/31/2026", ""},
      {"Until", "31.12.26", "31.12.26", ""},
      {"Bind", "127.0.0.1", "loopback", "bind \"127.0.0.1\" is read as loopback"},
      {"Bind", "::1", "loopback", "bind \"::1\" is read as loopback"},
      {"Bind", "localhost", "loopback", "bind \"localhost\" is read as loopback"},
      {"Bind", "0.0.0.0", "", "bind \"0.0.0.0\" is read as any address"},
      {"Bind", "10.0.0.1", "10.0.0.1", ""},
      {"Description", "all", "all", ""}};
  for (const Case& each : cases) {
    const OwnSpelling spelling = SpellAsOwn(OwnColumn(each.title), each.value);
    EXPECT_EQ(spelling.text, each.text) << each.title << " " << each.value;
    EXPECT_EQ(spelling.remark, each.remark) << each.title << " " << each.value;
  }
}

TEST(OwnSpellingTest, BlanksOfAllKindsAreStripped) {
  EXPECT_EQ(StripBlanks(" \u00A0\t\uFEFFa\u00A0b\u200B \u202F"), "a\u00A0b");
  EXPECT_EQ(StripBlanks("\u00A0 \u2009"), "");
}

TEST(OwnSpellingTest, AliasesAreSeparatedOnlyByCommasAndSemicolons) {
  EXPECT_EQ(SpellAliases("a,b; c"), "a b c");
  EXPECT_EQ(SpellAliases("a/b  c"), "a/b  c");
}

}  // namespace
}  // namespace portreg
