#include "client/cli/commands/suggest.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/cli/unasked_source.h"
#include "tests/client/cli/written.h"

namespace portreg::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Answers searches only, all in the same way.
class FakeSource final : public UnaskedSource {
 public:
  absl::StatusOr<v1::SearchResponse> answer = v1::SearchResponse();
  std::vector<v1::SearchRequest> asked;

  absl::StatusOr<v1::SearchResponse> Search(const v1::SearchRequest& request) override {
    EXPECT_NE(request.view(), v1::RECORD_VIEW_FULL);
    asked.push_back(request);
    return answer;
  }
};

v1::SearchResponse Answer(const std::vector<std::string>& similar,
                          const std::vector<std::pair<v1::MatchKind, std::string>>& matches) {
  v1::SearchResponse response;
  for (const std::string& name : similar) response.add_similar_services(name);
  for (const auto& [kind, name] : matches) {
    v1::SearchMatch& match = *response.add_matches();
    match.set_kind(kind);
    *match.mutable_record() = RecordOf(1, v1::TRANSPORT_TCP, name, "");
  }
  return response;
}

Query Key(const std::string& key) { return ParseQuery(key).value(); }

TEST(DidYouMeanTest, ListsNames) {
  EXPECT_EQ(DidYouMean({}), "");
  EXPECT_EQ(DidYouMean({"https"}), "; did you mean https?");
  EXPECT_EQ(DidYouMean({"https", "httpx"}), "; did you mean https, httpx?");
}

TEST(DidYouMeanTest, ShowsAFewNamesThatCanBeRead) {
  EXPECT_EQ(DidYouMean(std::vector<std::string>(30'000, "a")), "; did you mean a, a, a, a?");
  EXPECT_EQ(DidYouMean({"a\nb"}), "; did you mean a\\nb?");
  EXPECT_LT(DidYouMean({std::string(10'000, 'a')}).size(), 100);
}

TEST(TransportHintTest, IsForNamesOfTransportsOnly) {
  EXPECT_EQ(TransportHint(Key("UDP")),
            "; a transport follows the slash behind a port or a name, and each key has its own, "
            "such as 443/tcp,443/udp");
  for (const std::string key : {"udpx", "443", "443/udp", "any"}) {
    EXPECT_EQ(TransportHint(Key(key)), "") << key;
  }
}

TEST(SuggesterTest, SimilarNamesPrecedeThoseThatBeginAlike) {
  FakeSource source;
  source.answer = Answer({"https", "ntps"}, {{v1::MATCH_KIND_NAME_PREFIX, "htps-alt"},
                                             {v1::MATCH_KIND_NAME_PREFIX, "htps-more"}});
  EXPECT_THAT(Suggester({}, "", source).Suggest(Key("htps")),
              ElementsAre("https", "ntps", "htps-alt"));
}

TEST(SuggesterTest, NamesComeOnceIgnoringCase) {
  FakeSource source;
  source.answer = Answer({"HTTPS"}, {{v1::MATCH_KIND_NAME_PREFIX, "https"},
                                     {v1::MATCH_KIND_NAME_PREFIX, "Htps-Alt"},
                                     {v1::MATCH_KIND_NAME_PREFIX, "htps-alt"},
                                     // For example, of another transport.
                                     {v1::MATCH_KIND_NAME_PREFIX, "HTPS"}});
  EXPECT_THAT(Suggester({}, "", source).Suggest(Key("htps")), ElementsAre("HTTPS", "Htps-Alt"));
}

TEST(SuggesterTest, OtherMatchesAreNoSuggestions) {
  FakeSource source;
  source.answer = Answer({}, {{v1::MATCH_KIND_WORD, "a"}, {v1::MATCH_KIND_PART_OF_WORD, "b"}});
  EXPECT_THAT(Suggester({}, "", source).Suggest(Key("htps")), IsEmpty());
}

TEST(SuggesterTest, AsksForTransportLayersAndScope) {
  FakeSource source;
  Suggester({Layer::kIana}, "eu", source).Suggest(Key("ht ps/udp"));
  ASSERT_THAT(source.asked, SizeIs(1));
  EXPECT_EQ(source.asked[0].query(), "ht ps");
  EXPECT_EQ(source.asked[0].transport(), v1::TRANSPORT_UDP);
  EXPECT_THAT(source.asked[0].layers(), ElementsAre(v1::LAYER_IANA));
  EXPECT_EQ(source.asked[0].scope(), "eu");
}

TEST(SuggesterTest, ThreeNamesAreAskedAbout) {
  FakeSource source;
  source.answer = Answer({"https"}, {});
  Suggester suggester({}, "", source);
  for (int i = 0; i < 3; ++i) EXPECT_THAT(suggester.Suggest(Key("htps")), SizeIs(1));
  EXPECT_THAT(suggester.Suggest(Key("htps")), IsEmpty());
  EXPECT_THAT(source.asked, SizeIs(3));
}

TEST(SuggesterTest, AFailureEndsTheAsking) {
  FakeSource source;
  source.answer = absl::UnimplementedError("no Search");
  Suggester suggester({}, "", source);
  EXPECT_THAT(suggester.Suggest(Key("htps")), IsEmpty());
  source.answer = Answer({"https"}, {});
  EXPECT_THAT(suggester.Suggest(Key("htps")), IsEmpty());
  EXPECT_THAT(source.asked, SizeIs(1));
}

TEST(SuggesterTest, WhatSearchDoesNotTakeIsNotAskedAbout) {
  FakeSource source;
  Suggester suggester({}, "", source);
  std::string words = "w";
  for (int i = 1; i < 16; ++i) words += " w";
  suggester.Suggest(Key(words));
  EXPECT_THAT(source.asked, SizeIs(1));
  for (const std::string& key : {words + " w", std::string("443"), std::string("20-21/tcp")}) {
    EXPECT_THAT(suggester.Suggest(Key(key)), IsEmpty());
  }
  EXPECT_THAT(source.asked, SizeIs(1));
}

}  // namespace
}  // namespace portreg::cli
