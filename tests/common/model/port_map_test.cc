#include "common/model/port_map.h"

#include <cstddef>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"

namespace portreg {
namespace {

TEST(PortMapTest, PrecedenceOfUses) {
  constexpr absl::string_view kIana =
      "web,80,tcp,\n,80,udp,Reserved\n,81,,Unassigned\n,82,tcp,Reserved\n"
      "known,90,tcp,\nknown,91,tcp,\nknown,92,tcp,\n";
  std::vector<LayerData> layers;
  layers.push_back(MakeLayer(Layer::kIana, kIana));
  layers.push_back(MakeLayer(Layer::kCommon, "soft,90-92,tcp,\nvpn,51820,udp,\n"));
  layers.push_back(OwnTableOfText(
      absl::StrCat("Service Name,Port Number,Transport Protocol,Description,Owner,Status\n",
                   ",91-93,,Held,team,\nmine,92,tcp,,team,\ngone,81,tcp,,team,retired\n")));
  const Registry registry = Registry::Create(std::move(layers)).value();
  const PortMap map(registry);
  EXPECT_EQ(map.At(80), PortUse::kAssigned);    // by one transport
  EXPECT_EQ(map.At(81), PortUse::kUnassigned);  // a retired record takes nothing
  EXPECT_EQ(map.At(82), PortUse::kReserved);
  EXPECT_EQ(map.At(90), PortUse::kCommon);
  EXPECT_EQ(map.At(91), PortUse::kHeld);
  EXPECT_EQ(map.At(92), PortUse::kLocal);
  EXPECT_EQ(map.At(93), PortUse::kHeld);
  EXPECT_EQ(map.At(49151), PortUse::kUnassigned);
  EXPECT_EQ(map.At(49152), PortUse::kDynamic);
  EXPECT_EQ(map.At(51820), PortUse::kCommon);
  EXPECT_EQ(map.At(65535), PortUse::kDynamic);
}

TEST(PortMapTest, CountsEveryPortOnce) {
  const PortMap map(EmbeddedRegistry());
  size_t all = 0;
  for (const size_t count : map.Count(PortRange::All())) all += count;
  EXPECT_EQ(all, kPortCount);
  EXPECT_EQ(map.Count({443, 443})[static_cast<size_t>(PortUse::kCommon)], 1U);
}

TEST(PortMapTest, CellShowsLocalPortsAndElseTheMost) {
  EXPECT_EQ(DominantUse({0, 0, 3, 4, 0, 2, 0}), PortUse::kAssigned);
  EXPECT_EQ(DominantUse({0, 0, 4, 4, 0, 0, 0}), PortUse::kCommon);
  EXPECT_EQ(DominantUse({0, 1, 0, 0, 0, 31, 0}), PortUse::kHeld);
  EXPECT_EQ(DominantUse({1, 9, 0, 0, 0, 22, 0}), PortUse::kLocal);
}

TEST(PortMapTest, EveryUseHasNameAndTitle) {
  for (const PortUse use : kPortUses) {
    EXPECT_FALSE(ToString(use).empty());
    EXPECT_FALSE(TitleOf(use).empty());
  }
}

}  // namespace
}  // namespace portreg
