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

}  // namespace
}  // namespace portreg
