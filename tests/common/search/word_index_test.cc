#include "common/search/word_index.h"

#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"

namespace portreg {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<size_t> BitsOf(absl::Span<const uint64_t> words) {
  std::vector<size_t> bits;
  for (size_t i = 0; i < words.size() * 64; ++i) {
    if ((words[i / 64] >> (i % 64) & 1) != 0) bits.push_back(i);
  }
  return bits;
}

// The records whose texts hold a word.
struct Holding {
  std::vector<size_t> services;
  std::vector<size_t> descriptions;
  std::vector<size_t> whole_in_services;
  std::vector<size_t> whole_in_descriptions;
};

Holding Find(const WordIndex& index, absl::string_view word) {
  WordIndex::Texts holding(index);
  WordIndex::Texts whole(index);
  index.Find(word, holding, whole, nullptr);
  return {BitsOf(holding.services()), BitsOf(holding.descriptions()), BitsOf(whole.services()),
          BitsOf(whole.descriptions())};
}

TEST(WordIndexTest, OwnersAndAssigneesAreOneText) {
  std::vector<LayerData> layers;
  layers.push_back(LayerOfText(
      Layer::kLocal,
      absl::StrCat(kFullHeader, "a,1,tcp,,Jane Doe,,,,,,,,ops\n", "a,1,udp,,Jane Doe,,,,,,,,ops\n",
                   "a,2,tcp,,Ann,,,,,,,,Doe-team\n")));
  const Registry registry = Registry::Create(std::move(layers)).value();
  const WordIndex index(registry.records());
  WordIndex::Texts holding(index);
  WordIndex::Texts whole(index);
  index.Find("doe", holding, whole, nullptr);
  EXPECT_THAT(BitsOf(holding.holders()), ElementsAre(0, 1, 2));
  EXPECT_THAT(BitsOf(whole.holders()), ElementsAre(0, 1, 2));
  EXPECT_THAT(BitsOf(holding.services()), IsEmpty());
  EXPECT_THAT(BitsOf(holding.descriptions()), IsEmpty());
  holding.Clear();
  whole.Clear();
  index.Find("op", holding, whole, nullptr);
  EXPECT_THAT(BitsOf(holding.holders()), ElementsAre(0, 1));
  EXPECT_THAT(BitsOf(whole.holders()), IsEmpty());
}

TEST(WordIndexTest, TellsNamesFromDescriptionsAndWholeWordsFromParts) {
  const Registry registry = MakeRegistry({.iana = "web,1,tcp,A Server\n"
                                                  "webs,2,tcp,the web-server\n"
                                                  "cobweb,3,tcp,\n"
                                                  ",4,tcp,webserver (web)\n"});
  const WordIndex index(registry.records());
  const Holding web = Find(index, "web");
  EXPECT_THAT(web.services, ElementsAre(0, 1, 2));
  EXPECT_THAT(web.descriptions, ElementsAre(1, 3));
  EXPECT_THAT(web.whole_in_services, ElementsAre(0));
  EXPECT_THAT(web.whole_in_descriptions, ElementsAre(1, 3));
  const Holding server = Find(index, "server");
  EXPECT_THAT(server.services, IsEmpty());
  EXPECT_THAT(server.descriptions, ElementsAre(0, 1, 3));
  EXPECT_THAT(server.whole_in_descriptions, ElementsAre(0, 1));
  EXPECT_THAT(Find(index, "-s").descriptions, ElementsAre(1));
  EXPECT_THAT(Find(index, "(web)").whole_in_descriptions, ElementsAre(3));
  for (const char* absent : {"x", "webx", "server-", "aserver", "web(", "verver"}) {
    const Holding none = Find(index, absent);
    EXPECT_THAT(none.services, IsEmpty()) << absent;
    EXPECT_THAT(none.descriptions, IsEmpty()) << absent;
  }
}

// Uses so many records and terms that the tree has several levels with sums of their
// records.
TEST(WordIndexTest, CommonWordsAreFoundAsRareOnesAre) {
  std::string rows;
  for (int i = 0; i < 6'000; ++i) {
    absl::StrAppend(&rows, "service", i, ",", i, ",tcp,the same words and number-", i, ".\n");
  }
  const Registry registry = MakeRegistry({.iana = rows});
  const WordIndex index(registry.records());
  const Holding same = Find(index, "same");
  EXPECT_THAT(same.descriptions, SizeIs(6'000));
  EXPECT_THAT(same.whole_in_descriptions, SizeIs(6'000));
  EXPECT_THAT(Find(index, "am").descriptions, SizeIs(6'000));
  EXPECT_THAT(Find(index, "am").whole_in_descriptions, IsEmpty());
  EXPECT_THAT(Find(index, "servic").services, SizeIs(6'000));
  EXPECT_THAT(Find(index, "servic").whole_in_services, IsEmpty());
  EXPECT_THAT(Find(index, "number").whole_in_descriptions, SizeIs(6'000));
  EXPECT_THAT(Find(index, "number-").descriptions, SizeIs(6'000));
  EXPECT_THAT(Find(index, "number-").whole_in_descriptions, IsEmpty());
  // Six of the numbers from 0 to 5999 contain 999.
  EXPECT_THAT(Find(index, "999").services, SizeIs(6));
  EXPECT_THAT(Find(index, "service59").services, SizeIs(111));
  EXPECT_THAT(Find(index, "service5999").whole_in_services, ElementsAre(5'999));
  EXPECT_THAT(Find(index, "number-599").whole_in_descriptions, ElementsAre(599));
  EXPECT_THAT(Find(index, "number-599").descriptions, SizeIs(11));
}

TEST(WordIndexTest, ACancelledLookStopsWithinALongList) {
  // These terms have more in common than the tree distinguishes.
  std::string rows;
  for (int i = 0; i < 50; ++i) {
    absl::StrAppend(&rows, "n,", i, ",tcp,", std::string(1'000 + i, 'a'), "\n");
  }
  const Registry registry = MakeRegistry({.iana = rows});
  const WordIndex index(registry.records());
  const std::string word(900, 'a');
  EXPECT_THAT(Find(index, word).descriptions, SizeIs(50));
  const std::atomic<bool> cancelled = true;
  WordIndex::Texts holding(index);
  WordIndex::Texts whole(index);
  index.Find(word, holding, whole, &cancelled);
  EXPECT_LT(BitsOf(holding.descriptions()).size(), 50);
}

TEST(WordIndexTest, NoRecordsHoldNoWord) {
  const WordIndex index({});
  EXPECT_THAT(Find(index, "a").services, IsEmpty());
}

}  // namespace
}  // namespace portreg
