#include "client/cli/flags/lookup_flags.h"

#include <cstdlib>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/flags/flags.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace portreg::cli {
namespace {

using ::testing::HasSubstr;

absl::StatusOr<Invocation> ReadExport(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"portreg", "export"});
  std::vector<char*> argv;
  argv.reserve(arguments.size());
  for (std::string& argument : arguments) argv.push_back(argument.data());
  return ReadInvocation(static_cast<int>(argv.size()), argv.data());
}

TEST(LookupFlagsTest, KeysAndColumnsAreRead) {
  for (const auto& [argument, key, columns] :
       std::vector<std::tuple<std::string, LookupKey, size_t>>{
           {"--layer=iana", LookupKey::kSlot, 5},
           {"--key=slot", LookupKey::kSlot, 5},
           {"--key=number", LookupKey::kNumber, 6},
           {"--key=port", LookupKey::kPort, 2},
           {"--columns=service,slot", LookupKey::kSlot, 2}}) {
    const absl::StatusOr<Invocation> read = ReadExport({"--format=lookup-csv", argument});
    ASSERT_TRUE(read.ok()) << argument << ": " << read.status();
    EXPECT_EQ(read->lookup_table.key, key);
    EXPECT_EQ(read->lookup_table.columns.size(), columns);
    EXPECT_FALSE(read->client.tls.has_value());
  }
}

TEST(LookupFlagsTest, KeyOfATableAndPrivateKeyDoNotDisturbEachOther) {
  const absl::StatusOr<Invocation> read = ReadExport(
      {"--format=json", "--key=k.pem", "--key=port", "--cert=c.pem", "--format=lookup-json"});
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->lookup_table.key, LookupKey::kPort);
  EXPECT_EQ(read->client.tls->key_file, "k.pem");
  EXPECT_EQ(ReadExport({"--format=services", "--key=port", "--cert=c.pem"})->client.tls->key_file,
            "port");
  setenv("PORTREG_KEY", "slot", 1);
  setenv("PORTREG_CERT", "c.pem", 1);
  EXPECT_EQ(ReadExport({"--format=lookup-csv", "--key=number"})->client.tls->key_file, "slot");
  unsetenv("PORTREG_KEY");
  unsetenv("PORTREG_CERT");
}

TEST(LookupFlagsTest, LastKeyCounts) {
  EXPECT_EQ(ReadExport({"--format=lookup-yaml", "--key=port", "--key", "number"})->lookup_table.key,
            LookupKey::kNumber);
}

TEST(LookupFlagsTest, BadFlagsAreRefusedWithWhatIsAllowed) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> lines = {
      {{"--format=lookup-csv", "--key=ports"},
       "--key=\"ports\" is not slot, number or port; a private key of TLS needs --cert"},
      {{"--format=services", "--key=port"},
       "--key=port belongs to --format=lookup-csv, lookup-json and lookup-yaml"},
      {{"--format=csv", "--columns=slot"},
       "--columns belongs to --format=lookup-csv, lookup-json and lookup-yaml"},
      {{"--format=lookup-csv", "--columns=slot,nix"}, "\"nix\" is not COLUMN or TITLE=COLUMN"},
      {{"--format=lookup-csv", "--columns="}, "--columns is empty"},
      {{"--format=lookup-csv", "--columns=slot,,service"}, "\"\" is not COLUMN"},
      {{"--format=lookup-csv", "--columns=port,service"},
       "--columns tells no slots apart: it needs slot, or port with transport or protocol"},
      {{"--format=lookup-csv", "--key=port", "--columns=service"}, "--columns lacks port"},
      {{"--format=lookup-csv", "--key=port", "--columns=port,slot"}, "which --key=port has"},
      {{"--format=lookup-yaml", "--columns=slot"}, "--columns has no column besides those of the"},
      {{"--format=lookup-json", "--no-headers"}, "export takes --format, not -o"},
      {{"--format=lookup-json", "--reserve-over-half"}, "belongs to --format=sysctl-reserved"}};
  for (const auto& [arguments, why] : lines) {
    const absl::Status status = ReadExport(arguments).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << why;
    EXPECT_THAT(std::string(status.message()), HasSubstr(why));
  }
}

}  // namespace
}  // namespace portreg::cli
