#include "common/model/range_cursor.h"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"

namespace portreg {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

std::vector<std::string> List(const Registry& registry, const RangeQuestion& question,
                              RecordIndex from = 0) {
  RangeCursor cursor(registry, question, from);
  std::vector<std::string> listed;
  while (const ServiceRecord* record = cursor.Next()) listed.push_back(Describe(*record));
  return listed;
}

Registry SmallRegistry() {
  return MakeRegistry({
      .iana = "low,0-10,tcp,\nten,10,tcp,\nwide,5-30,udp,\n,12,,Unassigned\nend,65535,tcp,\n"
              "none,,tcp,\n",
      .common = "Eleven,11,,\n",
      .local = "twelve,12,udp,\nnowhere,,udp,\n",
  });
}

TEST(RangeCursorTest, ARangeYieldsEachRecordThatOverlapsItOnce) {
  const Registry registry = SmallRegistry();
  const struct {
    PortRange ports;
    std::vector<std::string> listed;
  } cases[] = {
      {{0, 0}, {"iana 0-10/tcp low"}},
      {{0, 4}, {"iana 0-10/tcp low"}},
      {{0, 5}, {"iana 0-10/tcp low", "iana 5-30/udp wide"}},
      {{1, 4}, {"iana 0-10/tcp low"}},
      {{10, 10}, {"iana 0-10/tcp low", "iana 5-30/udp wide", "iana 10/tcp ten"}},
      {{11, 11}, {"iana 5-30/udp wide", "common 11 Eleven"}},
      {{11, 12},
       {"iana 5-30/udp wide", "common 11 Eleven", "local 12/udp twelve", "iana 12 (Unassigned)"}},
      {{30, 30}, {"iana 5-30/udp wide"}},
      {{31, 65534}, {}},
      {{31, 65535}, {"iana 65535/tcp end"}},
      {{65535, 65535}, {"iana 65535/tcp end"}},
      {PortRange::All(),
       {"iana 0-10/tcp low", "iana 5-30/udp wide", "iana 10/tcp ten", "common 11 Eleven",
        "local 12/udp twelve", "iana 12 (Unassigned)", "iana 65535/tcp end"}},
  };
  for (const auto& c : cases) {
    EXPECT_THAT(List(registry, {.ports = c.ports, .layers = {}}), ElementsAreArray(c.listed))
        << ToString(c.ports);
  }
}

TEST(RangeCursorTest, RecordsThatStartBelowTheRangeAreInListingOrderToo) {
  // Lookups would return the narrowest range first.
  const Registry registry = MakeRegistry(
      {.iana = "c,20-31,tcp,\na,0-100,tcp,\nd,30,tcp,\nb,10-50,tcp,\n", .local = "e,25-30,tcp,\n"});
  EXPECT_THAT(List(registry, {.ports = {30, 30}, .layers = {}}),
              ElementsAre("iana 0-100/tcp a", "iana 10-50/tcp b", "iana 20-31/tcp c",
                          "local 25-30/tcp e", "iana 30/tcp d"));
}

TEST(RangeCursorTest, RecordsWithoutAPortComeLastOnRequest) {
  const Registry registry = SmallRegistry();
  EXPECT_THAT(List(registry, {.ports = {65535, 65535}, .layers = {}, .include_portless = true}),
              ElementsAre("iana 65535/tcp end", "local -/udp nowhere", "iana -/tcp none"));
  EXPECT_THAT(List(registry, {.ports = {100, 200}, .layers = {}, .include_portless = true}),
              ElementsAre("local -/udp nowhere", "iana -/tcp none"));
}

TEST(RangeCursorTest, ATransportKeepsItsRecordsAndThoseOfNone) {
  const Registry registry = SmallRegistry();
  EXPECT_THAT(List(registry, {.ports = {5, 12}, .transport = Transport::kUdp, .layers = {}}),
              ElementsAre("iana 5-30/udp wide", "common 11 Eleven", "local 12/udp twelve",
                          "iana 12 (Unassigned)"));
  EXPECT_THAT(List(registry, {.ports = {5, 12}, .transport = Transport::kSctp, .layers = {}}),
              ElementsAre("common 11 Eleven", "iana 12 (Unassigned)"));
  EXPECT_THAT(List(registry, {.ports = {100, 100},
                              .transport = Transport::kTcp,
                              .layers = {},
                              .include_portless = true}),
              ElementsAre("iana -/tcp none"));
}

TEST(RangeCursorTest, LayersKeepTheirRecords) {
  const Registry registry = SmallRegistry();
  const PortRange ports = {11, 12};
  EXPECT_THAT(List(registry, {.ports = ports, .layers = {Layer::kCommon}}),
              ElementsAre("common 11 Eleven"));
  EXPECT_THAT(List(registry, {.ports = ports, .layers = {Layer::kIana, Layer::kLocal}}),
              ElementsAre("iana 5-30/udp wide", "local 12/udp twelve", "iana 12 (Unassigned)"));
  EXPECT_THAT(List(registry, {.ports = ports, .layers = {Layer::kLocal}, .include_portless = true}),
              ElementsAre("local 12/udp twelve", "local -/udp nowhere"));
}

TEST(RangeCursorTest, AnEmptyRegistryYieldsNothing) {
  const Registry registry = MakeRegistry({});
  RangeCursor cursor(registry, {.layers = {}, .include_portless = true});
  EXPECT_EQ(cursor.Next(), nullptr);
  EXPECT_EQ(cursor.Next(), nullptr);
  EXPECT_EQ(cursor.position(), 0);
}

TEST(RangeCursorTest, TheEndStaysTheEnd) {
  const Registry registry = SmallRegistry();
  RangeCursor cursor(registry, {.ports = {0, 4}, .layers = {}});
  EXPECT_NE(cursor.Next(), nullptr);
  EXPECT_EQ(cursor.Next(), nullptr);
  EXPECT_EQ(cursor.Next(), nullptr);
}

TEST(RangeCursorTest, StartingPastTheLastRecordYieldsNothing) {
  const Registry registry = SmallRegistry();
  const auto count = static_cast<RecordIndex>(registry.records().size());
  EXPECT_THAT(List(registry, {.layers = {}, .include_portless = true}, count), IsEmpty());
  RangeCursor cursor(registry, {}, count);
  EXPECT_EQ(cursor.position(), count);
}

// Returns the records that a cursor must yield, by reading every record.
std::vector<const ServiceRecord*> Expected(const Registry& registry,
                                           const RangeQuestion& question) {
  std::vector<const ServiceRecord*> expected;
  for (const ServiceRecord* record : registry.records()) {
    const bool overlaps = record->ports ? record->ports->first <= question.ports.last &&
                                              record->ports->last >= question.ports.first
                                        : question.include_portless;
    const bool of_layer =
        question.layers.empty() ||
        std::count(question.layers.begin(), question.layers.end(), record->layer) > 0;
    if (overlaps && of_layer && Answers(record->transport, question.transport)) {
      expected.push_back(record);
    }
  }
  return expected;
}

// Returns questions of every kind about the embedded registry.
std::vector<RangeQuestion> ManyQuestions() {
  std::mt19937 random(6335);
  std::uniform_int_distribution<int> any_port(0, kMaxPort);
  std::vector<RangeQuestion> questions = {
      {}, {.ports = {6001, 6063}, .layers = {}}, {.ports = {65535, 65535}, .layers = {}}};
  for (int i = 0; i < 60; ++i) {
    const auto one = static_cast<Port>(any_port(random));
    const auto other =
        static_cast<Port>(i % 3 == 0 ? std::min(one + i, kMaxPort) : any_port(random));
    RangeQuestion question;
    question.ports = {std::min(one, other), std::max(one, other)};
    question.transport = static_cast<Transport>(i % 5);
    if (i % 4 == 0) question.layers = {Layer::kCommon};
    if (i % 4 == 1) question.layers = {Layer::kIana, Layer::kLocal};
    question.include_portless = i % 2 == 0;
    questions.push_back(question);
  }
  return questions;
}

TEST(RangeCursorTest, YieldsWhatASearchOfAllRecordsYields) {
  for (const RangeQuestion& question : ManyQuestions()) {
    RangeCursor cursor(EmbeddedRegistry(), question);
    std::vector<const ServiceRecord*> listed;
    while (const ServiceRecord* record = cursor.Next()) listed.push_back(record);
    EXPECT_EQ(listed, Expected(EmbeddedRegistry(), question)) << ToString(question.ports);
  }
}

TEST(RangeCursorTest, ContinuesAnywhereWithNothingLostOrRepeated) {
  for (const RangeQuestion& question : ManyQuestions()) {
    const std::vector<const ServiceRecord*> expected = Expected(EmbeddedRegistry(), question);
    std::vector<const ServiceRecord*> listed;
    RecordIndex position = 0;
    // Each cursor yields a few records, and the next one continues.
    for (size_t few = 1; listed.size() < expected.size(); few = few % 7 + 1) {
      RangeCursor cursor(EmbeddedRegistry(), question, position);
      EXPECT_EQ(cursor.position(), position);
      for (size_t i = 0; i < few && listed.size() < expected.size(); ++i) {
        const ServiceRecord* record = cursor.Next();
        ASSERT_NE(record, nullptr) << ToString(question.ports);
        listed.push_back(record);
      }
      position = cursor.position();
    }
    EXPECT_EQ(listed, expected) << ToString(question.ports);
    EXPECT_EQ(RangeCursor(EmbeddedRegistry(), question, position).Next(), nullptr);
  }
}

TEST(RangeCursorTest, AScopeLeavesOutLocalRecordsOfOthers) {
  const Registry registry =
      MakeScopedRegistry("a,1,tcp,,,,eu\nb,2,tcp,,,,us\nc,3,tcp,,,,\n", "web,4,tcp,\n");
  RangeCursor cursor(registry, {.layers = {}, .scope = "eu/prod"});
  std::vector<std::string> names;
  while (const ServiceRecord* record = cursor.Next()) names.emplace_back(record->service);
  EXPECT_EQ(names, (std::vector<std::string>{"a", "c", "web"}));
}

}  // namespace
}  // namespace portreg
