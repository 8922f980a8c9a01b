#include "common/names/slot_names.h"

#include <set>
#include <utility>
#include <vector>

#include "common/embedded/embedded.h"
#include "common/names/names.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"

namespace portreg {
namespace {

TEST(SlotNamesTest, EverySlotHasTheNameThatTheRuleGivesIt) {
  std::vector<LayerData> layers = EmbeddedLayers();
  layers.push_back(MakeLayer(Layer::kLocal, "own,443,tcp,\nwide,7100-7199,,\n"));
  const Registry registry = Registry::Create(std::move(layers)).value();
  const SlotNames names(registry);
  size_t named = 0;
  for (int port = 0; port <= kMaxPort; ++port) {
    for (const Transport transport : kTransports) {
      const uint32_t name = names.At(static_cast<Port>(port), transport);
      const ServiceRecord* const wanted = NameOfSlot(registry, static_cast<Port>(port), transport);
      ASSERT_EQ(name == SlotNames::kNoName, wanted == nullptr) << port;
      if (wanted == nullptr) continue;
      ++named;
      ASSERT_EQ(&registry.record(names.records()[name]), wanted) << port;
    }
  }
  EXPECT_GT(named, 10'000);
  const std::set<RecordIndex> once(names.records().begin(), names.records().end());
  EXPECT_EQ(once.size(), names.records().size());
}

TEST(SlotNamesTest, AnEmptyRegistryNamesNothing) {
  const SlotNames names(MakeRegistry({}));
  EXPECT_TRUE(names.records().empty());
  EXPECT_EQ(names.At(65535, Transport::kDccp), SlotNames::kNoName);
}

}  // namespace
}  // namespace portreg
