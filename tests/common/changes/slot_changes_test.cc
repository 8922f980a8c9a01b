#include "common/changes/slot_changes.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"

namespace portreg {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> SlotsBetween(const LayerRows& before, const LayerRows& after) {
  const Registry old_registry = MakeRegistry(before);
  const Registry new_registry = MakeRegistry(after);
  std::vector<std::string> texts;
  for (const SlotChange& slot : CompareSlots(old_registry, new_registry)) {
    texts.push_back(absl::StrCat(ToString(slot.ports), "/", ToString(slot.transport), " ",
                                 slot.before, " > ", slot.after));
  }
  return texts;
}

TEST(SlotChangesTest, EqualRegistriesHaveNone) {
  EXPECT_THAT(CompareSlots(EmbeddedRegistry(), EmbeddedRegistry()), IsEmpty());
  EXPECT_THAT(SlotsBetween({.local = "a,1,tcp,x\n"}, {.local = "a,1,tcp,y\n"}), IsEmpty());
}

TEST(SlotChangesTest, SlotsGetLoseAndChangeTheirNames) {
  EXPECT_THAT(SlotsBetween({.local = "gone,1,tcp,\nbilling,7100,tcp,\nCase,9,udp,\n"},
                           {.local = "audit,7100,tcp,\nnew,2,sctp,\ncase,9,udp,\n"}),
              ElementsAre("1/tcp gone > ", "2/sctp  > new", "9/udp Case > case",
                          "7100/tcp billing > audit"));
}

TEST(SlotChangesTest, NeighboursThatChangeAlikeAreOneRun) {
  EXPECT_THAT(SlotsBetween({.local = "a,10,tcp,\na,11,tcp,\na,12-19,tcp,\na,21,tcp,\n"},
                           {.local = "b,10-18,tcp,\nc,19,tcp,\nb,21,tcp,\n"}),
              ElementsAre("10-18/tcp a > b", "19/tcp a > c", "21/tcp a > b"));
  EXPECT_THAT(SlotsBetween({}, {.local = "all,0-65535,,\n"}), ElementsAre("0-65535/  > all"));
}

TEST(SlotChangesTest, PortIsOneSlotIfAllTransportsChangeAlike) {
  EXPECT_THAT(SlotsBetween({}, {.local = "a,1,,\n"}), ElementsAre("1/  > a"));
  EXPECT_THAT(SlotsBetween({}, {.local = "a,1,,\nb,1,udp,\n"}),
              ElementsAre("1/tcp  > a", "1/udp  > b", "1/sctp  > a", "1/dccp  > a"));
  EXPECT_THAT(
      SlotsBetween({.local = "a,1,tcp,\na,1,udp,\na,1,sctp,\na,1,dccp,\n"}, {.local = "b,1,,\n"}),
      ElementsAre("1/ a > b"));
}

TEST(SlotChangesTest, LayersNameSlotsAsTheRuleSays) {
  // A local row hides IANA's name, but a block has no name.
  EXPECT_THAT(SlotsBetween({.iana = "http,80,tcp,\n"},
                           {.iana = "http,80,tcp,\n", .local = "web,80,tcp,\n,81,tcp,block\n"}),
              ElementsAre("80/tcp http > web"));
}

}  // namespace
}  // namespace portreg
