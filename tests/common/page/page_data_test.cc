#include "common/page/page_data.h"

#include <cstddef>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/common/test_layers.h"

namespace portreg {
namespace {

using Json = nlohmann::ordered_json;

TEST(PageDataTest, CountsSourcesUsesAndClasses) {
  const Json data = PageData(EmbeddedRegistry());
  EXPECT_EQ(data["revision"], EmbeddedRegistry().revision());
  std::vector<std::string> sources;
  size_t records = 0;
  for (const Json& each : data["sources"]) {
    sources.push_back(each["source"]);
    records += each["records"].get<size_t>();
  }
  EXPECT_EQ(sources, (std::vector<std::string>{"software defaults", "table of common ports",
                                               "IANA registry"}));
  EXPECT_EQ(records, EmbeddedRegistry().records().size());
  ASSERT_EQ(data["classes"].size(), 3U);
  EXPECT_EQ(data["classes"][1]["first"], 1024);
  size_t ports = 0;
  for (const Json& use : data["uses"]) ports += use["ports"].get<size_t>();
  EXPECT_EQ(ports, kPortCount);
}

TEST(PageDataTest, StatesHaveTwoBitsForEachTransport) {
  const Registry registry = MakeRegistry({.iana = "web,0,udp,\n"});
  const Json data = PageData(registry);
  // Port 0: reserved on tcp, sctp and dccp, assigned on udp.
  EXPECT_EQ(data["states_of_port"][0], 1);
  EXPECT_EQ(data["states_of_port"][1], 0b01'01'00'01);
  EXPECT_EQ(data["use_of_port"][1], 3);
}

TEST(PageDataTest, RegistryWithoutRecords) {
  const Registry registry = MakeRegistry({});
  const Json data = PageData(registry);
  EXPECT_TRUE(data["sources"].empty());
  EXPECT_TRUE(data["records"]["first"].empty());
}

}  // namespace
}  // namespace portreg
