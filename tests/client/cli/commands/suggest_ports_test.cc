// Suggests ports from a registry with an own table.
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/cli/registry_source.h"
#include "tests/client/cli/run_command.h"

namespace portreg::cli {
namespace {

using ::testing::HasSubstr;

// IANA has assigned 7100 and 7101, and also 7107 on UDP, which reserves it on TCP.
constexpr absl::string_view kTaken =
    "Service Name,Port Number,Transport Protocol,Description,Owner\n"
    "orders,7102,tcp,Order intake,blue@example.net\n"
    "orders-admin,7103,tcp,Order intake console,blue@example.net\n"
    "ledger,7104-7105,,Ledger replicas,green@example.net\n"
    ",7140-7149,tcp,Block of red,red@example.net\n";

TEST(SuggestPortsTest, FindsTheFirstFreePorts) {
  RegistrySource source(kTaken);
  const CommandOutcome plain =
      RunCommand({"suggest", "--count=3", "--transport=tcp", "7100-7149", "--short"}, source);
  EXPECT_EQ(plain.out, "7106\n7108\n7109\n");
  EXPECT_EQ(plain.err, "");
  EXPECT_EQ(plain.code, 0);
  const CommandOutcome table = RunCommand({"suggest", "7100-7149/tcp"}, source);
  EXPECT_THAT(table.out, ::testing::StartsWith("7106/tcp  unassigned by IANA: "));
  const CommandOutcome adjacent =
      RunCommand({"suggest", "--adjacent", "--count=2", "7100-7149/tcp", "--short"}, source);
  EXPECT_EQ(adjacent.out, "7108\n7109\n");
}

TEST(SuggestPortsTest, ALackOfPortsIsExplained) {
  RegistrySource source(kTaken);
  const CommandOutcome none = RunCommand({"suggest", "7100-7105/tcp"}, source);
  EXPECT_EQ(none.code, 2);
  EXPECT_EQ(none.out, "");
  EXPECT_EQ(none.err,
            "portreg: no port to suggest in 7100-7105: 0 of 6 ports are free; others: "
            "taken-locally 4, iana-assigned 2, commonly-used 1\n");
  const CommandOutcome few =
      RunCommand({"suggest", "7100-7106/tcp", "--count=2", "--short"}, source);
  EXPECT_EQ(few.code, 2);
  EXPECT_EQ(few.out, "7106\n");
  EXPECT_THAT(few.err, HasSubstr("only 1 of 2 to suggest in 7100-7106: 1 of 7 ports are free"));
  const CommandOutcome apart =
      RunCommand({"suggest", "7106-7108/tcp", "--count=2", "--adjacent"}, source);
  EXPECT_EQ(apart.code, 2);
  EXPECT_THAT(apart.err, HasSubstr("no 2 neighbouring ports to suggest in 7106-7108: 2 of 3"));
}

TEST(SuggestPortsTest, AcceptedKindsAndBlocksWidenTheChoice) {
  RegistrySource source(kTaken);
  EXPECT_EQ(
      RunCommand({"suggest", "7100-7149/tcp", "--short", "--accept=iana-assigned"}, source).out,
      "7101\n");
  EXPECT_EQ(RunCommand({"suggest", "7100-7149/tcp", "--short", "--within-blocks",
                        "--owner=red@example.net"},
                       source)
                .out,
            "7140\n");
  // The block is taken for other owners.
  EXPECT_EQ(RunCommand({"suggest", "7140-7149/tcp", "--owner=blue@example.net"}, source).code, 2);
}

TEST(SuggestPortsTest, AKeyKeepsItsPort) {
  RegistrySource source(kTaken);
  const std::string all =
      RunCommand({"suggest", "7106-7139/tcp", "--for=checkout", "--count=100", "--short"}, source)
          .out;
  const std::string first = all.substr(0, all.find('\n') + 1);
  EXPECT_EQ(RunCommand({"suggest", "7106-7139/tcp", "--for=checkout", "--short"}, source).out,
            first);
  EXPECT_EQ(
      RunCommand({"suggest", "7106-7139/tcp", "--for=checkout", "--short", "--this-host"}, source)
          .out,
      first);
  EXPECT_NE(
      all, RunCommand({"suggest", "7106-7139/tcp", "--for=other", "--count=100", "--short"}, source)
               .out);
}

TEST(SuggestPortsTest, JsonIsTheAnswer) {
  RegistrySource source(kTaken);
  const CommandOutcome line = RunCommand({"suggest", "7100-7106/tcp", "-o", "ndjson"}, source);
  EXPECT_THAT(line.out, ::testing::StartsWith("{\"ports\":[7106],\"candidateCount\":7,"
                                              "\"freeCount\":1,\"refusals\":["));
  EXPECT_THAT(RunCommand({"suggest", "7100-7106/tcp", "-o", "json"}, source).out,
              HasSubstr("\n \"freeCount\": 1,\n"));
}

TEST(SuggestPortsTest, UnusableRangesAreRefused) {
  RegistrySource source(kTaken);
  for (const auto& [key, reason] :
       {std::pair("https", "is not a port or a range, which suggest needs"),
        std::pair("7149-7100", "7149"), std::pair("70000", "out of range"),
        std::pair("7100-7109,7120", "suggest takes one range; 2 are given")}) {
    const CommandOutcome outcome = RunCommand({"suggest", key}, source);
    EXPECT_EQ(outcome.code, 1) << key;
    EXPECT_THAT(outcome.err, HasSubstr(reason));
  }
  const CommandOutcome twice = RunCommand({"suggest", "7100/tcp", "--transport=udp"}, source);
  EXPECT_EQ(twice.code, 1);
  EXPECT_THAT(twice.err, HasSubstr("states a transport, and so does --transport"));
  EXPECT_EQ(source.calls(), 0);
}

}  // namespace
}  // namespace portreg::cli
