#include "client/cli/flags/annotate_flags.h"

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

absl::StatusOr<Invocation> ReadAnnotateLine(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "portreg");
  std::vector<char*> argv;
  argv.reserve(arguments.size());
  for (std::string& argument : arguments) argv.push_back(argument.data());
  return ReadInvocation(static_cast<int>(argv.size()), argv.data());
}

TEST(AnnotateFlagsTest, FlagsAreRead) {
  const absl::StatusOr<Invocation> invocation = ReadAnnotateLine(
      {"annotate", "a.log", "b.log", "--format=vpc", "--fields=${srcport} ${dstport},protocol",
       "--source_port_field=a.b", "--destination-port-field=c", "--protocol-field=d", "--prefix=x.",
       "--both", "--threads=3", "--layer=local,iana", "--scope=eu"});
  ASSERT_TRUE(invocation.ok()) << invocation.status();
  EXPECT_EQ(invocation->verb, Verb::kAnnotate);
  EXPECT_THAT(invocation->keys, ElementsAre("a.log", "b.log"));
  const AnnotateOptions& options = invocation->annotate;
  EXPECT_EQ(options.format, FlowFormat::kVpc);
  EXPECT_THAT(options.fields, ElementsAre("srcport", "dstport", "protocol"));
  EXPECT_EQ(options.source_port_field, "a.b");
  EXPECT_EQ(options.destination_port_field, "c");
  EXPECT_EQ(options.protocol_field, "d");
  EXPECT_EQ(options.prefix, "x.");
  EXPECT_TRUE(options.both);
  EXPECT_FALSE(options.follow);
  EXPECT_EQ(options.threads, 3);
  EXPECT_EQ(invocation->scope, "eu");
  EXPECT_TRUE(ReadAnnotateLine({"annotate", "--follow", "a.log"})->annotate.follow);
}

TEST(AnnotateFlagsTest, BadFlagsAreRefusedWithWhatIsAllowed) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> lines = {
      {{"annotate", "--format=pcap"},
       "--format=pcap is not auto, vpc, zeek, nfdump, eve, ndjson, csv or tsv"},
      {{"annotate", "--fields=a"}, "--fields needs --format=vpc, nfdump, csv or tsv"},
      {{"annotate", "--format=zeek", "--fields=a"}, "--fields needs --format="},
      {{"annotate", "--threads=0"}, "--threads=0 is out of range [1, 64]"},
      {{"annotate", "--threads=65"}, "--threads=65 is out of range [1, 64]"},
      {{"annotate", "--threads=x"}, "--threads"},
      {{"annotate", "--prefix=a b"}, "letters, digits, hyphens, underscores and dots"},
      {{"annotate", "--follow"}, "--follow takes one file, and 0 are given"},
      {{"annotate", "--follow", "a", "b"}, "--follow takes one file, and 2 are given"},
      {{"annotate", "--follow", "-"}, "a pipe is followed without it"},
      {{"annotate", "-ojson"}, "--output does not belong to annotate"},
      {{"annotate", "--owner=x"}, "--owner does not belong to annotate"},
      {{"annotate", "--columns=a=b"}, "--columns"},
      {{"443", "--both"}, "--both belongs to annotate"},
      {{"list", "--prefix=x"}, "--prefix belongs to annotate"},
      {{"list", "--format=csv"}, "--format belongs to export and annotate"},
      {{"export", "--format=vpc"}, "is not services"}};
  for (const auto& [line, message] : lines) {
    const absl::StatusOr<Invocation> invocation = ReadAnnotateLine(line);
    EXPECT_EQ(invocation.status().code(), absl::StatusCode::kInvalidArgument)
        << absl::StrJoin(line, " ");
    EXPECT_THAT(invocation.status().message(), HasSubstr(message)) << absl::StrJoin(line, " ");
  }
}

}  // namespace
}  // namespace portreg::cli
