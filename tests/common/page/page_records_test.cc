#include "common/page/page_records.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"

namespace portreg {
namespace {

TEST(PageRecordsTest, JoinsRecordsThatDifferInTransportOnly) {
  const Registry registry = MakeRegistry(
      {.iana = "web,80,tcp,Web\nweb,80,udp,Web\nweb,80,sctp,Other\n,81,,Unassigned\nn,,tcp,None\n",
       .common = "Web,80,,Web\n",
       .local = "web,80,tcp,Web\n"});
  const PageRecords records(registry);
  std::vector<std::string> entries;
  for (const PageRecords::Entry& entry : records.entries()) {
    entries.push_back(absl::StrCat(ToString(entry.record->layer), " ", entry.record->service, " ",
                                   int{entry.transports}));
  }
  EXPECT_EQ(entries, (std::vector<std::string>{"local web 1", "common Web 0", "iana web 3",
                                               "iana web 4", "iana  0", "iana n 1"}));
  EXPECT_EQ(records.AtPort(80), (std::vector<uint32_t>{0, 1, 2, 3}));
  EXPECT_TRUE(records.AtPort(82).empty());
}

TEST(PageRecordsTest, EveryRecordBelongsToAnEntryLikeIt) {
  const Registry& registry = EmbeddedRegistry();
  const PageRecords records(registry);
  EXPECT_LT(records.entries().size(), registry.records().size() * 3 / 4);
  for (RecordIndex index = 0; index < registry.records().size(); ++index) {
    const ServiceRecord& record = registry.record(index);
    const PageRecords::Entry& entry = records.entries()[records.EntryOf(index)];
    ASSERT_EQ(entry.record->layer, record.layer);
    ASSERT_EQ(entry.record->ports, record.ports);
    ASSERT_EQ(entry.record->service, record.service);
    ASSERT_EQ(entry.record->description, record.description);
    ASSERT_EQ(entry.record->details.reference, record.details.reference);
    const int bit =
        record.transport == Transport::kNone ? 0 : 1 << (static_cast<int>(record.transport) - 1);
    ASSERT_EQ(entry.transports & bit, bit);
    ASSERT_EQ(entry.transports == 0, record.transport == Transport::kNone);
  }
}

TEST(PageRecordsTest, ColumnsHaveEveryField) {
  const Registry registry =
      MakeRegistry({.iana = "web,80,tcp,Web\nrange,90-99,udp,\nname,,tcp,\n"});
  const nlohmann::ordered_json columns = PageRecords(registry).Columns();
  EXPECT_EQ(columns["first"].dump(), "[80,10,65446]");
  EXPECT_EQ(columns["width"].dump(), "[1,1,1,10,1,0]");
  EXPECT_EQ(columns["layer"].dump(), "[3,3]");
  EXPECT_EQ(columns["transports"], "121");
  EXPECT_EQ(columns["service"].dump(), R"(["web","range","name"])");
  EXPECT_EQ(columns["description"].dump(), R"(["Web",2])");
  for (const char* name : {"aliases", "scope", "status", "source", "owner", "reference", "since"}) {
    EXPECT_TRUE(columns.contains(name)) << name;
  }
}

}  // namespace
}  // namespace portreg
