#include "common/import/port_cell.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace portreg {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Returns items such as "80,443/tcp 53/", or the error's message.
std::string Items(absl::string_view text) {
  const absl::StatusOr<PortCell> cell = ReadPortCell(text, TransportWords());
  if (!cell.ok()) return std::string(cell.status().message());
  return absl::StrJoin(cell->items, " ", [](std::string* joined, const CellPorts& item) {
    absl::StrAppend(joined,
                    absl::StrJoin(item.ports, ",",
                                  [](std::string* ports, PortRange range) {
                                    absl::StrAppend(ports, ToString(range));
                                  }),
                    "/", ToString(item.transports));
  });
}

TEST(PortCellTest, PortsAndRangesAreRead) {
  const std::vector<std::pair<std::string, std::string>> cells = {{"", ""},
                                                                  {"80", "80/"},
                                                                  {" 0 ", "0/"},
                                                                  {"65535", "65535/"},
                                                                  {"80,443", "80/ 443/"},
                                                                  {"80;443", "80/ 443/"},
                                                                  {"80\n443", "80/ 443/"},
                                                                  {"80\r\n443", "80/ 443/"},
                                                                  {"80 / 443", "80,443/"},
                                                                  {"80/443", "80,443/"},
                                                                  {"80+443", "80/ 443/"},
                                                                  {"80 + 443", "80/ 443/"},
                                                                  {"(80, 443)", "80/ 443/"},
                                                                  {"[80]", "80/"},
                                                                  {"80 & 443", "80/ 443/"},
                                                                  {"80 and 443", "80/ 443/"},
                                                                  {"80, and 443,", "80/ 443/"},
                                                                  {"8000-8010", "8000-8010/"},
                                                                  {"35200 - 35220", "35200-35220/"},
                                                                  {"2379–2380", "2379-2380/"},
                                                                  {"2379 — 2380", "2379-2380/"},
                                                                  {"8000 to 8010", "8000-8010/"},
                                                                  {"8000..8010", "8000-8010/"},
                                                                  {"ports 8000", "8000/"},
                                                                  {"7100.0", "7100/"}};
  for (const auto& [cell, expected] : cells) EXPECT_EQ(Items(cell), expected) << cell;
}

TEST(PortCellTest, TransportsBesidePortsAreRead) {
  const std::vector<std::pair<std::string, std::string>> cells = {
      {"80/tcp", "80/tcp"},
      {"tcp/80", "80/tcp"},
      {"tcp:80", "80/tcp"},
      {"TCP 80", "80/tcp"},
      {"80 TCP", "80/tcp"},
      {"80 (tcp)", "80/tcp"},
      {"80/tcp6", "80/tcp"},
      {"tcp/53,udp/53", "53/tcp 53/udp"},
      {"udp/35200-35220", "35200-35220/udp"},
      {"53/tcp,udp", "53/tcp/udp"},
      {"53/tcp/udp", "53/tcp/udp"},
      {"53 tcp/udp", "53/tcp/udp"},
      {"TCP/UDP 53", "53/tcp/udp"},
      {"53 tcp+udp", "53/tcp/udp"},
      {"tcp 80 + udp 53", "80/tcp 53/udp"},
      {"80/*", "80/"},
      {"tcp (80, 443)", "80/tcp 443/"},
      {"80 [tcp]", "80/tcp"},
      {"53/tcp, udp/161", "53/tcp 161/udp"},
      {"80 tcp 53 udp", "80/tcp 53/udp"},
      {"tcp 80 udp 53", "80/tcp 53/udp"},
      {"80 (tcp), 53 (udp)", "80/tcp 53/udp"},
      {"80/tcp 53/udp", "80/tcp 53/udp"},
      {"TCP: 80, 443; UDP: 53, 54", "80/tcp 443/tcp 53/udp 54/udp"},
      {"80/tcp, 443", "80/tcp 443/"}};
  for (const auto& [cell, expected] : cells) EXPECT_EQ(Items(cell), expected) << cell;
}

TEST(PortCellTest, OtherTextsAreRefusedByValue) {
  const std::vector<std::pair<std::string, std::string>> cells = {
      {"12-Oct", "date"},
      {"Oct-12", "date"},
      {"10/12/2026", "date"},
      {"65536", "out of range [0, 65535]"},
      {"0080", "leading zero"},
      {"90-80", "first port is above its last"},
      {"80-90-95", "range of three ports"},
      {"80-", "without an end"},
      {"80-tcp", "without an end"},
      {"7100.5", "not a port"},
      {"7.000", "not a port"},
      {"7100.", "not a port"},
      {"80tcp", "not a port"},
      {"-80", "not a port"},
      {"8080->80", "without an end"},
      {"8000:8010", "may be a range or two ports of a mapping"},
      {"80/6", "a port and a protocol number"},
      {"80 443", "two ports without a separator, write 80,443"},
      {"7 804", "two ports without a separator"},
      {"[1] 7125", "two ports without a separator"},
      {"7125/tcp 1", "two ports without a separator"},
      {"7125/tcp 1, 2", "two ports without a separator"},
      {"7125 [1]", "footnote"},
      {"7125[1]", "footnote"},
      {"7125 (1)", "footnote"},
      {"7125/tcp [1]", "footnote"},
      {"7124*", "footnote"},
      {"9000+", "may mean the ports above"},
      {"9000 +", "may mean the ports above"},
      {"9000+ tcp", "may mean the ports above"},
      {"9000+/tcp", "may mean the ports above"},
      {"9000+, 9100", "may mean the ports above"},
      {"80/http", "\"http\", which is neither a port nor a transport"},
      {"tcp", "transport without a port"},
      {"*", "transport without a port"},
      {"tcp,udp 53", "transport before its ports"},
      {"tbd", "\"tbd\", which is neither a port nor a transport"},
      {"$80", "not a port"}};
  for (const auto& [cell, why] : cells) {
    EXPECT_THAT(Items(cell), HasSubstr(absl::StrCat("ports \"", cell, "\" cannot be used")))
        << cell;
    EXPECT_THAT(Items(cell), HasSubstr(why)) << cell;
  }
}

TEST(PortCellTest, WhatMayMeanSomethingElseIsRemarked) {
  EXPECT_THAT(ReadPortCell("7100.0", {})->remarks, ElementsAre("port 7100.0 is read as 7100"));
  EXPECT_THAT(ReadPortCell("22,443", {})->remarks,
              ElementsAre("ports \"22,443\" are read as two ports"));
  for (const std::string cell : {"80,443", "80,443,8080", "22, 443", "80,90", "443,22", "7100"}) {
    EXPECT_THAT(ReadPortCell(cell, {})->remarks, IsEmpty()) << cell;
  }
}

TEST(PortCellTest, AddedProtocolsAreTransports) {
  TransportWords words;
  ASSERT_TRUE(words.Add("HTTP=tcp").ok());
  const absl::StatusOr<PortCell> cell = ReadPortCell("80/http", words);
  ASSERT_TRUE(cell.ok()) << cell.status();
  EXPECT_EQ(cell->items[0].transports, Transports{Transport::kTcp});
}

}  // namespace
}  // namespace portreg
