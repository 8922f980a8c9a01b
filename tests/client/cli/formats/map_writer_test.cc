#include "client/cli/formats/map_writer.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"

namespace portreg::cli {
namespace {

std::vector<std::string> Lines(absl::string_view text) { return absl::StrSplit(text, '\n'); }

PortMap SmallMap() {
  return PortMap(MakeScopedRegistry("mine,2000,tcp,,team,,\n,3000-3005,,Held,team,,\n",
                                    "web,0-1023,tcp,\n,2048-4095,tcp,Reserved\n"));
}

TEST(MapWriterTest, WholeMapHasOneCharacterFor32Ports) {
  const std::vector<std::string> lines =
      Lines(DrawMap(SmallMap(), PortRange::All(), kSmallMap, {}));
  EXPECT_EQ(lines[0], "      Well-Known Ports, 0-1023         Registered Ports, 1024-49151");
  EXPECT_EQ(lines[1],
            absl::StrCat("    0 ", std::string(32, 'a'), "|", std::string(30, '.'), "L."));
  EXPECT_EQ(lines[2],
            absl::StrCat(" 2048 ", std::string(29, '-'), "H", "-- ", std::string(32, '-')));
  EXPECT_EQ(lines[25], "      Dynamic / Private Ports, 49152-65535");
  EXPECT_EQ(lines[26], absl::StrCat("49152 ", std::string(32, '~'), " ", std::string(32, '~')));
  // 32 rows, two lines of titles, a blank line.
  EXPECT_EQ(lines[34], "");
  EXPECT_TRUE(absl::StrContains(lines[35], "32 ports"));
  for (const std::string& line : lines) EXPECT_LE(line.size(), 120U);
}

TEST(MapWriterTest, LargeMapHasOneCharacterFor8Ports) {
  const std::vector<std::string> lines =
      Lines(DrawMap(SmallMap(), PortRange::All(), kLargeMap, {}));
  EXPECT_EQ(lines[0], "      Well-Known Ports, 0-1023");
  EXPECT_EQ(lines[1].size(), static_cast<size_t>(LineWidth(kLargeMap)));
  EXPECT_EQ(lines[2], "      Registered Ports, 1024-49151");
  EXPECT_TRUE(absl::StartsWith(lines[3], " 1024 "));
  EXPECT_TRUE(std::any_of(lines.begin(), lines.end(), [](const std::string& line) {
    return absl::StartsWith(line, "64512 ");
  }));
}

TEST(MapWriterTest, RangeIsDrawnPortByPort) {
  const std::vector<std::string> lines = Lines(DrawMap(SmallMap(), {1998, 2050}, kSmallMap, {}));
  EXPECT_EQ(lines[0], "      Registered Ports, 1024-49151");
  EXPECT_EQ(lines[1], absl::StrCat(" 1984 ", std::string(14, ' '), "..L", std::string(15, '.'), " ",
                                   std::string(32, '.')));
  EXPECT_EQ(lines[2], " 2048 ---");
  EXPECT_EQ(lines[4], "One character is one port:");
  EXPECT_TRUE(absl::StrContains(lines[5], "L  Used by your organisation"));
}

TEST(MapWriterTest, SinglePortsAndEnds) {
  for (const int port : {0, 1023, 1024, 49151, 49152, 65535}) {
    const std::string map =
        DrawMap(SmallMap(), {static_cast<Port>(port), static_cast<Port>(port)}, kSmallMap, {});
    EXPECT_TRUE(absl::StrContains(map, "     1\n")) << map;
  }
}

TEST(MapWriterTest, ColoursOnlyWhereTheTerminalHasThem) {
  EXPECT_FALSE(absl::StrContains(DrawMap(SmallMap(), PortRange::All(), kSmallMap, {}), "\033"));
  const Terminal colors = {.is_terminal = true, .width = 40, .color = true};
  const std::string map = DrawMap(SmallMap(), PortRange::All(), kSmallMap, colors);
  EXPECT_TRUE(absl::StrContains(map, absl::StrCat(kRed, "L")));
  // Not cut to the width.
  EXPECT_TRUE(absl::StrContains(map, "49151"));
}

}  // namespace
}  // namespace portreg::cli
