#include "common/names/named_slots.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/names/names.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"

namespace portreg {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> TextsOf(const std::vector<NamedSlot>& slots) {
  std::vector<std::string> texts;
  for (const NamedSlot& slot : slots) {
    texts.push_back(
        absl::StrCat(slot.port, "/", ToString(slot.transport), " ", slot.record->service));
  }
  return texts;
}

TEST(NamedSlotsTest, EachSlotOfARangeIsListed) {
  const Registry registry = MakeRegistry({.iana = "x11,6000-6001,tcp,\nx11,6000-6001,udp,\n"});
  EXPECT_THAT(TextsOf(NamedSlots(registry, {})),
              ElementsAre("6000/tcp x11", "6000/udp x11", "6001/tcp x11", "6001/udp x11"));
}

TEST(NamedSlotsTest, RecordWithoutATransportNamesAll) {
  const Registry registry = MakeRegistry({.local = "a,65535,,\n"});
  EXPECT_THAT(TextsOf(NamedSlots(registry, {})),
              ElementsAre("65535/tcp a", "65535/udp a", "65535/sctp a", "65535/dccp a"));
}

TEST(NamedSlotsTest, SlotsWithoutANameAreLeftOut) {
  const Registry registry =
      MakeRegistry({.iana = ",1,tcp,Reserved\nportless,,tcp,\nzero,0,tcp,\n"});
  EXPECT_THAT(TextsOf(NamedSlots(registry, {})), ElementsAre("0/tcp zero"));
  EXPECT_THAT(TextsOf(NamedSlots(MakeRegistry({}), {})), IsEmpty());
}

TEST(NamedSlotsTest, SlotIsListedOnceHoweverManyRecordsAndRangesCoverIt) {
  const Registry registry = MakeRegistry({.iana = "a,1,tcp,\nb,1,tcp,\n", .local = "c,1-2,tcp,\n"});
  const std::vector<SlotRange> wanted = {{{0, 9}, Transport::kNone}, {{1, 1}, Transport::kTcp}};
  EXPECT_THAT(TextsOf(NamedSlots(registry, wanted)), ElementsAre("1/tcp c", "2/tcp c"));
}

TEST(NamedSlotsTest, WantedRangesSelectPortsAndTransports) {
  const Registry registry = MakeRegistry({.local = "a,1-9,,\n"});
  const std::vector<SlotRange> wanted = {{{8, 20}, Transport::kUdp}, {{2, 2}, Transport::kDccp}};
  EXPECT_THAT(TextsOf(NamedSlots(registry, wanted)), ElementsAre("2/dccp a", "8/udp a", "9/udp a"));
}

TEST(NamedSlotsTest, NamesAreThoseOfNameOfSlot) {
  const Registry& registry = EmbeddedRegistry();
  const std::vector<NamedSlot> slots = NamedSlots(registry, {});
  EXPECT_GT(slots.size(), 12'000);
  auto slot = slots.begin();
  for (int port = 0; port <= kMaxPort; ++port) {
    for (const Transport transport : kTransports) {
      const ServiceRecord* const record = NameOfSlot(registry, static_cast<Port>(port), transport);
      if (record == nullptr) continue;
      ASSERT_NE(slot, slots.end());
      ASSERT_EQ(slot->port, port);
      ASSERT_EQ(slot->transport, transport);
      ASSERT_EQ(slot->record, record);
      ++slot;
    }
  }
  EXPECT_EQ(slot, slots.end());
}

TEST(NamedPortsTest, PortHasTheNameOfItsFirstNamedTransport) {
  const Registry registry = MakeRegistry(
      {.iana = "shell,514,tcp,\nsyslog,514,udp,\ndns,53,udp,\nmsctp,9,sctp,\nmdccp,9,dccp,\n"});
  EXPECT_THAT(TextsOf(NamedPorts(registry, {})),
              ElementsAre("9/sctp msctp", "53/udp dns", "514/tcp shell"));
  const std::vector<SlotRange> udp = {{PortRange::All(), Transport::kUdp}};
  EXPECT_THAT(TextsOf(NamedPorts(registry, udp)), ElementsAre("53/udp dns", "514/udp syslog"));
}

}  // namespace
}  // namespace portreg
