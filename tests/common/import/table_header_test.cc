#include "common/import/table_header.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace portreg {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<ColumnChoice> Choices(const std::vector<std::string>& texts) {
  std::vector<ColumnChoice> choices;
  for (const std::string& text : texts) choices.push_back(ReadColumnChoice(text).value());
  return choices;
}

// Returns what each column holds, or the error's message.
std::string Columns(absl::string_view titles, const std::vector<std::string>& choices = {}) {
  const std::vector<absl::string_view> split = absl::StrSplit(titles, ',');
  const absl::StatusOr<TableHeader> header = ReadTableHeader(split, Choices(choices));
  if (!header.ok()) return std::string(header.status().message());
  return absl::StrJoin(header->columns, ",", [](std::string* joined, const ForeignColumn& column) {
    switch (column.content) {
      case ForeignColumn::Content::kUnused:
        absl::StrAppend(joined, "-");
        break;
      case ForeignColumn::Content::kOwn:
        absl::StrAppend(joined, OwnColumns()[column.own]);
        break;
      case ForeignColumn::Content::kTick:
        absl::StrAppend(joined, ToString(column.transport), "?");
        break;
      case ForeignColumn::Content::kPortsOfTransport:
        absl::StrAppend(joined, ToString(column.transport), " ports");
        break;
    }
  });
}

TEST(TableHeaderTest, SynonymsAreRecognisedWhateverTheirForm) {
  const std::vector<std::pair<std::string, std::string>> titles = {
      {"Service Name", "Service Name"},
      {"service_name", "Service Name"},
      {"Service-Name ", "Service Name"},
      {"App", "Service Name"},
      {"Component", "Service Name"},
      {"PORT", "Port Number"},
      {"Port(s)", "Port Number"},
      {"Port #", "Port Number"},
      {"port_mappings", "Port Number"},
      {"dport", "Port Number"},
      {"Port\nNumber", "Port Number"},
      {"Proto", "Transport Protocol"},
      {"L4", "Transport Protocol"},
      {"Type", "Transport Protocol"},
      {"TCP/UDP", "Transport Protocol"},
      {"Purpose", "Description"},
      {"Notes", "Description"},
      {"Team", "Owner"},
      {"Responsible", "Owner"},
      {"Assignee", "Owner"},
      {"Contact", "Owner"},
      {"Host", "Scope"},
      {"Environment", "Scope"},
      {"Namespace", "Scope"},
      {"State", "Status"},
      {"Alias", "Aliases"},
      {"Until", "Until"},
      {"Bind", "Bind"},
      {"TCP Port", "tcp ports"},
      {"UDP Ports", "udp ports"},
      {"Rack", "-"},
      {"", "-"},
      {"\u00A0Port\uFEFF", "Port Number"}};
  for (const auto& [title, expected] : titles) EXPECT_EQ(Columns(title), expected) << title;
}

TEST(TableHeaderTest, TheMoreExactTitleCounts) {
  EXPECT_EQ(Columns("Name,Service,Port"), "-,Service Name,Port Number");
  EXPECT_EQ(Columns("Notes,Description,Port"), "-,Description,Port Number");
  EXPECT_EQ(Columns("Host,Environment,Port"), "-,Scope,Port Number");
  EXPECT_EQ(Columns("Type,Protocol,Port"), "-,Transport Protocol,Port Number");
  EXPECT_EQ(Columns("Assignee,Team,Port"), "Assignee,Owner,Port Number");
  EXPECT_EQ(Columns("Assignee,Owner,Port"), "Assignee,Owner,Port Number");
}

TEST(TableHeaderTest, AssigneeKeepsItsMeaningInIanasFormat) {
  EXPECT_EQ(Columns("Service Name,Port Number,Transport Protocol,Description,Assignee,Contact"),
            "Service Name,Port Number,Transport Protocol,Description,Assignee,Contact");
  EXPECT_EQ(Columns("Port,Service,Protocol,Description,Assignee"),
            "Port Number,Service Name,Transport Protocol,Description,Owner");
}

TEST(TableHeaderTest, ColumnsOfTransportsAreTicksBesidePorts) {
  EXPECT_EQ(Columns("Port,TCP,UDP,Name"), "Port Number,tcp?,udp?,Service Name");
  EXPECT_EQ(Columns("Name,TCP,UDP"), "Service Name,tcp ports,udp ports");
  EXPECT_EQ(Columns("Port,TCP,UDP,Type,Name"), "Port Number,tcp?,udp?,-,Service Name");
  EXPECT_THAT(Columns("Port,TCP,Protocol,Name"), HasSubstr("both state the transport"));
}

TEST(TableHeaderTest, ChoicesPrecedeTitles) {
  EXPECT_EQ(Columns("App,Service,Port", {"App=Service Name"}), "Service Name,-,Port Number");
  EXPECT_EQ(Columns("Type,Port,Name", {"type=-"}), "-,Port Number,Service Name");
  EXPECT_EQ(Columns("Nr,Wer", {"Nr=Port Number", "wer=owner"}), "Port Number,Owner");
  EXPECT_EQ(Columns("A,B", {"A=Owner", "B=Owner"}), "two columns are chosen for Owner");
}

TEST(TableHeaderTest, EqualTitlesOfOneMeaningAreRefused) {
  EXPECT_EQ(Columns("Port,port,Name"), "column \"port\" stands twice");
  EXPECT_EQ(Columns("Port,TCP,tcp,Name"), "column \"tcp\" stands twice");
  EXPECT_EQ(Columns("Port,Rack,Rack,Name"), "Port Number,-,-,Service Name");
}

TEST(TableHeaderTest, BadChoicesAreRefusedWithWhatIsAllowed) {
  for (const std::string text : {"App", "=Service Name", ""}) {
    EXPECT_THAT(std::string(ReadColumnChoice(text).status().message()),
                HasSubstr("is not TITLE=COLUMN, such as \"App=Service Name\""));
  }
  const std::string unknown(ReadColumnChoice("App=Service").status().message());
  EXPECT_THAT(unknown, HasSubstr("column \"Service\" is not Service Name, Port Number, "));
  EXPECT_THAT(unknown, HasSubstr("Status or \"-\" for none"));
  EXPECT_EQ(ReadColumnChoice("a=b=Owner")->title, "a=b");
}

TEST(TableHeaderTest, OnlyHeadersOfPortsAreHeaders) {
  const auto is_header = [](absl::string_view titles) {
    const std::vector<absl::string_view> split = absl::StrSplit(titles, ',');
    return ReadTableHeader(split, {})->IsOfPorts();
  };
  EXPECT_TRUE(is_header("Port,Service"));
  EXPECT_TRUE(is_header("Port,Owner"));
  EXPECT_TRUE(is_header("UDP Port,Name"));
  EXPECT_FALSE(is_header("Port,Description"));
  EXPECT_FALSE(is_header("Service,Description"));
  EXPECT_FALSE(is_header("billing,7100,tcp"));
}

TEST(TableHeaderTest, RemarksNameSynonymsAndUnusedColumns) {
  const std::vector<absl::string_view> titles = {"Port", "Service Name", "Rack", "", "Notes"};
  EXPECT_THAT(
      ReadTableHeader(titles, {})->remarks,
      ElementsAre("columns are read: \"Notes\" as Description", "columns are not used: \"Rack\""));
  EXPECT_THAT(ReadTableHeader(titles, Choices({"Rack=-"}))->remarks,
              ElementsAre(HasSubstr("columns are read")));
  EXPECT_THAT(ReadTableHeader(titles, Choices({"Rack=Scope", "Notes=Description"}))->remarks,
              IsEmpty());
  EXPECT_THAT(ReadTableHeader(OwnColumns(), {})->remarks, IsEmpty());
}

TEST(TableHeaderTest, OwnTablesHaveTheFourTitles) {
  EXPECT_TRUE(ReadTableHeader(OwnColumns(), {})->is_own_table);
  const std::vector<absl::string_view> titles = {"Service_Name", "Port Number",
                                                 "Transport Protocol", "Description"};
  EXPECT_FALSE(ReadTableHeader(titles, {})->is_own_table);
}

}  // namespace
}  // namespace portreg
