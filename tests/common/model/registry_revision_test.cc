// Tests Registry::revision().
#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/model/registry.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"

namespace portreg {
namespace {

using ::testing::SizeIs;

TEST(RegistryRevisionTest, IsOf32LowerCaseHexadecimalDigits) {
  const std::string revision = MakeRegistry({.iana = "a,1,tcp,\n"}).revision();
  EXPECT_THAT(revision, SizeIs(32));
  EXPECT_EQ(revision.find_first_not_of("0123456789abcdef"), std::string::npos) << revision;
}

TEST(RegistryRevisionTest, EqualDataGivesItInAnyOrderOfLayers) {
  std::vector<int> order = {0, 1, 2};
  std::set<std::string> revisions;
  do {
    std::vector<LayerData> layers;
    for (const int which : order) {
      if (which == 0) layers.push_back(MakeLayer(Layer::kIana, "a,1,tcp,\n,0-9,,Reserved\n"));
      if (which == 1) layers.push_back(MakeLayer(Layer::kCommon, "a,1,tcp,\nb / c,2,,\n"));
      if (which == 2) layers.push_back(MakeLayer(Layer::kLocal, "a,1,tcp,\nd,,udp,\n"));
    }
    revisions.insert(Registry::Create(std::move(layers)).value().revision());
  } while (std::next_permutation(order.begin(), order.end()));
  EXPECT_THAT(revisions, SizeIs(1));
}

TEST(RegistryRevisionTest, EqualRecordsGiveItHoweverTheyAreWritten) {
  const auto revision_of = [](absl::string_view csv) {
    std::vector<LayerData> layers;
    layers.push_back(LayerOfText(Layer::kIana, csv));
    return Registry::Create(std::move(layers)).value().revision();
  };
  const std::string expected = revision_of(absl::StrCat(kShortHeader, "a,1,tcp,x\nb,2,udp,y\n"));
  const std::string others[] = {
      absl::StrCat("\xEF\xBB\xBF", kShortHeader, "a,1,tcp,x\r\nb,2,udp,y"),
      absl::StrCat(kShortHeader, "\n\n\"a\",\"1\",\"tcp\",\"x\"\nb,2,udp,y\n"),
      absl::StrCat(kShortHeader, "a,1-1,TCP,x\n b ,2,udp,y\n"),
      absl::StrCat(kShortHeader, "b,2,udp,y\na,1,tcp,x\n"),
      absl::StrCat(kShortHeader, "a,1,tcp,x\nunusable,2,icmp,\nb,2,udp,y\n"),
      "Description,Port Number,Extra,Service Name,Transport Protocol\nx,1,?,a,tcp\ny,2,?,b,udp\n",
      absl::StrCat(kFullHeader, "a,1,tcp,x,,,,,,,,,\nb,2,udp,y,,,,,,,,,\n"),
  };
  for (const std::string& csv : others) EXPECT_EQ(revision_of(csv), expected) << csv;
}

TEST(RegistryRevisionTest, RulesCountOnlyIfTheyAreNotTheEmbeddedOnes) {
  const auto revision_with = [](const RangeRules& rules) {
    std::vector<LayerData> layers;
    layers.push_back(MakeLayer(Layer::kIana, "a,1,tcp,\n"));
    return Registry::Create(std::move(layers), rules).value().revision();
  };
  RangeRule rule;
  rule.ports = {{7000, 7000}};
  rule.kind_name = "legacy";
  const std::string plain = revision_with(RangeRules());
  EXPECT_EQ(revision_with(EmbeddedRangeRules()), plain);
  EXPECT_EQ(revision_with(EmbeddedRangeRules().ReplacedBy(EmbeddedRangeRules())), plain);
  const std::string own = revision_with(EmbeddedRangeRules().ReplacedBy(RangeRules({rule})));
  EXPECT_NE(own, plain);
  rule.severity = FindingSeverity::kError;
  EXPECT_NE(revision_with(EmbeddedRangeRules().ReplacedBy(RangeRules({rule}))), own);
}

TEST(RegistryRevisionTest, OneChangedFieldChangesIt) {
  const std::vector<std::string> row = {"name",    "10-20", "tcp", "text", "as",    "co", "2001-01",
                                        "2002-02", "ref",   "7",   "no",   "notes", "me"};
  const auto revision_of = [](Layer layer, const std::vector<std::string>& fields) {
    std::string csv(kFullHeader);
    for (const std::string& field : fields) absl::StrAppend(&csv, field, ",");
    csv.back() = '\n';
    std::vector<LayerData> layers;
    layers.push_back(LayerOfText(layer, csv));
    return Registry::Create(std::move(layers)).value().revision();
  };
  std::set<std::string> revisions = {revision_of(Layer::kLocal, row)};
  size_t changes = 1;
  const auto changed = [&](size_t field, const std::string& value) {
    std::vector<std::string> other = row;
    other[field] = value;
    revisions.insert(revision_of(Layer::kLocal, other));
    ++changes;
  };
  for (size_t field = 3; field < row.size(); ++field) {
    changed(field, row[field] + "!");
    changed(field, "");
  }
  changed(0, "Name");
  changed(0, "");
  for (const char* ports : {"", "9-20", "10-21", "10", "20"}) changed(1, ports);
  for (const char* transport : {"", "udp", "sctp", "dccp"}) changed(2, transport);
  revisions.insert(revision_of(Layer::kCommon, row));
  ++changes;
  EXPECT_EQ(revisions.size(), changes);
}

TEST(RegistryRevisionTest, TextThatMovesToTheNextFieldChangesIt) {
  const auto revision_of = [](absl::string_view rows) {
    return MakeRegistry({.iana = rows}).revision();
  };
  EXPECT_NE(revision_of("ab,1,tcp,c\n"), revision_of("a,1,tcp,bc\n"));
  EXPECT_NE(revision_of("a,1,tcp,b\nc,1,tcp,d\n"), revision_of("a,1,tcp,bc\n,1,tcp,d\n"));
}

TEST(RegistryRevisionTest, TheOrderInWhichANameIsAnsweredChangesIt) {
  const Registry one = MakeRegistry({.iana = "x,8008,tcp,\nx,591,tcp,\n"});
  const Registry other = MakeRegistry({.iana = "x,591,tcp,\nx,8008,tcp,\n"});
  EXPECT_NE(Describe(one, one.ByName("x")), Describe(other, other.ByName("x")));
  EXPECT_NE(one.revision(), other.revision());
}

TEST(RegistryRevisionTest, AddedRepeatedAndReorderedRecordsChangeIt) {
  std::set<std::string> revisions;
  const char* const all_rows[] = {
      "",
      "http,80,tcp,\n",
      "http,80,tcp,\nhttp,80,tcp,\n",
      "http,80,tcp,\nwww,80,tcp,\n",
      "www,80,tcp,\nhttp,80,tcp,\n",  // changes the primary name
  };
  for (const char* rows : all_rows) revisions.insert(MakeRegistry({.iana = rows}).revision());
  EXPECT_THAT(revisions, SizeIs(5));
}

// Returns the revision of one local record that `edit` has changed.
template <typename Edit>
std::string RevisionOfEdited(Edit edit) {
  std::vector<LayerData> layers;
  layers.push_back(MakeLayer(Layer::kLocal, "a,1,tcp,x\n"));
  edit(layers[0].records[0]);
  return Registry::Create(std::move(layers)).value().revision();
}

TEST(RegistryRevisionTest, ColumnsOfOwnTablesCountWhereTheyAreSet) {
  // Sets one text in each of the columns that count only if they are set.
  const std::set<std::string> revisions = {
      RevisionOfEdited([](ServiceRecord&) {}),
      RevisionOfEdited([](ServiceRecord& r) { r.aliases = "planned"; }),
      RevisionOfEdited([](ServiceRecord& r) { r.scope = "planned"; }),
      RevisionOfEdited([](ServiceRecord& r) { r.status = RecordStatus::kPlanned; }),
      RevisionOfEdited([](ServiceRecord& r) { r.details = Kept({.since = "planned"}); }),
      RevisionOfEdited([](ServiceRecord& r) { r.details = Kept({.until = "planned"}); }),
      RevisionOfEdited([](ServiceRecord& r) { r.details = Kept({.bind = "planned"}); }),
  };
  EXPECT_THAT(revisions, SizeIs(7));
}

TEST(RegistryRevisionTest, DataWithoutNewColumnsKeepsTheRevisionOfEarlierVersions) {
  EXPECT_EQ(MakeRegistry({.iana = "http,80,tcp,Web\n", .local = "a,1,tcp,x\n"}).revision(),
            "4ddb9d2e540c67811dd1884f6d314c37");
}

TEST(RegistryRevisionTest, FilesOfOneLayerGiveTheRevisionOfOneFile) {
  std::vector<LayerData> layers;
  layers.push_back(MakeLayer(Layer::kLocal, "a,1,tcp,x\n"));
  layers.push_back(MakeLayer(Layer::kLocal, "b,2,tcp,y\n"));
  const Registry registry = Registry::Create(std::move(layers)).value();
  EXPECT_EQ(registry.revision(), MakeRegistry({.local = "a,1,tcp,x\nb,2,tcp,y\n"}).revision());
  EXPECT_EQ(registry.record(0).file, 0);
  EXPECT_EQ(registry.record(1).file, 1);
}

}  // namespace
}  // namespace portreg
