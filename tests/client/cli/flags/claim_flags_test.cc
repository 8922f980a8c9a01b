#include "client/cli/flags/claim_flags.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_join.h"
#include "client/cli/flags/flags.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace portreg::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

absl::StatusOr<Invocation> ReadClaimLine(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "portreg");
  std::vector<char*> argv;
  argv.reserve(arguments.size());
  for (std::string& argument : arguments) argv.push_back(argument.data());
  return ReadInvocation(static_cast<int>(argv.size()), argv.data());
}

TEST(ClaimFlagsTest, FlagsOfCheckAreRead) {
  const absl::StatusOr<Invocation> claims =
      ReadClaimLine({"check", "7100/tcp", "--service=billing", "--owner=pay", "--scope=eu",
                     "--allow=linux-ephemeral,repetition", "--strict", "-osarif"});
  ASSERT_TRUE(claims.ok()) << claims.status();
  EXPECT_EQ(claims->verb, Verb::kCheck);
  EXPECT_EQ(claims->claims.service, "billing");
  EXPECT_EQ(claims->claims.owner, "pay");
  EXPECT_EQ(claims->scope, "eu");
  EXPECT_THAT(claims->claims.allowed_rules, ElementsAre("linux-ephemeral", "repetition"));
  EXPECT_TRUE(claims->claims.strict);
  EXPECT_EQ(claims->format, Format::kSarif);
  const absl::StatusOr<Invocation> tables =
      ReadClaimLine({"check", "--file=a.csv,b.csv", "--file=folder"});
  ASSERT_TRUE(tables.ok()) << tables.status();
  EXPECT_THAT(tables->claims.files, ElementsAre("a.csv", "b.csv", "folder"));
}

TEST(ClaimFlagsTest, FlagsOfSuggestAreRead) {
  const absl::StatusOr<Invocation> invocation = ReadClaimLine(
      {"suggest", "7100-7149", "--count=3", "--adjacent", "--transport=tcp/udp", "--within-blocks",
       "--owner=pay", "--for=checkout", "--accept=exporter-list,dynamic", "--this-host"});
  ASSERT_TRUE(invocation.ok()) << invocation.status();
  const ClaimOptions& claims = invocation->claims;
  EXPECT_EQ(invocation->count, 3);
  EXPECT_TRUE(claims.adjacent && claims.within_blocks && claims.this_host);
  EXPECT_THAT(claims.transports, ElementsAre(Transport::kTcp, Transport::kUdp));
  EXPECT_EQ(claims.key, "checkout");
  EXPECT_EQ(claims.accepted.count(), 2);
  EXPECT_TRUE(claims.accepted.test(static_cast<size_t>(AdvisoryKind::kExporterList)));
}

TEST(ClaimFlagsTest, BadFlagsAreRefusedWithWhatIsAllowed) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> lines = {
      {{"check"}, "check needs a claim, such as 7100/tcp, or --file=TABLE"},
      {{"check", "--file="}, "--file"},
      {{"check", "--file=,"}, "--file names no table"},
      {{"check", "7100", "--file=a.csv"}, "check takes claims or --file, not both: \"7100\""},
      {{"check", "--file", "a.csv", "b.csv"}, "\"b.csv\" is a claim; commas stand between tables"},
      {{"check", "--file=a.csv", "--owner=pay"}, "--owner belongs to claims"},
      {{"check", "--file=a.csv", "--scope=eu"}, "--scope belongs to claims"},
      {{"check", "7100", "--allow=ephemeral"},
       "--allow=\"ephemeral\" is not taken-locally, iana-assigned, "},
      {{"check", "7100", "--allow=unusable-row"}, "claims-collide, repetition or unread-column"},
      {{"check", "7100", "--short"}, "--short does not belong to check; see check --help"},
      {{"check", "7100", "--layer=iana"}, "--layer does not belong to check"},
      {{"check", "7100", "--adjacent"}, "--adjacent belongs to suggest"},
      {{"check", "7100", "-ocsv"}, "is not table, json, ndjson, github or sarif, which check has"},
      {{"check", "7100", "--service=" + std::string(65, 'a')}, "has 65 bytes, at most 64"},
      {{"check", "7100", "--owner=" + std::string(257, 'a')}, "has 257 bytes, at most 256"},
      {{"check", "7100", "--owner=\xE4"}, "is not UTF-8"},
      {{"check", "7100", "--scope=/eu"}, "/eu"},
      {{"suggest", "--count=0"}, "--count=0 is out of range [1, 100]"},
      {{"suggest", "--count=101"}, "--count=101 is out of range [1, 100]"},
      {{"suggest", "--accept=taken-locally"}, "--accept=\"taken-locally\" is not iana-assigned, "},
      {{"suggest", "--accept=nodeport"}, "past-until or deprecated-locally"},
      {{"suggest", "--for=" + std::string(257, 'a')}, "has 257 bytes, at most 256"},
      {{"suggest", "--transport=icmp"}, "--transport=icmp is not tcp, udp, sctp, dccp"},
      {{"suggest", "--within-blocks"}, "--within-blocks needs --owner"},
      {{"suggest", "7100", "7200"}, "suggest takes one range; 2 are given"},
      {{"suggest", "--strict"}, "--strict belongs to check"},
      {{"list", "--file=a.csv"}, "--file belongs to check and to export --format=html"},
      {{"suggest", "--no-headers"}, "--no-headers does not belong to suggest"},
      {{"443", "--owner=pay"}, "--owner belongs to check and suggest"},
      {{"443", "--this-host"}, "--this-host belongs to suggest"},
      {{"443", "--count=3"}, "--count belongs to watch and suggest"}};
  for (const auto& [arguments, reason] : lines) {
    SCOPED_TRACE(absl::StrJoin(arguments, " "));
    EXPECT_THAT(std::string(ReadClaimLine(arguments).status().message()), HasSubstr(reason));
  }
}

}  // namespace
}  // namespace portreg::cli
