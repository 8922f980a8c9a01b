#include "common/search/record_ranks.h"

#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"

namespace portreg {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Registry ThreeLayers() {
  return MakeRegistry({.iana = "web,80,tcp,\nweb,80,udp,\nlonger,7,,\n,9,sctp,nothing\n",
                       .common = "WWW,80,,\n",
                       .local = "intranet,90,tcp,\nx,91,dccp,\n"});
}

std::vector<std::string> InOrder(const Registry& registry, const RecordRanks& ranks,
                                 const std::optional<Bitmap>& only) {
  std::vector<std::string> described;
  for (Rank rank = 0; rank < ranks.size(); ++rank) {
    if (only && !only->Test(rank)) continue;
    described.push_back(Describe(registry.record(ranks.record(rank))));
  }
  return described;
}

TEST(RecordRanksTest, LayerThenLengthThenListing) {
  const Registry registry = ThreeLayers();
  const RecordRanks ranks(registry);
  EXPECT_THAT(
      InOrder(registry, ranks, std::nullopt),
      ElementsAre("local 91/dccp x", "local 90/tcp intranet", "common 80 WWW",
                  "iana 9/sctp (nothing)", "iana 80/tcp web", "iana 80/udp web", "iana 7 longer"));
  for (RecordIndex record = 0; record < ranks.size(); ++record) {
    EXPECT_EQ(ranks.record(ranks.rank(record)), record);
  }
}

TEST(RecordRanksTest, WhatAnswersAQuestionAboutTransportAndLayers) {
  const Registry registry = ThreeLayers();
  const RecordRanks ranks(registry);
  const auto answering = [&](Transport transport, const std::vector<Layer>& layers) {
    return InOrder(registry, ranks, ranks.Answering(transport, layers));
  };
  EXPECT_EQ(ranks.Answering(Transport::kNone, {}), std::nullopt);
  EXPECT_THAT(answering(Transport::kTcp, {}), ElementsAre("local 90/tcp intranet", "common 80 WWW",
                                                          "iana 80/tcp web", "iana 7 longer"));
  EXPECT_THAT(answering(Transport::kNone, {Layer::kLocal}),
              ElementsAre("local 91/dccp x", "local 90/tcp intranet"));
  EXPECT_THAT(answering(Transport::kSctp, {Layer::kIana, Layer::kLocal, Layer::kIana}),
              ElementsAre("iana 9/sctp (nothing)", "iana 7 longer"));
  EXPECT_THAT(answering(Transport::kUdp, {Layer::kLocal}), IsEmpty());
}

TEST(RecordRanksTest, WhatAnswersAQuestionAboutAScope) {
  const Registry registry = MakeScopedRegistry(
      "a,1,tcp,,,,\nbb,2,udp,,,,eu\nccc,3,tcp,,,,eu/prod\ndddd,4,tcp,,,,us\n", "web,80,tcp,\n");
  const RecordRanks ranks(registry);
  const auto answering = [&](Transport transport, absl::string_view scope) {
    return InOrder(registry, ranks, ranks.Answering(transport, {}, scope));
  };
  EXPECT_THAT(answering(Transport::kNone, "eu/test"),
              ElementsAre("local 1/tcp a", "local 2/udp bb", "iana 80/tcp web"));
  EXPECT_THAT(answering(Transport::kTcp, "eu"),
              ElementsAre("local 1/tcp a", "local 3/tcp ccc", "iana 80/tcp web"));
  EXPECT_THAT(InOrder(registry, ranks, ranks.Answering(Transport::kNone, {Layer::kLocal}, "us")),
              ElementsAre("local 1/tcp a", "local 4/tcp dddd"));
}

}  // namespace
}  // namespace portreg
