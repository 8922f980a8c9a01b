#include "client/cli/flags/import_flags.h"

#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/flags/flags.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace portreg::cli {
namespace {

using ::testing::HasSubstr;

absl::StatusOr<Invocation> ReadArguments(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "portreg");
  std::vector<char*> argv;
  argv.reserve(arguments.size());
  for (std::string& argument : arguments) argv.push_back(argument.data());
  return ReadInvocation(static_cast<int>(argv.size()), argv.data());
}

TEST(ImportFlagsTest, FlagsAreRead) {
  const absl::StatusOr<Invocation> invocation = ReadArguments(
      {"import", "-", "--columns", "Port=Port Number,App=Service Name", "--columns=Type=-",
       "--transport=tcp/udp", "--protocol", "HTTP=tcp,DNS=tcp/udp", "--encoding=windows-1252"});
  ASSERT_TRUE(invocation.ok()) << invocation.status();
  EXPECT_EQ(invocation->verb, Verb::kImport);
  EXPECT_EQ(invocation->keys, std::vector<std::string>{"-"});
  const ImportOptions& import = invocation->import;
  ASSERT_EQ(import.columns.size(), 3);
  EXPECT_EQ(import.columns[1].title, "App");
  EXPECT_EQ(import.columns[1].own, kServiceNameColumn);
  EXPECT_EQ(import.columns[2].own, std::nullopt);
  EXPECT_EQ(ToString(import.transports), "tcp/udp");
  EXPECT_EQ(ToString(*import.words.Find("dns")), "tcp/udp");
  EXPECT_EQ(import.encoding, TextEncoding::kWindows1252);
}

TEST(ImportFlagsTest, BadFlagsAreRefusedWithWhatIsAllowed) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> lines = {
      {{"import"}, "import reads one file, or - for standard input; 0 are given"},
      {{"import", "a", "b"}, "2 are given"},
      {{"import", "a", "--columns=App"}, "is not TITLE=COLUMN"},
      {{"import", "a", "--columns=App=Name"}, "is not Service Name, Port Number"},
      {{"import", "a", "--protocol=HTTP"}, "is not NAME=TRANSPORT"},
      {{"import", "a", "--protocol=HTTP=grpc"}, "allowed are tcp, udp, sctp, dccp"},
      {{"import", "a", "--transport=icmp"}, "--transport=icmp is not tcp, udp, sctp, dccp"},
      {{"import", "a", "--transport="}, "--transport is empty"},
      {{"import", "a", "--encoding=latin1"}, "is not utf-8, utf-16, utf-16le"},
      {{"import", "a", "--encoding="}, "--encoding is empty"},
      {{"import", "a", "--layer=local"}, "--layer does not belong to import"},
      {{"import", "a", "--target=x:1"}, "--target does not belong to import"},
      {{"import", "a", "-ojson"}, "--output does not belong to import"},
      {{"443", "--encoding=utf-8"}, "--encoding belongs to import"},
      {{"443", "--columns=a=Owner"}, "--columns belongs to export and import"},
      {{"list", "80", "--transport=tcp"}, "--transport belongs to import and suggest"}};
  for (const auto& [arguments, why] : lines) {
    const absl::Status status = ReadArguments(arguments).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), HasSubstr(why));
  }
}

TEST(ImportFlagsTest, VariablesOfServersDoNotMatter) {
  setenv("PORTREG_TIMEOUT", "broken", 1);
  EXPECT_TRUE(ReadArguments({"import", "a"}).ok());
  EXPECT_FALSE(ReadArguments({"443"}).ok());
  unsetenv("PORTREG_TIMEOUT");
}

}  // namespace
}  // namespace portreg::cli
