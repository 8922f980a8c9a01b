#include "common/judgement/suggest.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "common/judgement/judgement.h"
#include "common/judgement/port_findings.h"
#include "common/model/scope.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/model/random_tables.h"
#include "tests/common/test_layers.h"

namespace portreg {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr absl::CivilDay kSuggestDay(2026, 6, 15);

// Returns the kinds that speak against a port, found one by one.
AdvisoryKinds RefusedBecause(const Registry& registry, const SuggestionWish& wish, Port port) {
  AdvisoryKinds kinds;
  Claim claim = wish.claim;
  claim.ports = {port, port};
  for (const Finding& finding : Judge(registry, {&claim, 1}, 0, kSuggestDay).findings) {
    if (finding.severity == FindingSeverity::kInfo) continue;
    kinds.set(static_cast<size_t>(finding.kind));
  }
  for (const RecordIndex index : registry.AtPort(port)) {
    const ServiceRecord& record = registry.record(index);
    const bool shares = std::any_of(kTransports.begin(), kTransports.end(), [&](Transport each) {
      return claim.transports.Has(each) && Answers(record.transport, each);
    });
    const bool in_use = record.layer == Layer::kLocal && record.named() && shares &&
                        record.status != RecordStatus::kRetired &&
                        ScopesOverlap(record.scope, claim.scope);
    if (in_use) kinds.set(static_cast<size_t>(AdvisoryKind::kTakenLocally));
  }
  return kinds & ~wish.accepted;
}

SuggestionWish AWish(RandomTables& tables) {
  SuggestionWish wish;
  wish.claim = tables.AClaim();
  wish.claim.ports = {static_cast<Port>(tables.Below(20)),
                      static_cast<Port>(kRandomPorts - 1 - tables.Below(20))};
  wish.count = 1 + tables.Below(5);
  wish.adjacent = tables.Below(2) == 0;
  if (tables.Below(2) == 0) wish.key = tables.OneOf({"k", "key two"});
  for (const AdvisoryKind kind : {AdvisoryKind::kIanaAssigned, AdvisoryKind::kIanaReserved,
                                  AdvisoryKind::kCommonlyUsed, AdvisoryKind::kRangeRule}) {
    if (tables.Below(2) == 0) wish.accepted.set(static_cast<size_t>(kind));
  }
  return wish;
}

// Chooses from free ports in the simplest way.
std::vector<Port> PlainChoice(const SuggestionWish& wish, const std::vector<Port>& free) {
  std::vector<std::pair<uint64_t, Port>> order;
  for (const Port port : free) {
    bool run = true;
    for (size_t i = 0; wish.adjacent && i < wish.count; ++i) {
      run &= std::binary_search(free.begin(), free.end(), static_cast<Port>(port + i));
    }
    if (run) order.emplace_back(wish.key.empty() ? port : KeyHash(wish.key, port), port);
  }
  std::sort(order.begin(), order.end());
  std::vector<Port> chosen;
  for (size_t i = 0; i < order.size() && chosen.size() < wish.count; ++i) {
    if (wish.adjacent && i > 0) break;
    chosen.push_back(order[i].second);
    while (wish.adjacent && chosen.size() < wish.count)
      chosen.push_back(static_cast<Port>(chosen.back() + 1));
  }
  return chosen;
}

TEST(SuggestModelTest, NothingSpeaksAgainstWhatIsSuggestedAndAllElseIsRefused) {
  RandomTables tables(5);
  size_t suggested = 0;
  for (int round = 0; round < 40; ++round) {
    const Registry registry = tables.Table();
    for (int i = 0; i < 15; ++i) {
      const SuggestionWish wish = AWish(tables);
      std::vector<Port> free;
      std::map<AdvisoryKind, size_t> refused;
      for (int port = wish.claim.ports.first; port <= wish.claim.ports.last; ++port) {
        const AdvisoryKinds kinds = RefusedBecause(registry, wish, static_cast<Port>(port));
        if (kinds.none()) free.push_back(static_cast<Port>(port));
        for (size_t kind = 0; kind < kinds.size(); ++kind) {
          if (kinds[kind]) ++refused[static_cast<AdvisoryKind>(kind)];
        }
      }
      const Suggestion suggestion = Suggest(registry, wish, kSuggestDay);
      ASSERT_EQ(suggestion.candidate_count, static_cast<size_t>(wish.claim.ports.width()));
      ASSERT_EQ(suggestion.free_count, free.size());
      ASSERT_EQ(suggestion.ports, PlainChoice(wish, free));
      ASSERT_THAT(suggestion.refused,
                  ::testing::ElementsAreArray(std::vector<std::pair<AdvisoryKind, size_t>>(
                      refused.begin(), refused.end())));
      suggested += suggestion.ports.size();
    }
  }
  EXPECT_GT(suggested, 300U);
}

// Judges the embedded data port by port.
TEST(SuggestModelTest, TheEmbeddedDataIsJudgedTheSameWay) {
  SuggestionWish wish;
  wish.claim.service = "kafka";
  wish.claim.transports = TransportSet(Transport::kTcp);
  wish.claim.ports = {8000, 11000};
  wish.count = 3001;
  const Suggestion suggestion = Suggest(EmbeddedRegistry(), wish, kSuggestDay);
  std::vector<Port> free;
  for (int port = 8000; port <= 11000; ++port) {
    if (RefusedBecause(EmbeddedRegistry(), wish, static_cast<Port>(port)).none()) {
      free.push_back(static_cast<Port>(port));
    }
  }
  EXPECT_EQ(suggestion.ports, free);
}

// The values come from another implementation of the documented hash.
TEST(SuggestModelTest, TheHashIsTheDocumentedOne) {
  EXPECT_EQ(KeyHash("", 0), 0x348369d702078a36U);
  EXPECT_EQ(KeyHash("billing", 7000), 0x5e518d86f22c70acU);
  EXPECT_EQ(KeyHash("billing", 7001), 0x42b91ec070f55c77U);
  EXPECT_EQ(KeyHash("gr\u00f6\u00dfe", 65535), 0xe1a3d02223ae4bafU);
}

Registry TakenPorts(const std::vector<Port>& ports) {
  std::string rows;
  for (const Port port : ports) absl::StrAppend(&rows, "s", port, ",", port, ",,\n");
  return MakeRegistry({.iana = "far,1,tcp,\n", .local = rows + "far,2,tcp,\n"});
}

std::vector<Port> ChoicesOf(const Registry& registry, int keys) {
  SuggestionWish wish;
  wish.claim.ports = {20000, 20999};
  std::vector<Port> choices;
  for (int i = 0; i < keys; ++i) {
    wish.key = absl::StrCat("checkout ", i);
    choices.push_back(Suggest(registry, wish, kSuggestDay).ports.at(0));
  }
  return choices;
}

TEST(SuggestModelTest, TenThousandKeysKeepTheirPortsWhileOthersComeAndGo) {
  constexpr int kKeys = 10'000;
  const std::vector<Port> before = ChoicesOf(TakenPorts({}), kKeys);
  std::vector<Port> taken;
  for (int port = 20000; port < 21000; port += 10) taken.push_back(static_cast<Port>(port));
  const std::vector<Port> during = ChoicesOf(TakenPorts(taken), kKeys);
  int moved = 0;
  for (int i = 0; i < kKeys; ++i) {
    if (std::binary_search(taken.begin(), taken.end(), before[i])) {
      ++moved;
      EXPECT_FALSE(std::binary_search(taken.begin(), taken.end(), during[i]));
    } else {
      ASSERT_EQ(during[i], before[i]) << i;
    }
  }
  EXPECT_GT(moved, 500);
  EXPECT_LT(moved, 1'500);
  EXPECT_EQ(ChoicesOf(TakenPorts({}), kKeys), before);
}

TEST(SuggestModelTest, KeysSpreadOverTheRange) {
  std::map<Port, int> uses;
  for (const Port port : ChoicesOf(TakenPorts({}), 10'000)) ++uses[port];
  // There are ten uses of a port on average. With a good hash, hardly any port has none
  // or over thirty.
  EXPECT_GT(uses.size(), 990U);
  for (const auto& [port, count] : uses) EXPECT_LT(count, 31) << port;
}

TEST(SuggestModelTest, AnAlmostFullRangeGivesItsOnlyGap) {
  std::vector<Port> taken;
  for (int port = 20000; port < 21000; ++port) {
    if (port < 20500 || port > 20502) taken.push_back(static_cast<Port>(port));
  }
  const Registry registry = TakenPorts(taken);
  SuggestionWish wish;
  wish.claim.ports = {20000, 20999};
  wish.adjacent = true;
  wish.count = 3;
  EXPECT_THAT(Suggest(registry, wish, kSuggestDay).ports, ElementsAre(20500, 20501, 20502));
  wish.count = 4;
  const Suggestion none = Suggest(registry, wish, kSuggestDay);
  EXPECT_THAT(none.ports, IsEmpty());
  EXPECT_EQ(none.free_count, 3U);
  EXPECT_THAT(none.refused, ElementsAre(std::pair(AdvisoryKind::kTakenLocally, size_t{997})));
  wish.adjacent = false;
  EXPECT_THAT(Suggest(registry, wish, kSuggestDay).ports, SizeIs(3));
}

TEST(SuggestModelTest, BlocksHoldForTheirScopeAndTransports) {
  auto text = std::make_shared<LayerText>();
  text->text =
      "Service Name,Port Number,Transport Protocol,Description,Owner,Scope,Status\n"
      ",20000-20001,tcp,,x,,\n,20001-20002,udp,,x,,\n,20003,,,x,eu,\n,20004,,,y,,\n"
      ",20005,,,x,,retired\n";
  std::vector<LayerData> layers;
  layers.push_back(
      ReadLayer(Layer::kLocal, "local.csv", std::move(text), LocalFileRules()).value());
  const Registry registry = Registry::Create(std::move(layers)).value();
  const auto ports_for = [&](std::vector<Transport> transports, const char* scope) {
    SuggestionWish wish;
    wish.claim.ports = kSuggestedByDefault;
    wish.claim.transports = TransportSet(transports);
    wish.claim.owner = "x";
    wish.claim.scope = scope;
    wish.within_blocks = true;
    wish.count = 100;
    return Suggest(registry, wish, kSuggestDay).ports;
  };
  EXPECT_THAT(ports_for({Transport::kTcp}, ""), ElementsAre(20000, 20001));
  EXPECT_THAT(ports_for({Transport::kTcp, Transport::kUdp}, ""), ElementsAre(20001));
  EXPECT_THAT(ports_for({}, ""), IsEmpty());
  EXPECT_THAT(ports_for({Transport::kTcp}, "eu/prod"), ElementsAre(20000, 20001, 20003));
  EXPECT_THAT(ports_for({}, "eu"), ElementsAre(20003));
}

}  // namespace
}  // namespace portreg
