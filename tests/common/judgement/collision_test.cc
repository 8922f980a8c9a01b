#include "common/judgement/collision.h"

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"

namespace portreg {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

std::vector<std::string> Collisions(absl::string_view rows) {
  const Registry registry = MakeRegistry({.local = rows});
  std::vector<std::string> texts;
  for (const Collision& collision : FindCollisions(registry, Layer::kLocal, 100)) {
    texts.push_back(ToString(registry, collision));
  }
  return texts;
}

TEST(CollisionTest, TwoServicesOnOnePortAndTransportCollide) {
  const struct {
    const char* what;
    const char* rows;  // from line 2
    std::vector<std::string> found;
  } cases[] = {
      {"nothing at all", "", {}},
      {"same port and transport",
       "billing,7000,tcp,\naudit,7000,tcp,\n",
       {"line 2 (billing) and line 3 (audit) both claim port 7000/tcp"}},
      {"other transport", "a,7000,tcp,\nb,7000,udp,\n", {}},
      {"other port", "a,7000,tcp,\nb,7001,tcp,\n", {}},
      {"no transport and one",
       "a,7000,,\nb,7000,sctp,\n",
       {"line 2 (a) and line 3 (b) both claim port 7000/sctp"}},
      {"one and no transport",
       "a,7000,sctp,\nb,7000,,\n",
       {"line 2 (a) and line 3 (b) both claim port 7000/sctp"}},
      {"no transport twice",
       "a,7000,,\nb,7000,,\n",
       {"line 2 (a) and line 3 (b) both claim port 7000"}},
      {"the same name", "a,7000,tcp,\na,7000,tcp,\n", {}},
      {"the same name but for case", "a,7000,tcp,\nA,7000,,\n", {}},
      {"a name without a port", "a,7000,tcp,\nb,,tcp,\n", {}},
      {"a nameless row", "a,7000,tcp,\n,7000,tcp,Reserved\n,7000,,Unassigned\n", {}},
      {"ranges that overlap are told once",
       "a,7000-7010,tcp,\nb,7005-7020,tcp,\n",
       {"line 2 (a) and line 3 (b) both claim port 7005/tcp"}},
      {"ranges that touch",
       "a,7000-7010,tcp,\nb,7010-7020,tcp,\n",
       {"line 2 (a) and line 3 (b) both claim port 7010/tcp"}},
      {"ranges side by side", "a,7000-7010,tcp,\nb,7011-7020,tcp,\n", {}},
      {"a port within a range",
       "wide,7000-7010,tcp,\nb,7003,,\n",
       {"line 2 (wide) and line 3 (b) both claim port 7003/tcp"}},
      {"at both ends of the ports",
       "a,0,tcp,\nb,0,tcp,\nc,65535,tcp,\nd,65535,tcp,\n",
       {"line 2 (a) and line 3 (b) both claim port 0/tcp",
        "line 4 (c) and line 5 (d) both claim port 65535/tcp"}},
      {"by port, whatever the lines",
       "a,9,tcp,\nb,9,tcp,\nc,8,tcp,\nd,8,tcp,\n",
       {"line 4 (c) and line 5 (d) both claim port 8/tcp",
        "line 2 (a) and line 3 (b) both claim port 9/tcp"}},
      {"on each of several transports",
       "a,9,tcp,\nb,9,tcp,\nc,9,udp,\nd,9,udp,\n",
       {"line 2 (a) and line 3 (b) both claim port 9/tcp",
        "line 4 (c) and line 5 (d) both claim port 9/udp"}},
      {"a service of its own beside two of one name",
       "a,9,tcp,\na,9,,\nb,9,udp,\n",
       {"line 3 (a) and line 4 (b) both claim port 9/udp"}},
  };
  for (const auto& c : cases) {
    EXPECT_THAT(Collisions(c.rows), ElementsAreArray(c.found)) << c.what;
  }
}

// The columns of an own row besides its ports.
struct Own {
  const char* owner = "";
  const char* scope = "";
  RecordStatus status = RecordStatus::kActive;
};

// Returns true if two rows collide, in either order.
bool Collide(absl::string_view one, const Own& of_one, absl::string_view other,
             const Own& of_other) {
  const auto collide = [](absl::string_view first, const Own& of_first, absl::string_view second,
                          const Own& of_second) {
    LayerData layer = MakeLayer(Layer::kLocal, absl::StrCat(first, "\n", second, "\n"));
    for (size_t i = 0; i < 2; ++i) {
      const Own& own = i == 0 ? of_first : of_second;
      layer.records[i].details = Kept({.owner = own.owner});
      layer.records[i].scope = own.scope;
      layer.records[i].status = own.status;
    }
    std::vector<LayerData> layers;
    layers.push_back(std::move(layer));
    const Registry registry = Registry::Create(std::move(layers)).value();
    return !FindCollisions(registry, Layer::kLocal, 1).empty();
  };
  const bool found = collide(one, of_one, other, of_other);
  EXPECT_EQ(collide(other, of_other, one, of_one), found) << one << " and " << other;
  return found;
}

TEST(CollisionTest, OwnersDivideWhatTheyHold) {
  EXPECT_FALSE(Collide(",7000-7099,,", {"blue"}, "billing,7042,tcp,", {"blue"}));
  EXPECT_FALSE(Collide("team,7000-7099,,", {"blue"}, "billing,7042,tcp,", {"blue"}));
  EXPECT_TRUE(Collide(",7000-7099,,", {"blue"}, "billing,7042,tcp,", {"red"}));
  EXPECT_TRUE(Collide(",7000-7099,,", {"blue"}, "billing,7042,tcp,", {}));
  EXPECT_TRUE(Collide("team,7000-7099,,", {}, "billing,7042,tcp,", {}));
  EXPECT_TRUE(Collide("a,7000-7010,,", {"blue"}, "b,7005-7020,,", {"blue"}));
  EXPECT_FALSE(Collide(",7000-7010,,", {"blue"}, "b,7005-7020,,", {"blue"}));
  EXPECT_TRUE(Collide(",7000-7010,,", {"blue"}, ",7005-7020,,", {"red"}));
}

TEST(CollisionTest, OneServiceOfTwoOwnersCollides) {
  EXPECT_TRUE(Collide("a,7000,,", {"blue"}, "a,7000,,", {"red"}));
  EXPECT_FALSE(Collide("a,7000,,", {"blue"}, "A,7000,,", {"blue"}));
}

TEST(CollisionTest, ScopesThatDoNotOverlapAreApart) {
  EXPECT_TRUE(Collide("a,7000,,", {"x", "eu"}, "b,7000,,", {"y", "eu/prod"}));
  EXPECT_TRUE(Collide("a,7000,,", {"x", ""}, "b,7000,,", {"y", "eu/prod"}));
  EXPECT_TRUE(Collide("a,7000,,", {"x", "eu"}, "b,7000,,", {"y", "eu"}));
  EXPECT_FALSE(Collide("a,7000,,", {"x", "eu"}, "b,7000,,", {"y", "us"}));
  EXPECT_FALSE(Collide("a,7000,,", {"x", "eu"}, "b,7000,,", {"y", "eu2/prod"}));
}

TEST(CollisionTest, RetiredRowsTakeNothing) {
  EXPECT_FALSE(Collide("a,7000,,", {"x", "", RecordStatus::kRetired}, "b,7000,,", {"y"}));
  EXPECT_TRUE(Collide("a,7000,,", {"x", "", RecordStatus::kPlanned}, "b,7000,,", {"y"}));
}

TEST(CollisionTest, EveryPairOfServicesIsTold) {
  EXPECT_THAT(Collisions("a,9,tcp,\nb,9,tcp,\nc,9,,\n"),
              UnorderedElementsAre("line 2 (a) and line 3 (b) both claim port 9/tcp",
                                   "line 2 (a) and line 4 (c) both claim port 9/tcp",
                                   "line 3 (b) and line 4 (c) both claim port 9/tcp"));
}

TEST(CollisionTest, RowsThatRepeatANameAddNone) {
  EXPECT_THAT(Collisions("a,9,tcp,\nA,9,tcp,\nb,9,tcp,\na,9,tcp,\nb,9,tcp,\n"),
              UnorderedElementsAre("line 2 (a) and line 4 (b) both claim port 9/tcp"));
}

TEST(CollisionTest, OnlyTheLayerAskedForIsLookedAt) {
  const Registry registry = MakeRegistry(
      {.iana = "x,1,tcp,\ny,1,tcp,\n", .common = "Z,2,tcp,\n", .local = "a,1,tcp,\nb,2,tcp,\n"});
  EXPECT_THAT(FindCollisions(registry, Layer::kLocal, 100), IsEmpty());
  EXPECT_THAT(FindCollisions(registry, Layer::kCommon, 100), IsEmpty());
  EXPECT_THAT(FindCollisions(registry, Layer::kIana, 100), SizeIs(1));
}

TEST(CollisionTest, AtMostAsManyAsAskedFor) {
  std::string rows;
  for (int port = 10; port < 15; ++port) absl::StrAppend(&rows, "a,", port, ",,\nb,", port, ",,\n");
  const Registry registry = MakeRegistry({.local = rows});
  for (const size_t limit : {0, 1, 2, 4, 5, 6}) {
    EXPECT_EQ(FindCollisions(registry, Layer::kLocal, limit).size(), std::min(limit, size_t{5}));
  }
}

TEST(CollisionTest, RecordsAreThoseOfTheRegistry) {
  const Registry registry = MakeRegistry({.local = "b,9-10,tcp,\na,9,tcp,\n"});
  const std::vector<Collision> collisions = FindCollisions(registry, Layer::kLocal, 100);
  ASSERT_THAT(collisions, SizeIs(1));
  EXPECT_EQ(collisions[0].one->service, "b");
  EXPECT_EQ(collisions[0].other->service, "a");
  EXPECT_EQ(collisions[0].port, 9);
}

std::vector<std::string> Repetitions(absl::string_view rows) {
  const Registry registry = MakeRegistry({.local = rows});
  std::vector<std::string> texts;
  for (const Collision& pair : FindRepetitions(registry, Layer::kLocal, 100)) {
    texts.push_back(ToString(registry, pair));
  }
  return texts;
}

TEST(RepetitionTest, OneServiceAndOwnerOnASlotTwiceIsARepetition) {
  EXPECT_THAT(Repetitions("a,9,tcp,\nA,9,,\nb,9,tcp,\na,9,udp,\na,10,tcp,\n"),
              ElementsAre("line 2 (a) and line 3 (A) both claim port 9/tcp",
                          "line 3 (A) and line 5 (a) both claim port 9/udp"));
  EXPECT_THAT(Repetitions("a,9-12,tcp,\na,11,tcp,\n"),
              ElementsAre("line 2 (a) and line 3 (a) both claim port 11/tcp"));
  EXPECT_THAT(Repetitions("a,9,tcp,\nb,9,tcp,\n"), IsEmpty());
}

// Returns the registry of two files, whose rows have the header kShortHeader.
Registry RegistryOfFiles(absl::string_view one, absl::string_view other) {
  std::vector<LayerData> layers;
  for (const absl::string_view rows : {one, other}) {
    layers.push_back(MakeLayer(Layer::kLocal, rows));
    layers.back().info.origin = absl::StrCat("team", layers.size(), ".csv");
  }
  return Registry::Create(std::move(layers)).value();
}

TEST(CollisionTest, RowsOfSeveralFilesAreNamedWithTheirFiles) {
  const Registry registry = RegistryOfFiles("a,1,tcp,\na,9,tcp,\n", "b,9,tcp,\nc,2,tcp,\nd,2,,\n");
  std::vector<std::string> texts;
  for (const Collision& collision : FindCollisions(registry, Layer::kLocal, 100)) {
    texts.push_back(ToString(registry, collision));
  }
  EXPECT_THAT(texts, ElementsAre("team2.csv, line 3 (c) and team2.csv, line 4 (d) both claim port "
                                 "2/tcp",
                                 "team1.csv, line 3 (a) and team2.csv, line 2 (b) both claim port "
                                 "9/tcp"));
}

TEST(CollisionTest, BlanksAroundAnOwnerDoNotCount) {
  EXPECT_FALSE(Collide(",7000-7099,,", {"blue "}, "billing,7042,tcp,", {" blue"}));
}

// A row of a random table. Decides by the definition alone which pairs collide or repeat.
struct OwnRow {
  std::string name;
  PortRange ports;
  Transport transport;
  std::string owner;
  std::string scope;
  RecordStatus status;

  [[nodiscard]] std::string Key() const {
    return absl::StrCat(absl::AsciiStrToLower(name), " ", ToString(ports), "/", ToString(transport),
                        " ", owner, " ", scope);
  }
};

std::string PairKey(const std::string& one, const std::string& other) {
  return absl::StrCat(std::min(one, other), " | ", std::max(one, other));
}

enum class Verdict { kNone, kRepetition, kCollision };

Verdict VerdictOn(const OwnRow& a, const OwnRow& b) {
  const auto takes = [](const OwnRow& row) {
    return row.status != RecordStatus::kRetired && (!row.name.empty() || !row.owner.empty());
  };
  const bool share_port = a.ports.first <= b.ports.last && b.ports.first <= a.ports.last;
  const bool share_transport = a.transport == Transport::kNone || b.transport == Transport::kNone ||
                               a.transport == b.transport;
  const auto labels = [](const OwnRow& row) {
    return row.scope.empty() ? std::string() : row.scope + "/";
  };
  const bool share_scope = labels(a).compare(0, labels(b).size(), labels(b)) == 0 ||
                           labels(b).compare(0, labels(a).size(), labels(a)) == 0;
  if (!takes(a) || !takes(b) || !share_port || !share_transport || !share_scope) {
    return Verdict::kNone;
  }
  const bool same_name = absl::AsciiStrToLower(a.name) == absl::AsciiStrToLower(b.name);
  const bool is_block = a.name.empty() || b.name.empty();
  const auto within = [](PortRange inner, PortRange outer) {
    return outer.first <= inner.first && inner.last <= outer.last;
  };
  if (same_name && a.owner == b.owner) {
    return !is_block || a.ports == b.ports ? Verdict::kRepetition : Verdict::kNone;
  }
  const bool refines = !a.owner.empty() && a.owner == b.owner &&
                       (is_block || within(a.ports, b.ports) || within(b.ports, a.ports));
  return refines ? Verdict::kNone : Verdict::kCollision;
}

OwnRow MakeOwnRow(std::mt19937& random) {
  const auto pick = [&random](auto list) { return *(list.begin() + random() % list.size()); };
  using Texts = std::initializer_list<const char*>;
  OwnRow row;
  row.name = pick(Texts{"", "a", "A", "b"});
  row.ports.first = static_cast<Port>(1 + random() % 5);
  row.ports.last = static_cast<Port>(row.ports.first + random() % 4);
  row.transport = pick(std::initializer_list<Transport>{Transport::kNone, Transport::kTcp,
                                                        Transport::kTcp, Transport::kUdp});
  row.owner = pick(Texts{"", "x", "y"});
  row.scope = pick(Texts{"", "eu", "eu/prod", "eu2"});
  row.status = random() % 8 == 0 ? RecordStatus::kRetired : RecordStatus::kActive;
  return row;
}

// Returns the registry of rows, half of them in each of two files.
Registry RegistryOfRandom(const std::vector<OwnRow>& rows) {
  std::vector<LayerData> layers;
  for (const size_t begin : {size_t{0}, rows.size() / 2}) {
    LayerData layer = MakeLayer(Layer::kLocal, "");
    const size_t end = begin == 0 ? rows.size() / 2 : rows.size();
    for (size_t i = begin; i < end; ++i) {
      ServiceRecord record;
      record.layer = Layer::kLocal;
      record.line = static_cast<uint32_t>(i - begin + 2);
      record.service = rows[i].name;
      record.ports = rows[i].ports;
      record.transport = rows[i].transport;
      record.details = Kept({.owner = rows[i].owner});
      record.scope = rows[i].scope;
      record.status = rows[i].status;
      layer.records.push_back(record);
    }
    layers.push_back(std::move(layer));
  }
  return Registry::Create(std::move(layers)).value();
}

std::set<std::string> KeysOfPairs(const std::vector<Collision>& pairs) {
  std::set<std::string> keys;
  const auto key = [](const ServiceRecord& record) {
    return OwnRow{std::string(record.service),
                  *record.ports,
                  record.transport,
                  std::string(record.details->owner),
                  std::string(record.scope),
                  record.status}
        .Key();
  };
  for (const Collision& pair : pairs) keys.insert(PairKey(key(*pair.one), key(*pair.other)));
  return keys;
}

TEST(CollisionTest, RandomTablesCollideByTheDefinitionInAnyOrderOfRows) {
  std::mt19937 random(20261129);
  size_t collisions = 0;
  size_t repetitions = 0;
  for (int table = 0; table < 300; ++table) {
    std::vector<OwnRow> rows;
    for (int i = 0; i < 8; ++i) rows.push_back(MakeOwnRow(random));
    std::set<std::string> collide;
    std::set<std::string> repeat;
    for (size_t i = 0; i < rows.size(); ++i) {
      for (size_t j = i + 1; j < rows.size(); ++j) {
        const Verdict verdict = VerdictOn(rows[i], rows[j]);
        EXPECT_EQ(VerdictOn(rows[j], rows[i]), verdict);
        const std::string key = PairKey(rows[i].Key(), rows[j].Key());
        if (verdict == Verdict::kCollision) collide.insert(key);
        if (verdict == Verdict::kRepetition) repeat.insert(key);
      }
    }
    collisions += collide.size();
    repetitions += repeat.size();
    for (int order = 0; order < 3; ++order) {
      const Registry registry = RegistryOfRandom(rows);
      EXPECT_EQ(KeysOfPairs(FindCollisions(registry, Layer::kLocal, 1'000)), collide);
      EXPECT_EQ(KeysOfPairs(FindRepetitions(registry, Layer::kLocal, 1'000)), repeat);
      std::shuffle(rows.begin(), rows.end(), random);
    }
  }
  EXPECT_GT(collisions, 300);
  EXPECT_GT(repetitions, 100);
}

}  // namespace
}  // namespace portreg
