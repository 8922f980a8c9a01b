// Tests the names that a search suggests for a misspelt query.
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/search/search.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/search/questions.h"
#include "tests/common/test_layers.h"

namespace portreg {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

std::vector<std::string> Similar(const Registry& registry, const SearchQuestion& question) {
  const SearchIndex index(registry);
  const SearchResult result = index.Search(question);
  return {result.similar_services.begin(), result.similar_services.end()};
}

std::vector<std::string> Similar(const Registry& registry, absl::string_view query) {
  return Similar(registry, QuestionOf(query));
}

TEST(SimilarServicesTest, OneSlipOfAnyKindIsFound) {
  const Registry registry = MakeRegistry({.iana = "postgresql,5432,tcp,\nssh,22,tcp,\n"});
  for (const char* query :
       {"postgresq", "ostgresql", "postgrsql", "postgresqll", "xpostgresql", "postgre-sql",
        "postgrexql", "qostgresql", "psotgresql", "postgreslq", "POSTGRESLQ"}) {
    EXPECT_THAT(Similar(registry, query), ElementsAre("postgresql")) << query;
  }
  for (const char* query : {"postgrxyql", "potsgrsql", "ostgresq"}) {
    EXPECT_THAT(Similar(registry, query), ElementsAre("postgresql")) << query;
  }
  for (const char* query : {"postxyzsql", "postgr", "mysql", "sql"}) {
    EXPECT_THAT(Similar(registry, query), IsEmpty()) << query;
  }
}

TEST(SimilarServicesTest, AScopeLeavesOutLocalNamesOnly) {
  const Registry registry = MakeScopedRegistry(
      "log-a,1,tcp,,,,\nlog-b,2,tcp,,,,eu\nlog-c,3,tcp,,,,us/prod\n", "log-d,4,tcp,\n");
  EXPECT_THAT(Similar(registry, {.query = "log-x", .layers = {}, .scope = "asia"}),
              ElementsAre("log-a", "log-d"));
}

TEST(SimilarServicesTest, NearestComesFirstAndThreeAtMost) {
  const Registry registry = MakeRegistry(
      {.iana = "zookeepxy,1,tcp,\nzookeepxr,2,tcp,\nzookeepex,3,tcp,\nzookeperr,4,tcp,\n"
               "zookeeprr,5,tcp,\n"});
  // zookeeper differs by one slip from zookeepxr, zookeepex and zookeeprr.
  const std::vector<std::string> nearest = Similar(registry, "zookeeper");
  EXPECT_THAT(nearest, UnorderedElementsAre("zookeepxr", "zookeepex", "zookeeprr"));

  const Registry fewer =
      MakeRegistry({.iana = "zookeepxy,1,tcp,\nzookeepxr,2,tcp,\n", .local = "zookxxper,3,tcp,\n"});
  EXPECT_EQ(Similar(fewer, "zookeeper")[0], "zookeepxr");
  EXPECT_THAT(Similar(fewer, "zookeeper"), SizeIs(3));
}

TEST(SimilarServicesTest, ANameIsGivenOnceAsItIsSpelt) {
  const Registry registry = MakeRegistry(
      {.iana = "postgresql,5432,tcp,\npostgresql,5432,udp,\nmongodb,1000,tcp,\npostgresql,9,tcp,\n",
       .common = "PostgreSQL,5432,,\n"});
  const std::vector<std::string> similar = Similar(registry, "postgresqk");
  ASSERT_THAT(similar, SizeIs(1));
  EXPECT_THAT(similar[0], testing::AnyOf("PostgreSQL", "postgresql"));
}

TEST(SimilarServicesTest, NoneWhereARecordHasTheName) {
  const Registry registry = MakeRegistry(
      {.iana = "https,443,tcp,\nhttp,80,tcp,\n", .common = "SMB / Microsoft-DS,445,,\nSNB,1,,\n"});
  EXPECT_THAT(Similar(registry, "http"), IsEmpty());
  EXPECT_THAT(Similar(registry, " HTTP "), IsEmpty());
  EXPECT_THAT(Similar(registry, "smb"), IsEmpty());
  EXPECT_THAT(Similar(registry, QuestionOf("http", 1)), IsEmpty());
  // A name that the search itself finds is not suggested.
  EXPECT_THAT(Similar(registry, "htt"), ElementsAre("http"));
}

TEST(SimilarServicesTest, AreOfTheRecordsAskedAbout) {
  const Registry registry =
      MakeRegistry({.iana = "gopher,70,tcp,\ngophex,71,udp,\n", .common = "gophey,1,,\n"});
  const auto ask = [&registry](Transport transport, std::vector<Layer> layers) {
    return Similar(registry, QuestionOf("gopher", transport, std::move(layers)));
  };
  EXPECT_THAT(ask(Transport::kNone, {}), IsEmpty());
  EXPECT_THAT(ask(Transport::kUdp, {}), UnorderedElementsAre("gophex", "gophey"));
  EXPECT_THAT(ask(Transport::kUdp, {Layer::kIana}), ElementsAre("gophex"));
  EXPECT_THAT(ask(Transport::kNone, {Layer::kCommon}), ElementsAre("gophey"));
}

TEST(SimilarServicesTest, NoNamelessRecordIsSimilar) {
  const Registry registry = MakeRegistry({.iana = ",1,tcp,abc\n,2,tcp,\n"});
  for (const char* query : {"a", "ab", "abd", "abcd"}) {
    EXPECT_THAT(Similar(registry, query), IsEmpty()) << query;
  }
}

TEST(SimilarServicesTest, LongQueriesCostLittle) {
  const SearchIndex index(EmbeddedRegistry());
  const std::string longest(kMaxQueryBytes, 'h');
  const absl::Time start = absl::Now();
  for (int i = 0; i < 20; ++i) {
    EXPECT_THAT(index.Search(QuestionOf(longest)).similar_services, IsEmpty());
    EXPECT_THAT(index.Search(QuestionOf(longest.substr(0, 64))).similar_services, IsEmpty());
  }
  EXPECT_LT(absl::Now() - start, absl::Seconds(20));
}

TEST(SimilarServicesTest, SlipsInTheEmbeddedRegistry) {
  const struct {
    const char* query;
    const char* name;
  } cases[] = {{"postgrsql", "PostgreSQL"}, {"htttps", "HTTPS"}, {"rsycn", "rsync"}};
  for (const auto& c : cases) {
    EXPECT_EQ(Similar(EmbeddedRegistry(), c.query)[0], c.name) << c.query;
  }
}

}  // namespace
}  // namespace portreg
