#include "common/judgement/judgement.h"

#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "common/judgement/collision.h"
#include "common/judgement/port_findings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/model/random_tables.h"
#include "tests/common/test_layers.h"

namespace portreg {
namespace {

using ::testing::SizeIs;

constexpr absl::CivilDay kJudgementDay(2026, 6, 15);

// A finding at one slot: port, transport, kind, severity, message.
using SlotFinding = std::tuple<int, Transport, AdvisoryKind, FindingSeverity, std::string>;

std::set<SlotFinding> OnSlots(const std::vector<Finding>& findings) {
  std::set<SlotFinding> slots;
  for (const Finding& finding : findings) {
    for (int port = finding.ports.first; port <= finding.ports.last; ++port) {
      for (const Transport transport : kTransports) {
        if (!finding.transports.Has(transport)) continue;
        const bool is_new =
            slots.emplace(port, transport, finding.kind, finding.severity, finding.message).second;
        EXPECT_TRUE(is_new) << port << " " << finding.message;
      }
    }
  }
  return slots;
}

std::set<SlotFinding> SlotBySlot(const Registry& registry, const Claim& claim) {
  std::set<SlotFinding> slots;
  for (int port = claim.ports.first; port <= claim.ports.last; ++port) {
    for (const PortFinding& finding :
         FindingsAt(registry, static_cast<Port>(port), claim, kJudgementDay)) {
      for (const Transport transport : kTransports) {
        if (!finding.transports.Has(transport) || !claim.transports.Has(transport)) continue;
        slots.emplace(port, transport, finding.kind, finding.severity, finding.message);
      }
    }
  }
  return slots;
}

TEST(JudgementTest, MergedFindingsSayOfEachSlotWhatIsSaidOfItAlone) {
  RandomTables tables(1);
  for (int round = 0; round < 60; ++round) {
    const Registry registry = tables.Table();
    for (int i = 0; i < 20; ++i) {
      const std::vector<Claim> claims = {tables.AClaim()};
      const Judgement judgement = Judge(registry, claims, 0, kJudgementDay);
      ASSERT_EQ(judgement.total_count, judgement.findings.size());
      ASSERT_EQ(OnSlots(judgement.findings), SlotBySlot(registry, claims[0])) << round << " " << i;
    }
  }
}

TEST(JudgementTest, FindingsAreInOrderAndNeighboursAreMerged) {
  RandomTables tables(2);
  for (int round = 0; round < 60; ++round) {
    const Registry registry = tables.Table();
    std::vector<Claim> claims = {tables.AClaim()};
    claims[0].ports = {0, kRandomPorts - 1};
    const Judgement judgement = Judge(registry, claims, 0, kJudgementDay);
    for (size_t i = 0; i < judgement.findings.size(); ++i) {
      const Finding& finding = judgement.findings[i];
      EXPECT_LE(finding.records.size(), kMaxFindingRecords);
      for (size_t j = i + 1; j < judgement.findings.size(); ++j) {
        const Finding& later = judgement.findings[j];
        ASSERT_GE(finding.severity, later.severity);
        if (finding.severity == later.severity) {
          ASSERT_LE(finding.kind, later.kind);
        }
        const bool alike = finding.kind == later.kind && finding.message == later.message &&
                           finding.transports == later.transports &&
                           finding.severity == later.severity;
        ASSERT_FALSE(alike && finding.ports.last + 1 == later.ports.first) << finding.message;
      }
    }
  }
}

// Claims that are rows of one table must collide like those rows in FindCollisions.
TEST(JudgementTest, ClaimsCollideAsRowsOfATableDo) {
  RandomTables tables(3);
  int collisions = 0;
  for (int round = 0; round < 40; ++round) {
    std::vector<LayerData> layers;
    layers.push_back(tables.Local(30));
    const Registry registry = Registry::Create(std::move(layers)).value();
    std::vector<const ServiceRecord*> rows;
    std::vector<Claim> claims;
    for (const ServiceRecord* const record : registry.records()) {
      if (record->status == RecordStatus::kRetired) continue;
      rows.push_back(record);
      Claim claim;
      claim.ports = *record->ports;
      claim.transports = TransportSet(record->transport);
      claim.service = std::string(record->service);
      claim.owner = std::string(record->details->owner);
      claim.scope = std::string(record->scope);
      claims.push_back(claim);
    }
    for (size_t i = 0; i < claims.size(); ++i) {
      for (size_t j = 0; j < claims.size(); ++j) {
        const ServiceRecord& one = *rows[i];
        const ServiceRecord& other = *rows[j];
        const bool share_port =
            one.ports->first <= other.ports->last && other.ports->first <= one.ports->last;
        const bool expected = i != j && share_port && Collide(one, other);
        collisions += expected ? 1 : 0;
        ASSERT_EQ(i != j && ClaimsCollide(claims[i], claims[j]), expected)
            << one.line << " " << other.line;
        // Checks the same by the registry: the other row holds the claim's ports.
        const bool shares_transport = !claims[i].transports.And(claims[j].transports).empty();
        if (i == j || !share_port || !shares_transport) continue;
        ASSERT_EQ(RelationOf(other, claims[i]) == ClaimRelation::kHeld, expected);
      }
    }
  }
  EXPECT_GT(collisions, 100);
}

TEST(JudgementTest, TheDayDecidesWhatIsPast) {
  const Registry registry = [] {
    auto text = std::make_shared<LayerText>();
    text->text =
        "Service Name,Port Number,Transport Protocol,Description,Owner,Until\n"
        "a,7888,tcp,,x,2026-06-15\n";
    std::vector<LayerData> layers;
    layers.push_back(
        ReadLayer(Layer::kLocal, "local.csv", std::move(text), LocalFileRules()).value());
    return Registry::Create(std::move(layers)).value();
  }();
  std::vector<Claim> claims(1);
  claims[0].ports = {7888, 7888};
  claims[0].transports = TransportSet(Transport::kTcp);
  claims[0].service = "a";
  claims[0].owner = "x";
  EXPECT_THAT(Judge(registry, claims, 0, absl::CivilDay(2026, 6, 15)).findings, SizeIs(1));
  const Judgement later = Judge(registry, claims, 0, absl::CivilDay(2026, 6, 16));
  ASSERT_THAT(later.findings, SizeIs(2));
  EXPECT_EQ(later.findings[0].kind, AdvisoryKind::kPastUntil);
  EXPECT_EQ(later.findings[0].message, "past its last day, 2026-06-15: a (owner x)");
}

TEST(JudgementTest, ManyFindingsAreCutAndCounted) {
  std::string rows;
  for (int port = 7000; port < 7300; port += 2) {
    absl::StrAppend(&rows, "s", port, ",", port, ",tcp,\n");
  }
  const Registry registry = MakeRegistry({.iana = rows, .local = "held,7299,tcp,\n"});
  std::vector<Claim> claims(1);
  claims[0].ports = {7000, 7299};
  claims[0].transports = TransportSet(Transport::kTcp);
  claims[0].service = "a";
  const Judgement judgement = Judge(registry, claims, 0, kJudgementDay);
  EXPECT_THAT(judgement.findings, SizeIs(kMaxFindings));
  // One port is held, 150 are assigned, and 150 between these are unassigned.
  EXPECT_EQ(judgement.total_count, 301U);
  EXPECT_EQ(judgement.findings[0].kind, AdvisoryKind::kTakenLocally);
  EXPECT_EQ(judgement.findings[99].kind, AdvisoryKind::kIanaAssigned);
}

TEST(JudgementTest, OfManyRecordsOnAPortTheFirstAreNamed) {
  std::string rows;
  for (int i = 0; i < 900; ++i) absl::StrAppend(&rows, "s", i, ",7000,tcp,\n");
  const Registry registry = MakeRegistry({.local = rows});
  std::vector<Claim> claims(1);
  claims[0].ports = {7000, 7000};
  const Judgement judgement = Judge(registry, claims, 0, kJudgementDay);
  EXPECT_THAT(judgement.findings[0].records, SizeIs(kMaxFindingRecords));
  EXPECT_EQ(judgement.findings[0].message,
            "taken locally by s0, s1, s2, s3, s4, s5, s6, s7, s8, s9 and others");
}

}  // namespace
}  // namespace portreg
