#include "common/names/names.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"

namespace portreg {
namespace {

std::string Show(const ServiceRecord* record) {
  if (record == nullptr) return "none";
  return absl::StrCat(ToString(record->layer), " ", record->service, " ", ToString(*record->ports));
}

// Returns a registry with a record for each case that the rules distinguish.
Registry Made() {
  std::vector<LayerData> layers;
  layers.push_back(MakeLayer(Layer::kLocal, "own,7000,,\nssh,2222,tcp,\n"));
  layers.push_back(MakeLayer(Layer::kCommon, "Words,7000-7002,,\nHTTP,80,,\nssh,22,,\n"));
  LayerData practice = MakeLayer(
      Layer::kCommon, "kafka,7001,tcp,\nwide,7100-7199,tcp,\nwide,7300,tcp,\nhttp,8080,tcp,\n");
  for (ServiceRecord& record : practice.records) record.source = kPracticeSource;
  layers.push_back(std::move(practice));
  layers.push_back(MakeLayer(Layer::kIana,
                             "any,7000,tcp,\niana,7001,,\niana-tcp,7001,tcp,\nssh,22,tcp,\nhttp,80,"
                             "tcp,\nlast,7002,udp,\nwide,7200-7201,tcp,\n"));
  return Registry::Create(std::move(layers)).value();
}

TEST(NameOfSlotTest, LayersDecideFirst) {
  const Registry registry = Made();
  EXPECT_EQ(Show(NameOfSlot(registry, 7000, Transport::kTcp)), "local own 7000");
  EXPECT_EQ(Show(NameOfSlot(registry, 7001, Transport::kTcp)), "common kafka 7001");
  EXPECT_EQ(Show(NameOfSlot(registry, 7002, Transport::kUdp)), "iana last 7002");
}

TEST(NameOfSlotTest, NamesForPeopleAreTheLastResort) {
  const Registry registry = Made();
  EXPECT_EQ(Show(NameOfSlot(registry, 80, Transport::kTcp)), "iana http 80");
  EXPECT_EQ(Show(NameOfSlot(registry, 7002, Transport::kTcp)), "common Words 7000-7002");
  EXPECT_EQ(Show(NameOfSlot(registry, 9999, Transport::kTcp)), "none");
}

TEST(NameOfSlotTest, WithinALayerTheTransportPrecedesNone) {
  const Registry registry =
      MakeRegistry({.iana = "none,1,,\nexact,1,udp,\nfirst,2,tcp,\nsecond,2,udp,\n"});
  EXPECT_EQ(Show(NameOfSlot(registry, 1, Transport::kUdp)), "iana exact 1");
  EXPECT_EQ(Show(NameOfSlot(registry, 1, Transport::kTcp)), "iana none 1");
  EXPECT_EQ(Show(NameOfSlot(registry, 2, Transport::kNone)), "iana first 2");
}

TEST(NameOfSlotTest, RetiredRecordsNameNothing) {
  LayerData own = MakeLayer(Layer::kLocal, "old,1,tcp,\n");
  own.records[0].status = RecordStatus::kRetired;
  std::vector<LayerData> layers;
  layers.push_back(std::move(own));
  layers.push_back(MakeLayer(Layer::kIana, "now,1,tcp,\n"));
  const Registry registry = Registry::Create(std::move(layers)).value();
  EXPECT_EQ(Show(NameOfSlot(registry, 1, Transport::kTcp)), "iana now 1");
  EXPECT_EQ(Show(PortOfName(registry, "old", Transport::kTcp)), "none");
}

TEST(PortOfNameTest, LayersDecideFirst) {
  const Registry registry = Made();
  EXPECT_EQ(Show(PortOfName(registry, "ssh", Transport::kTcp)), "local ssh 2222");
  EXPECT_EQ(Show(PortOfName(registry, "SSH", Transport::kUdp)), "common ssh 22");
  EXPECT_EQ(Show(PortOfName(registry, "http", Transport::kTcp)), "iana http 80");
  EXPECT_EQ(Show(PortOfName(registry, "kafka", Transport::kNone)), "common kafka 7001");
  EXPECT_EQ(Show(PortOfName(registry, "no-such", Transport::kNone)), "none");
}

TEST(PortOfNameTest, ASinglePortPrecedesARangeOfItsLayer) {
  EXPECT_EQ(Show(PortOfName(Made(), "wide", Transport::kTcp)), "iana wide 7200-7201");
  const Registry registry = MakeRegistry({.iana = "wide,1-2,tcp,\nwide,9,tcp,\n"});
  EXPECT_EQ(Show(PortOfName(registry, "wide", Transport::kTcp)), "iana wide 9");
}

TEST(PortOfNameTest, SoftwareDecidesBetweenPortsOfALayer) {
  std::vector<LayerData> layers;
  LayerData practice = MakeLayer(Layer::kCommon, "alt,8080,tcp,\nalt,9090,tcp,\n");
  for (ServiceRecord& record : practice.records) record.source = kPracticeSource;
  layers.push_back(std::move(practice));
  layers.push_back(MakeLayer(Layer::kIana, "alt,591,tcp,\nalt,591,udp,\nalt,8080,tcp,\n"));
  const Registry registry = Registry::Create(std::move(layers)).value();
  EXPECT_EQ(Show(PortOfName(registry, "alt", Transport::kTcp)), "iana alt 8080");
  EXPECT_EQ(Show(PortOfName(registry, "alt", Transport::kUdp)), "iana alt 591");
  EXPECT_EQ(Show(PortOfName(registry, "alt", Transport::kNone)), "iana alt 8080");
}

TEST(PortOfNameTest, AnAliasIsAName) {
  LayerData practice = MakeLayer(Layer::kCommon, "submissions,465,tcp,\n");
  practice.records[0].source = kPracticeSource;
  practice.records[0].aliases = "smtps ssmtp";
  std::vector<LayerData> layers;
  layers.push_back(std::move(practice));
  const Registry registry = Registry::Create(std::move(layers)).value();
  EXPECT_EQ(Show(PortOfName(registry, "SMTPS", Transport::kTcp)), "common submissions 465");
}

TEST(PortOfNameTest, WithinASourceANamePrecedesAnAlias) {
  const Registry registry = MakeScopedRegistry(
      "k1,7106,tcp,,red,k2 https wide,\nk2,7108,tcp,,blue,,\nk2,7105-7109,tcp,,blue,,\n"
      "wide,7200-7201,tcp,,red,,\n",
      "https,443,tcp,\n");
  EXPECT_EQ(Show(PortOfName(registry, "k2", Transport::kTcp)), "local k2 7108");
  EXPECT_EQ(Show(PortOfName(registry, "K2", Transport::kNone)), "local k2 7108");
  EXPECT_EQ(Show(PortOfName(registry, "wide", Transport::kTcp)), "local wide 7200-7201");
  // Sources decide first.
  EXPECT_EQ(Show(PortOfName(registry, "https", Transport::kTcp)), "local k1 7106");
}

TEST(NamesTest, OfTheEmbeddedRegistry) {
  const Registry& registry = EmbeddedRegistry();
  const auto name = [&](Port port, Transport transport) {
    return std::string(NameOfSlot(registry, port, transport)->service);
  };
  EXPECT_EQ(name(514, Transport::kTcp), "shell");
  EXPECT_EQ(name(514, Transport::kUdp), "syslog");
  EXPECT_EQ(name(520, Transport::kTcp), "efs");
  EXPECT_EQ(name(2049, Transport::kNone), "nfs");
  EXPECT_EQ(name(465, Transport::kTcp), "submissions");
  EXPECT_EQ(name(3306, Transport::kTcp), "mysql");
  EXPECT_EQ(name(9092, Transport::kTcp), "kafka");
  EXPECT_EQ(Show(PortOfName(registry, "ftp", Transport::kNone)), "iana ftp 21");
}

TEST(NameOfSlotTest, RowsOfASiteAreTreatedLikeSoftwareDefaults) {
  std::vector<LayerData> layers;
  layers.push_back(MakeLayer(Layer::kCommon, "Words,7001,,\n"));
  layers.push_back(MakeLayer(Layer::kCommon, "ours,7001,tcp,\nsame,7002,tcp,\nany,7003,,\n"));
  for (ServiceRecord& record : layers.back().records) record.source = kSiteSource;
  layers.push_back(MakeLayer(Layer::kCommon, "kafka,7001,tcp,\nexact,7003,tcp,\nsame,80,tcp,\n"));
  for (ServiceRecord& record : layers.back().records) record.source = kPracticeSource;
  layers.push_back(MakeLayer(Layer::kIana, "iana,7001,tcp,\nours,9000,tcp,\n"));
  const Registry registry = Registry::Create(std::move(layers)).value();
  EXPECT_EQ(Show(NameOfSlot(registry, 7001, Transport::kTcp)), "common ours 7001");
  EXPECT_EQ(Show(NameOfSlot(registry, 7003, Transport::kTcp)), "common exact 7003");
  EXPECT_EQ(Show(PortOfName(registry, "ours", Transport::kTcp)), "iana ours 9000");
  EXPECT_EQ(Show(PortOfName(registry, "same", Transport::kTcp)), "common same 80");
}

}  // namespace
}  // namespace portreg
