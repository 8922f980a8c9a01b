#include "common/search/search.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/search/questions.h"
#include "tests/common/test_layers.h"

namespace portreg {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;
using ::testing::SizeIs;

SearchResult Ask(const Registry& registry, const SearchQuestion& question) {
  return SearchIndex(registry).Search(question);
}

std::string KindText(MatchKind kind) {
  switch (kind) {
    case MatchKind::kExactName:
      return "exact";
    case MatchKind::kNamePrefix:
      return "prefix";
    case MatchKind::kWord:
      return "word";
    case MatchKind::kPartOfWord:
      return "part";
  }
  return "?";
}

// Returns texts such as "prefix s iana 80/tcp http": the kind, a letter for each field
// (s, d, o, a), and the record.
std::vector<std::string> Matches(const Registry& registry, const SearchQuestion& question) {
  std::vector<std::string> described;
  for (const SearchMatch& match : Ask(registry, question).matches) {
    described.push_back(absl::StrCat(KindText(match.kind), " ", match.in_service ? "s" : "",
                                     match.in_description ? "d" : "", match.in_owner ? "o" : "",
                                     match.in_assignee ? "a" : "", " ",
                                     Describe(registry.record(match.record))));
  }
  return described;
}

std::vector<std::string> Matches(const Registry& registry, absl::string_view query) {
  return Matches(registry, QuestionOf(query));
}

// Returns the names of the matches.
std::vector<std::string> Names(const Registry& registry, const SearchQuestion& question) {
  std::vector<std::string> names;
  for (const SearchMatch& match : Ask(registry, question).matches) {
    names.emplace_back(registry.record(match.record).service);
  }
  return names;
}

std::vector<std::string> Names(const Registry& registry, absl::string_view query) {
  return Names(registry, QuestionOf(query));
}

TEST(SearchTest, TheFirstKindThatFitsCounts) {
  const Registry registry = MakeRegistry({.iana = "mail,1,tcp,\n"
                                                  "mail-relay,2,tcp,\n"
                                                  "relay-mail,3,tcp,\n"
                                                  "webmail,4,tcp,\n"
                                                  "post,5,tcp,Mail by post\n"
                                                  "letters,6,tcp,Emailing\n"
                                                  "other,7,tcp,Nothing\n"});
  EXPECT_THAT(Matches(registry, "mail"),
              ElementsAre("exact s iana 1/tcp mail", "prefix s iana 2/tcp mail-relay",
                          "word s iana 3/tcp relay-mail", "word d iana 5/tcp post",
                          "part s iana 4/tcp webmail", "part d iana 6/tcp letters"));
}

TEST(SearchTest, OwnersAndAssigneesComeLastOfTheirKind) {
  std::vector<LayerData> layers;
  layers.push_back(LayerOfText(
      Layer::kLocal, absl::StrCat(kFullHeader, "a,1,tcp,,Mail Inc.,,,,,,,,MAIL team\n",
                                  "b,2,tcp,,,,,,,,,,webmail\n", "c,3,tcp,web and mail,,,,,,,,,\n",
                                  "d,4,tcp,,,,,,,,,,mail@example.net\n")));
  layers.push_back(LayerOfText(
      Layer::kIana,
      absl::StrCat(kFullHeader, "our-mail,5,tcp,,Mail,,,,,,,,\n",
                   "e,6,tcp,,\"Mailers, Ltd.\",,,,,,,,\n", "f,7,tcp,Mails,,,,,,,,,\n")));
  const Registry registry = Registry::Create(std::move(layers)).value();
  EXPECT_THAT(Matches(registry, "mail"),
              ElementsAre("word sa iana 5/tcp our-mail", "word d local 3/tcp c",
                          "word oa local 1/tcp a", "word o local 4/tcp d", "part d iana 7/tcp f",
                          "part o local 2/tcp b", "part a iana 6/tcp e"));
  EXPECT_THAT(Matches(registry, "team inc."), ElementsAre("word oa local 1/tcp a"));
  EXPECT_THAT(Matches(registry, "our ail"), ElementsAre("part sa iana 5/tcp our-mail"));
}

TEST(SearchTest, AScopeLeavesOutLocalRecordsOnly) {
  const Registry registry = MakeScopedRegistry(
      "log-a,1,tcp,,,,\nlog-b,2,tcp,,,,eu\nlog-c,3,tcp,,,,us/prod\n", "log-d,4,tcp,\n");
  EXPECT_THAT(Names(registry, {.query = "log", .layers = {}, .scope = "eu/prod"}),
              ElementsAre("log-a", "log-b", "log-d"));
  EXPECT_THAT(Names(registry, {.query = "log", .layers = {}, .scope = "us"}),
              ElementsAre("log-a", "log-c", "log-d"));
}

TEST(SearchTest, TheBestComeFirst) {
  const Registry registry = MakeRegistry({
      .iana = "mail,20,tcp,\nmail,10,tcp,\nmail,10,udp,\nmail-tool,9,tcp,\nmail-a,9,udp,\n"
              "a-mail,8,tcp,Mail\nx,7,tcp,Mail\nlonger,6,tcp,Mail\n,5,tcp,Mail\nmail,,tcp,\n"
              "y,7,tcp,Mail\nz,7-8,tcp,Mail\n",
      .common = "Mail,30,,\nPost,1,,Mail\n",
      .local = "mail,40,tcp,\nqueue,50,tcp,mail\n",
  });
  EXPECT_THAT(Matches(registry, "mail"),
              ElementsAre(
                  // Matches are sorted by kind, then layer, then the order of a listing.
                  "exact s local 40/tcp mail", "exact s common 30 Mail", "exact s iana 10/tcp mail",
                  "exact s iana 10/udp mail", "exact s iana 20/tcp mail", "exact s iana -/tcp mail",
                  // Shorter names precede longer ones.
                  "prefix s iana 9/udp mail-a", "prefix s iana 9/tcp mail-tool",
                  // Matches in the name precede the others, in any layer.
                  "word sd iana 8/tcp a-mail", "word d local 50/tcp queue", "word d common 1 Post",
                  "word d iana 5/tcp (Mail)", "word d iana 7/tcp x", "word d iana 7/tcp y",
                  "word d iana 7-8/tcp z", "word d iana 6/tcp longer"));
}

TEST(SearchTest, AWordHasNoLetterAndNoDigitBesideIt) {
  const struct {
    const char* query;
    const char* description;
    const char* kind;
  } cases[] = {
      {"web", "web", "word"},
      {"web", "a web b", "word"},
      {"web", "(web)", "word"},
      {"web", "x-web_y", "word"},
      {"web", "web.", "word"},
      {"web", "webs", "part"},
      {"web", "cobweb", "part"},
      {"web", "web2", "part"},
      {"web", "2web", "part"},
      {"web", "W\xC3\xA9web", "part"},
      {"web", "web\xC3\xA9", "part"},
      {"web", "\xC3\xA9 web", "word"},
      // One separate occurrence is enough, wherever it is.
      {"web", "cobwebs of the web", "word"},
      {"web", "the web of cobwebs", "word"},
      {"aa", "aaa aa", "word"},
      {"aa", "aaaa", "part"},
      {"c++", "in c++ too", "word"},
      {"802.11", "IEEE 802.11b", "part"},
      {"\xC3\xA9", "\xC3\xA9", "word"},
  };
  for (const auto& c : cases) {
    const Registry registry = MakeRegistry({.iana = absl::StrCat("n,1,tcp,", c.description, "\n")});
    EXPECT_THAT(Matches(registry, c.query), ElementsAre(absl::StrCat(c.kind, " d iana 1/tcp n")))
        << c.query << " in " << c.description;
  }
}

TEST(SearchTest, EveryWordMustStandInNameOrDescription) {
  const Registry registry = MakeRegistry({.iana = "sql-net,66,tcp,Oracle database\n"
                                                  "sqlserv,118,tcp,SQL Services\n"
                                                  "oracle,1521,tcp,Nothing\n"});
  EXPECT_THAT(Matches(registry, "sql oracle"), ElementsAre("word sd iana 66/tcp sql-net"));
  EXPECT_THAT(Matches(registry, "oracle sql"), ElementsAre("word sd iana 66/tcp sql-net"));
  EXPECT_THAT(Matches(registry, "database oracle"), ElementsAre("word d iana 66/tcp sql-net"));
  EXPECT_THAT(Matches(registry, "sql net"), ElementsAre("word s iana 66/tcp sql-net"));
  EXPECT_THAT(Matches(registry, "oracle sql nothing"), IsEmpty());
  // A word that is only a part of a longer word makes the match the weaker kind.
  EXPECT_THAT(Matches(registry, "oracle base"), ElementsAre("part d iana 66/tcp sql-net"));
  EXPECT_THAT(Matches(registry, "base oracle"), ElementsAre("part d iana 66/tcp sql-net"));
  // A repeated word matches the same text.
  EXPECT_THAT(Matches(registry, "oracle oracle database"),
              ElementsAre("word d iana 66/tcp sql-net"));
  EXPECT_THAT(Matches(registry, "serv services"), ElementsAre("part sd iana 118/tcp sqlserv"));
}

TEST(SearchTest, WholeQueryIsComparedWithTheName) {
  const Registry registry = MakeRegistry(
      {.common =
           "SMTP over SSL,465,,\nSMTP,25,,over SSL\nSSL over SMTP,1,,\nxSMTP over SSL,2,,\n"});
  EXPECT_THAT(Matches(registry, "smtp over ssl"),
              ElementsAre("exact s common 465 SMTP over SSL", "word sd common 25 SMTP",
                          "word s common 1 SSL over SMTP", "part s common 2 xSMTP over SSL"));
  EXPECT_THAT(Names(registry, "smtp over"),
              ElementsAre("SMTP over SSL", "SMTP", "SSL over SMTP", "xSMTP over SSL"));
  EXPECT_THAT(Matches(registry, "smtp over")[0], "prefix s common 465 SMTP over SSL");
}

TEST(SearchTest, BlanksAroundAndBetweenWordsDoNotMatter) {
  const Registry registry = MakeRegistry({.common = "SMTP over SSL,465,,Mail\n"});
  for (const char* query : {"smtp over ssl", "  smtp over ssl", "smtp over ssl \n",
                            "smtp   over\tssl", "\v\f\r smtp\nover ssl"}) {
    EXPECT_THAT(Matches(registry, query), ElementsAre("exact s common 465 SMTP over SSL")) << query;
  }
}

TEST(SearchTest, CaseOfAsciiLettersIsIgnored) {
  const Registry registry =
      MakeRegistry({.iana = "HTTP-Alt,591,tcp,FileMaker WEB\n", .common = "caf\xC3\xA9,1,,\n"});
  for (const char* query : {"http-alt", "HTTP-ALT", "hTTp-aLt"}) {
    EXPECT_THAT(Matches(registry, query), ElementsAre("exact s iana 591/tcp HTTP-Alt")) << query;
  }
  EXPECT_THAT(Matches(registry, "web FILEMAKER"), ElementsAre("word d iana 591/tcp HTTP-Alt"));
  EXPECT_THAT(Matches(registry, "CAF\xC3\xA9"), ElementsAre("exact s common 1 caf\xC3\xA9"));
  EXPECT_THAT(Matches(registry, "caf\xC3\x89"), IsEmpty());
}

TEST(SearchTest, PartsOfANameOfLayerCommonAreNames) {
  const Registry registry = MakeRegistry({.iana = "a / b,1,tcp,\nmicrosoft-ds,445,tcp,\n",
                                          .common = "SMB / Microsoft-DS,445,,\nx/y,2,,\n"});
  EXPECT_THAT(Matches(registry, "smb"), ElementsAre("exact s common 445 SMB / Microsoft-DS"));
  EXPECT_THAT(
      Matches(registry, "Microsoft-DS"),
      ElementsAre("exact s common 445 SMB / Microsoft-DS", "exact s iana 445/tcp microsoft-ds"));
  EXPECT_THAT(Matches(registry, "smb / microsoft-ds"),
              ElementsAre("exact s common 445 SMB / Microsoft-DS"));
  EXPECT_THAT(Matches(registry, "smb /"), ElementsAre("prefix s common 445 SMB / Microsoft-DS"));
  // Only the first part of a name begins the name.
  EXPECT_THAT(Matches(registry, "microsoft")[1], "word s common 445 SMB / Microsoft-DS");
  EXPECT_THAT(Matches(registry, "b")[0], "word s iana 1/tcp a / b");
  EXPECT_THAT(Matches(registry, "y"), ElementsAre("word s common 2 x/y"));
}

TEST(SearchTest, ATransportKeepsItsRecordsAndThoseOfNone) {
  const Registry registry =
      MakeRegistry({.iana = "log,1,tcp,\nlog,1,udp,\nlog,1,sctp,\nlog,1,dccp,\nlog,2,,\n"});
  const auto ask = [&registry](Transport transport) {
    return Matches(registry, QuestionOf("log", transport, {}));
  };
  EXPECT_THAT(ask(Transport::kNone), SizeIs(5));
  EXPECT_THAT(ask(Transport::kUdp), ElementsAre("exact s iana 1/udp log", "exact s iana 2 log"));
  EXPECT_THAT(ask(Transport::kDccp), ElementsAre("exact s iana 1/dccp log", "exact s iana 2 log"));
}

TEST(SearchTest, LayersKeepTheirRecords) {
  const Registry registry =
      MakeRegistry({.iana = "log,1,tcp,\n", .common = "Log,2,,\n", .local = "log,3,tcp,\n"});
  const auto ask = [&registry](std::vector<Layer> layers) {
    return Matches(registry, QuestionOf("log", Transport::kNone, std::move(layers)));
  };
  EXPECT_THAT(ask({}), SizeIs(3));
  EXPECT_THAT(ask({Layer::kCommon}), ElementsAre("exact s common 2 Log"));
  EXPECT_THAT(ask({Layer::kIana, Layer::kLocal}),
              ElementsAre("exact s local 3/tcp log", "exact s iana 1/tcp log"));
}

TEST(SearchTest, MaxResultsKeepsTheBestAndCountsAll) {
  // The best matches are last in the listing.
  std::string rows;
  for (int i = 0; i < 300; ++i) absl::StrAppend(&rows, "n", i, ",", i, ",tcp,A log\n");
  absl::StrAppend(&rows, "logger,1000,tcp,\nlog,1001,tcp,\n");
  const Registry registry = MakeRegistry({.iana = rows});
  const std::vector<std::string> all = Names(registry, QuestionOf("log", kMaxSearchResults));
  ASSERT_THAT(all, SizeIs(302));
  EXPECT_EQ(all[0], "log");
  EXPECT_EQ(all[1], "logger");
  for (const size_t max : {1, 2, 3, 50, 301, 302, 303}) {
    const SearchQuestion question = QuestionOf("log", max);
    const std::vector<std::string> best(all.begin(), all.begin() + std::min(max, all.size()));
    EXPECT_THAT(Names(registry, question), ElementsAreArray(best)) << max;
    EXPECT_EQ(Ask(registry, question).total_count, 302) << max;
  }
  EXPECT_THAT(Names(registry, "log"), SizeIs(50));
}

TEST(SearchTest, TotalCountIsOfTheRecordsAskedAbout) {
  const Registry registry =
      MakeRegistry({.iana = "log,1,tcp,\nlog,1,udp,\n", .common = "Log,2,,\n"});
  EXPECT_EQ(Ask(registry, QuestionOf("log", 1)).total_count, 3);
  EXPECT_EQ(Ask(registry, QuestionOf("log", Transport::kUdp, {})).total_count, 2);
  EXPECT_EQ(Ask(registry, QuestionOf("log", Transport::kNone, {Layer::kIana})).total_count, 2);
  EXPECT_EQ(Ask(registry, QuestionOf("nothing")).total_count, 0);
}

TEST(SearchTest, ARecordIsFoundOnceHoweverOftenAWordStandsInIt) {
  const Registry registry =
      MakeRegistry({.iana = "log-log,1,tcp,log log log\n,2,tcp,log and log\n"});
  EXPECT_THAT(Matches(registry, "log"),
              ElementsAre("prefix sd iana 1/tcp log-log", "word d iana 2/tcp (log and log)"));
  EXPECT_EQ(Ask(registry, QuestionOf("log")).total_count, 2);
}

TEST(SearchTest, RecordsWithoutANameAreFoundByTheirDescription) {
  const Registry registry = MakeRegistry({.iana = ",0,tcp,Reserved\nreserved,1,tcp,\n"});
  EXPECT_THAT(Matches(registry, "reserved"),
              ElementsAre("exact s iana 1/tcp reserved", "word d iana 0/tcp (Reserved)"));
}

TEST(SearchTest, NoWordReachesFromOneTextIntoTheNext) {
  const Registry registry =
      MakeRegistry({.iana = "one,1,tcp,two\nthree,2,tcp,four\nfive,3,tcp,\n"});
  for (const char* query : {"onetwo", "netw", "twothree", "othr", "fourfive", "one\ntwo x"}) {
    EXPECT_THAT(Matches(registry, query), IsEmpty()) << query;
  }
  // All words of a query must occur in the same record.
  EXPECT_THAT(Matches(registry, "one three"), IsEmpty());
  EXPECT_THAT(Matches(registry, "two four"), IsEmpty());
  EXPECT_THAT(Matches(registry, "one two"), ElementsAre("word sd iana 1/tcp one"));
  // The byte that no text holds does not join texts either.
  for (const absl::string_view query :
       {absl::string_view("two\0three", 9), absl::string_view("\0three\0four\0five", 17)}) {
    EXPECT_THAT(Matches(registry, query), IsEmpty());
  }
}

TEST(SearchTest, EndsOfTextsAreEndsOfWords) {
  const Registry registry = MakeRegistry({.iana = "one,1,tcp,two\nthree,2,tcp,four\n"});
  EXPECT_THAT(Matches(registry, "two"), ElementsAre("word d iana 1/tcp one"));
  EXPECT_THAT(Matches(registry, "four"), ElementsAre("word d iana 2/tcp three"));
  EXPECT_THAT(Matches(registry, "on"), ElementsAre("prefix s iana 1/tcp one"));
}

TEST(SearchTest, DescriptionsAreNoPatternsAndNoMarkup) {
  const Registry registry = MakeRegistry(
      {.iana = "a,1,tcp,\"50% [.*] \"\"quoted\"\" \\d+ <b>bold</b> %s ' OR 1=1 --\"\n"});
  for (const char* query : {"[.*]", "50%", "\"quoted\"", "\\d+", "<b>bold</b>", "%s", "1=1 --"}) {
    EXPECT_THAT(Names(registry, query), ElementsAre("a")) << query;
  }
  for (const char* query : {".*", ".+", "%d", "_", "[a-z]", "^a", "b$", "*"}) {
    const bool stands = absl::string_view(query) == ".*" || absl::string_view(query) == "*";
    EXPECT_THAT(Names(registry, query), SizeIs(stands ? 1 : 0)) << query;
  }
}

TEST(SearchTest, LongAndRepetitiveDescriptionsCostNoMoreThanTheirLength) {
  // Uses the longest fields that a file may have, and a query that nearly matches
  // everywhere.
  std::string rows;
  for (int i = 0; i < 200; ++i) {
    absl::StrAppend(&rows, "n", i, ",", i, ",tcp,", std::string(16'000, 'a'), "\n");
  }
  const Registry registry = MakeRegistry({.local = rows});
  const SearchIndex index(registry);
  const absl::Time start = absl::Now();
  const std::string almost = std::string(200, 'a') + "b";
  EXPECT_THAT(index.Search(QuestionOf(almost)).matches, IsEmpty());
  EXPECT_THAT(index.Search(QuestionOf("a a a a a a a a a a a a a a a a")).matches, SizeIs(50));
  EXPECT_LT(absl::Now() - start, absl::Seconds(20));
}

TEST(SearchTest, AnEmptyRegistryHasNothing) {
  const Registry registry = MakeRegistry({});
  const SearchResult result = Ask(registry, QuestionOf("http"));
  EXPECT_THAT(result.matches, IsEmpty());
  EXPECT_EQ(result.total_count, 0);
  EXPECT_THAT(result.similar_services, IsEmpty());
}

TEST(SearchTest, TheEstimateOfMemoryIsMoreThanItTakes) {
  std::string rows;
  for (int i = 0; i < 2'000; ++i) {
    absl::StrAppend(&rows, "s", i, ",", i, ",tcp,", i * 7919, " ", i * 104'729, " word", i, "\n");
  }
  const Registry registry = MakeRegistry({.local = rows});
  for (const Registry* const each : {&registry, &EmbeddedRegistry()}) {
    EXPECT_GT(SearchIndex::BytesEstimate(*each), SearchIndex(*each).MemoryBytes());
  }
}

TEST(SearchTest, ACancelledSearchIsEmpty) {
  const SearchIndex index(EmbeddedRegistry());
  std::atomic<bool> cancelled = true;
  for (const char* query : {"https", "server", "e", "htttps"}) {
    const SearchResult result = index.Search(QuestionOf(query), &cancelled);
    EXPECT_THAT(result.matches, IsEmpty()) << query;
    EXPECT_EQ(result.total_count, 0) << query;
    EXPECT_THAT(result.similar_services, IsEmpty()) << query;
  }
  cancelled = false;
  EXPECT_THAT(index.Search(QuestionOf("server"), &cancelled).matches,
              SizeIs(kDefaultSearchResults));
  EXPECT_THAT(index.Search(QuestionOf("htttps"), &cancelled).similar_services,
              testing::Contains("HTTPS"));
}

TEST(SearchTest, WordsOfAQueryStandBetweenBlanks) {
  EXPECT_THAT(QueryWords(" a  b\tc\nd\ve\ff\rg "), ElementsAre("a", "b", "c", "d", "e", "f", "g"));
  EXPECT_THAT(QueryWords(absl::string_view("a\0b", 3)), ElementsAre("a", "b"));
  EXPECT_THAT(QueryWords("a-b/c.d\xC2\xA0"
                         "e"),
              ElementsAre("a-b/c.d\xC2\xA0"
                          "e"));
  for (const char* query : {"", " ", "\t\n\v\f\r "}) EXPECT_THAT(QueryWords(query), IsEmpty());
}

TEST(SearchTest, FindsWhatPeopleLookForInTheEmbeddedRegistry) {
  const Registry& registry = EmbeddedRegistry();
  EXPECT_EQ(Matches(registry, "cpanel")[0], "exact s common 2082 cPanel");
  EXPECT_EQ(Matches(registry, "cpanel")[1], "exact sd common 2083/tcp cpanel");
  EXPECT_EQ(Matches(registry, "kafka")[0], "exact sd common 9092/tcp kafka");
  EXPECT_THAT(Names(registry, "web hosting"), testing::Contains("cPanel"));
  EXPECT_EQ(Matches(registry, "https")[0], "exact s common 443 HTTPS");
}

}  // namespace
}  // namespace portreg
