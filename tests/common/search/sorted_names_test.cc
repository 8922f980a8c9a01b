#include "common/search/sorted_names.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"

namespace portreg {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> NamesIn(const SortedNames& names, SortedNames::Range range) {
  std::vector<std::string> found;
  for (uint32_t i = range.first; i < range.last; ++i) found.emplace_back(names.name(i));
  return found;
}

std::vector<std::string> NamesIn(const SortedNames& names) {
  return NamesIn(names, {0, static_cast<uint32_t>(names.size())});
}

TEST(SortedNamesTest, EachNameOnceInLowerCaseByItsBytes) {
  const Registry registry = MakeRegistry(
      {.iana = "web,1,tcp,\nWEB,2,tcp,\nab,3,tcp,\nabcdefgh1,4,tcp,\nabcdefgh0,5,tcp,\n,6,tcp,x\n"
               "abcdefgh,7,tcp,\nz-,8,tcp,\nweb,9,tcp,\n",
       .common = "\xC3\xA9t\xC3\xA9,7,,\n"});
  const SortedNames names(registry.records());
  EXPECT_THAT(NamesIn(names), ElementsAre("ab", "abcdefgh", "abcdefgh0", "abcdefgh1", "web", "z-",
                                          "\xC3\xA9t\xC3\xA9"));
  EXPECT_THAT(names.records(4), ElementsAre(0, 1, 9));
  EXPECT_EQ(names.name_of_record()[9], 4);
  // The record has no name.
  EXPECT_EQ(names.name_of_record()[5], UINT32_MAX);
}

TEST(SortedNamesTest, NamesThatBeginWithATextAreNeighbours) {
  const Registry registry = MakeRegistry(
      {.iana = "web,1,tcp,\nwebs,2,tcp,\nweb-x,3,tcp,\nwe,4,tcp,\nwf,5,tcp,\na,6,tcp,\n"});
  const SortedNames names(registry.records());
  EXPECT_THAT(NamesIn(names, names.BeginningWith("web")), ElementsAre("web", "web-x", "webs"));
  EXPECT_THAT(NamesIn(names, names.BeginningWith("w")),
              ElementsAre("we", "web", "web-x", "webs", "wf"));
  EXPECT_THAT(names.records(names.BeginningWith("web")), ElementsAre(0, 2, 1));
  for (const char* prefix : {"b", "webx", "wg", "x", "A"}) {
    EXPECT_THAT(NamesIn(names, names.BeginningWith(prefix)), IsEmpty()) << prefix;
    EXPECT_THAT(names.records(names.BeginningWith(prefix)), IsEmpty()) << prefix;
  }
}

TEST(SortedNamesTest, NoRecordsHaveNoNames) {
  const SortedNames names({});
  EXPECT_EQ(names.size(), 0);
  EXPECT_THAT(names.records(names.BeginningWith("a")), IsEmpty());
}

}  // namespace
}  // namespace portreg
