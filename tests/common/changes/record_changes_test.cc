#include "common/changes/record_changes.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"

namespace portreg {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Returns the difference as texts: "+ local a 1/tcp", "- ..." or "~ ...".
std::vector<std::string> ChangesBetween(const Registry& before, const Registry& after) {
  const RecordChanges changes = CompareRecords(before, after);
  std::vector<std::string> texts;
  const auto add = [&texts](absl::string_view sign, const ServiceRecord& record) {
    texts.push_back(absl::StrCat(sign, " ", ToString(record.layer), " ", Summary(record)));
  };
  for (const ServiceRecord* record : changes.added) add("+", *record);
  for (const ServiceRecord* record : changes.removed) add("-", *record);
  for (const ChangedRecord& record : changes.changed) {
    EXPECT_EQ(Summary(*record.before), Summary(*record.after));
    add("~", *record.after);
  }
  EXPECT_EQ(changes.empty(), texts.empty());
  return texts;
}

std::vector<std::string> LocalChanges(absl::string_view before, absl::string_view after) {
  return ChangesBetween(MakeRegistry({.local = before}), MakeRegistry({.local = after}));
}

TEST(RecordChangesTest, EqualDataHasNoneWhateverItsRowsAndFilesAre) {
  EXPECT_THAT(ChangesBetween(EmbeddedRegistry(), EmbeddedRegistry()), IsEmpty());
  EXPECT_THAT(LocalChanges("", ""), IsEmpty());
  EXPECT_THAT(LocalChanges("a,1,tcp,x\nb,2,,y\nc,,,\n", "c,,,\nb,2,,y\n\na,1,tcp,x\n"), IsEmpty());
  std::vector<LayerData> files;
  files.push_back(MakeLayer(Layer::kLocal, "b,2,,y\n"));
  files.push_back(MakeLayer(Layer::kLocal, "a,1,tcp,x\n"));
  EXPECT_THAT(ChangesBetween(MakeRegistry({.local = "a,1,tcp,x\nb,2,,y\n"}),
                             Registry::Create(std::move(files)).value()),
              IsEmpty());
}

TEST(RecordChangesTest, RecordsAreAddedRemovedAndChanged) {
  EXPECT_THAT(LocalChanges("gone,1,tcp,\nkept,2,tcp,\nedited,3,udp,one\n",
                           "edited,3,udp,two\nkept,2,tcp,\nnew,4-5,,\n"),
              ElementsAre("+ local new 4-5", "- local gone 1/tcp", "~ local edited 3/udp"));
}

TEST(RecordChangesTest, EachPartOfTheKeyMakesAnotherRecord) {
  for (const char* other :
       {"b,1,tcp,x\n", "a,2,tcp,x\n", "a,1-2,tcp,x\n", "a,1,udp,x\n", "a,1,,x\n", "a,,tcp,x\n"}) {
    const RecordChanges changes =
        CompareRecords(MakeRegistry({.local = "a,1,tcp,x\n"}), MakeRegistry({.local = other}));
    EXPECT_EQ(changes.added.size(), 1) << other;
    EXPECT_EQ(changes.removed.size(), 1) << other;
    EXPECT_THAT(changes.changed, IsEmpty()) << other;
  }
  EXPECT_THAT(ChangesBetween(MakeRegistry({.local = "a,1,tcp,x\n"}),
                             MakeRegistry({.common = "a,1,tcp,x\n"})),
              ElementsAre("+ common a 1/tcp", "- local a 1/tcp"));
}

// Compares a local record with itself after `edit`.
template <typename Edit>
RecordChanges ChangesOfEdit(Edit edit) {
  static std::vector<Registry>* const kept = new std::vector<Registry>;
  for (const bool is_edited : {false, true}) {
    std::vector<LayerData> layers;
    layers.push_back(MakeLayer(Layer::kLocal, "a,1,tcp,x\n"));
    if (is_edited) edit(layers[0].records[0]);
    kept->push_back(Registry::Create(std::move(layers)).value());
  }
  return CompareRecords(*(kept->end() - 2), kept->back());
}

TEST(RecordChangesTest, ScopeAndOwnerArePartsOfTheKey) {
  EXPECT_EQ(ChangesOfEdit([](ServiceRecord& record) { record.scope = "eu"; }).added.size(), 1);
  EXPECT_EQ(ChangesOfEdit([](ServiceRecord& record) {
              record.details = Kept({.owner = "o"});
            }).added.size(),
            1);
}

TEST(RecordChangesTest, BlanksAroundAnOwnerAreNoChange) {
  std::vector<Registry> registries;
  for (const absl::string_view owner : {"pay", " pay "}) {
    std::vector<LayerData> layers;
    layers.push_back(MakeLayer(Layer::kLocal, "a,1,tcp,x\n"));
    layers[0].records[0].details = Kept({.owner = owner});
    registries.push_back(Registry::Create(std::move(layers)).value());
  }
  EXPECT_TRUE(CompareRecords(registries[0], registries[1]).empty());
}

TEST(RecordChangesTest, EverythingElseIsAChange) {
  const auto is_change = [](auto edit) {
    const RecordChanges changes = ChangesOfEdit(edit);
    return changes.added.empty() && changes.removed.empty() && changes.changed.size() == 1;
  };
  EXPECT_TRUE(is_change([](ServiceRecord& record) { record.service = "A"; }));
  EXPECT_TRUE(is_change([](ServiceRecord& record) { record.description = "y"; }));
  EXPECT_TRUE(is_change([](ServiceRecord& record) { record.aliases = "b"; }));
  EXPECT_TRUE(is_change([](ServiceRecord& record) { record.status = RecordStatus::kRetired; }));
  EXPECT_TRUE(is_change([](ServiceRecord& record) { record.source = "other"; }));
  EXPECT_TRUE(
      is_change([](ServiceRecord& record) { record.details = Kept({.until = "2026-01-01"}); }));
  EXPECT_TRUE(ChangesOfEdit([](ServiceRecord& record) {
                record.line = 9;
                record.source = SourceOf(Layer::kLocal);
              }).empty());
}

TEST(RecordChangesTest, BlanksBetweenAliasesAreNoChange) {
  std::vector<Registry> registries;
  for (const absl::string_view aliases : {"b c", " b   c "}) {
    std::vector<LayerData> layers;
    layers.push_back(MakeLayer(Layer::kLocal, "a,1,tcp,x\n"));
    layers[0].records[0].aliases = aliases;
    registries.push_back(Registry::Create(std::move(layers)).value());
  }
  EXPECT_TRUE(CompareRecords(registries[0], registries[1]).empty());
}

TEST(RecordChangesTest, AllChangesAreListedByKey) {
  const Registry before = MakeRegistry({.local = "a,1,tcp,x\nb,2,tcp,x\nd,4,tcp,x\n"});
  const Registry after = MakeRegistry({.local = "b,2,tcp,y\nc,3,tcp,x\na,5,tcp,x\n"});
  std::vector<std::string> texts;
  for (const ChangedRecord& changed : InOrderOfKeys(CompareRecords(before, after))) {
    texts.push_back(absl::StrCat(changed.before == nullptr ? "" : Summary(*changed.before), " > ",
                                 changed.after == nullptr ? "" : Summary(*changed.after)));
  }
  EXPECT_THAT(texts, ElementsAre("a 1/tcp > ", "b 2/tcp > b 2/tcp", " > c 3/tcp", "d 4/tcp > ",
                                 " > a 5/tcp"));
}

// Returns the fields that `edit` changes, as "name: before > after".
template <typename Edit>
std::vector<std::string> FieldsOfEdit(Edit edit) {
  std::vector<std::string> fields;
  for (const ChangedRecord& changed : ChangesOfEdit(edit).changed) {
    for (const ChangedField& field : ChangedFields(changed)) {
      fields.push_back(absl::StrCat(field.name, ": ", field.before, " > ", field.after));
    }
  }
  return fields;
}

TEST(ChangedFieldsTest, EachFieldIsNamedWithBothTexts) {
  EXPECT_THAT(FieldsOfEdit([](ServiceRecord& record) { record.service = "A"; }),
              ElementsAre("service: a > A"));
  EXPECT_THAT(FieldsOfEdit([](ServiceRecord& record) { record.description = "y"; }),
              ElementsAre("description: x > y"));
  EXPECT_THAT(FieldsOfEdit([](ServiceRecord& record) { record.aliases = "b"; }),
              ElementsAre("aliases:  > b"));
  EXPECT_THAT(FieldsOfEdit([](ServiceRecord& record) { record.status = RecordStatus::kRetired; }),
              ElementsAre("status: active > retired"));
  EXPECT_THAT(FieldsOfEdit([](ServiceRecord& record) { record.source = "other"; }),
              ElementsAre(absl::StrCat("source: ", SourceOf(Layer::kLocal), " > other")));
  EXPECT_THAT(FieldsOfEdit([](ServiceRecord& record) {
                record.details = Kept({.contact = "c", .until = "2026-01-01"});
              }),
              ElementsAre("contact:  > c", "until:  > 2026-01-01"));
}

TEST(RecordChangesTest, EqualRecordsOfOneKeyCorrespondFirst) {
  EXPECT_THAT(LocalChanges("a,1,tcp,x\na,1,tcp,y\na,1,tcp,z\n", "a,1,tcp,z\na,1,tcp,w\n"),
              ElementsAre("- local a 1/tcp", "~ local a 1/tcp"));
  EXPECT_THAT(LocalChanges("a,1,tcp,x\n", "a,1,tcp,x\na,1,tcp,x\n"),
              ElementsAre("+ local a 1/tcp"));
}

TEST(RecordChangesTest, ResultsAreInTheOrderOfKeys) {
  EXPECT_THAT(
      ChangesBetween(MakeRegistry({}),
                     MakeRegistry({.iana = "i,1,tcp,\n",
                                   .common = "c,1,,\n",
                                   .local = "z,,,\nd,20,tcp,\nc,20,,\nB,3,tcp,\na,3,tcp,\n"})),
      ElementsAre("+ local a 3/tcp", "+ local B 3/tcp", "+ local c 20", "+ local d 20/tcp",
                  "+ local z", "+ common c 1", "+ iana i 1/tcp"));
}

TEST(SummaryTest, IsShortAndSafe) {
  ServiceRecord record;
  record.layer = Layer::kLocal;
  record.transport = Transport::kTcp;
  record.service = "imap3";
  EXPECT_EQ(Summary(record), "imap3 tcp");
  record.ports = PortRange{7000, 7099};
  EXPECT_EQ(Summary(record), "imap3 7000-7099/tcp");
  record.service = "";
  record.description = "Reserved\n";
  EXPECT_EQ(Summary(record), "7000-7099/tcp (Reserved\\n)");
  const std::string owner = absl::StrCat(" ", std::string(200, 'o'));
  const RecordDetails details{.owner = owner};
  record.details = &details;
  EXPECT_EQ(Summary(record),
            absl::StrCat("block 7000-7099/tcp of \"", std::string(64, 'o'), "...\""));
}

}  // namespace
}  // namespace portreg
