// Reads commands in a process for each test, because Abseil accepts a program's usage
// message only once. The process writes what it has read to standard error.
#include "server/daemon/flags.h"

#include <cstdlib>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "common/text/version.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace portreg::server {
namespace {

using ::testing::AllOf;
using ::testing::ExitedWithCode;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kRefused = 3;

using Environment = std::map<std::string, std::string>;

[[noreturn]] void ReadAndTell(std::vector<std::string> arguments,
                              const Environment& environment = {}) {
  for (const char* name : {"LISTEN", "REFLECTION", "IANA_FILE", "LOCAL_FILE", "COMMON_FILE",
                           "ALLOW_FEWER_ROWS", "CHECK"}) {
    unsetenv(absl::StrCat("PORTREGD_", name).c_str());
  }
  for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
  arguments.insert(arguments.begin(), "portregd");
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  const int argc = static_cast<int>(argv.size());
  argv.push_back(nullptr);

  const absl::StatusOr<Command> command = ReadCommand(argc, argv.data());
  if (!command.ok()) {
    std::cerr << command.status() << std::endl;
    std::exit(kRefused);
  }
  std::cerr << "listen=" << absl::StrJoin(command->portregd.server.listen, " ")
            << " reflection=" << command->portregd.server.reflection
            << " iana_file=" << command->portregd.data.iana_file
            << " local_file=" << absl::StrJoin(command->portregd.data.local_files, "|")
            << " common_file=" << absl::StrJoin(command->portregd.data.common_files, "|")
            << " allow_fewer_rows=" << command->portregd.data.allow_fewer_rows
            << " check=" << command->check
            << " max_rows_listed=" << command->portregd.data.max_rows_listed
            << " help=" << command->help << " version=" << command->version
            << " unknown=" << absl::StrJoin(command->unknown_variables, " ") << "." << std::endl;
  std::exit(EXIT_SUCCESS);
}

class FlagsDeathTest : public ::testing::Test {
 protected:
  // The child runs the test from its start, because forking would copy only one thread.
  FlagsDeathTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

TEST_F(FlagsDeathTest, WithoutFlagsTheDefaultsHold) {
  EXPECT_EXIT(ReadAndTell({}), ExitedWithCode(0),
              HasSubstr(absl::StrCat("listen=", std::string(kDefaultAddress),
                                     " reflection=0 iana_file= local_file= common_file= "
                                     "allow_fewer_rows=0 "
                                     "check=0 max_rows_listed=10 help=0 version=0 unknown=.")));
}

TEST_F(FlagsDeathTest, EveryFlagIsRead) {
  EXPECT_EXIT(
      ReadAndTell({"--listen=127.0.0.1:0,unix:/run/s", "--reflection", "--iana_file=i.csv",
                   "--local_file", "l.csv", "--allow_fewer_rows", "--check"}),
      ExitedWithCode(0),
      HasSubstr("listen=127.0.0.1:0 unix:/run/s reflection=1 iana_file=i.csv "
                "local_file=l.csv common_file= allow_fewer_rows=1 check=1 max_rows_listed=20 "
                "help=0 version=0 unknown=."));
}

TEST_F(FlagsDeathTest, EveryFlagHasAVariable) {
  EXPECT_EXIT(
      ReadAndTell({}, {{"PORTREGD_LISTEN", "127.0.0.1:0,[::1]:0"},
                       {"PORTREGD_REFLECTION", "true"},
                       {"PORTREGD_IANA_FILE", "i.csv"},
                       {"PORTREGD_LOCAL_FILE", "l.csv"},
                       {"PORTREGD_ALLOW_FEWER_ROWS", "1"},
                       {"PORTREGD_CHECK", "yes"}}),
      ExitedWithCode(0),
      HasSubstr("listen=127.0.0.1:0 [::1]:0 reflection=1 iana_file=i.csv "
                "local_file=l.csv common_file= allow_fewer_rows=1 check=1 max_rows_listed=20 "
                "help=0 version=0 unknown=."));
}

TEST_F(FlagsDeathTest, TheCommandLineWinsOverVariables) {
  EXPECT_EXIT(
      ReadAndTell({"--listen=127.0.0.1:1", "--nocheck"}, {{"PORTREGD_LISTEN", "127.0.0.1:2"},
                                                          {"PORTREGD_CHECK", "true"},
                                                          {"PORTREGD_LOCAL_FILE", "l.csv"}}),
      ExitedWithCode(0),
      AllOf(HasSubstr("listen=127.0.0.1:1 "), HasSubstr("local_file=l.csv "),
            HasSubstr("check=0 ")));
}

TEST_F(FlagsDeathTest, AnEmptyVariableCountsAsNone) {
  EXPECT_EXIT(ReadAndTell({}, {{"PORTREGD_LISTEN", ""}, {"PORTREGD_CHECK", ""}}), ExitedWithCode(0),
              AllOf(HasSubstr(absl::StrCat("listen=", std::string(kDefaultAddress), " ")),
                    HasSubstr("check=0 ")));
}

TEST_F(FlagsDeathTest, FlagsMayBeWrittenWithHyphens) {
  EXPECT_EXIT(ReadAndTell({"--local-file=my-own.csv", "--allow-fewer-rows"}), ExitedWithCode(0),
              AllOf(HasSubstr("local_file=my-own.csv "), HasSubstr("allow_fewer_rows=1 ")));
}

TEST_F(FlagsDeathTest, FilesOfTablesAreListsAndMayBeGivenAgain) {
  EXPECT_EXIT(ReadAndTell({"--local_file=a,b/", "--common-file", "x", "--local-file", "c",
                           "-common_file=y"},
                          {{"PORTREGD_LOCAL_FILE", "not-this"}}),
              ExitedWithCode(0), HasSubstr("local_file=a|b/|c common_file=x|y "));
  EXPECT_EXIT(ReadAndTell({}, {{"PORTREGD_LOCAL_FILE", "a,b"}, {"PORTREGD_COMMON_FILE", "c"}}),
              ExitedWithCode(0), HasSubstr("local_file=a|b common_file=c "));
}

TEST_F(FlagsDeathTest, ACheckListsMoreUnusableRows) {
  EXPECT_EXIT(ReadAndTell({"--check"}), ExitedWithCode(0), HasSubstr("max_rows_listed=20 "));
  EXPECT_EXIT(ReadAndTell({}), ExitedWithCode(0), HasSubstr("max_rows_listed=10 "));
}

TEST_F(FlagsDeathTest, AnUnusableVariableIsNamed) {
  EXPECT_EXIT(ReadAndTell({}, {{"PORTREGD_CHECK", "perhaps"}}), ExitedWithCode(kRefused),
              HasSubstr("INVALID_ARGUMENT: PORTREGD_CHECK=\"perhaps\": expected true or false"));
}

TEST_F(FlagsDeathTest, AnArgumentThatIsNoFlagIsNamed) {
  EXPECT_EXIT(ReadAndTell({"--check", "443"}), ExitedWithCode(kRefused),
              HasSubstr("INVALID_ARGUMENT: unexpected argument \"443\""));
  EXPECT_EXIT(ReadAndTell({"--", "--help"}), ExitedWithCode(kRefused),
              HasSubstr("unexpected argument \"--help\""));
}

TEST_F(FlagsDeathTest, ValuesOutOfRangeAreNamedWithWhatIsAllowed) {
  const struct {
    const char* argument;
    const char* allowed;
  } cases[] = {
      {"--max_connections=0",
       "'0' specified for flag 'max_connections'; expected a whole number, 1 to 2147483647"},
      {"--max_connections=many", "expected a whole number, 1 to 2147483647"},
      {"--max_connections=2147483648", "expected a whole number, 1 to 2147483647"},
      {"--max_connections_per_peer=-1", "expected a whole number, 0 to 2147483647"},
      {"--max_calls=-5", "expected a whole number, 1 to 9223372036854775807"},
      {"--max_unread_bytes=0", "expected a whole number, 1 to "},
      {"--max_request_bytes=0", "expected a whole number, 1 to "},
      {"--max_metadata_bytes=1023", "expected a whole number, 1024 to 2147483647"},
      {"--max_registry_bytes=256", "expected a whole number, 1048576 to 9223372036854775807"},
      {"--memory_quota_bytes=256", "expected a whole number, 1048576 to 9223372036854775807"},
      {"--handshake_timeout=0", "expected a duration of 1ms or more, such as 500ms"},
      {"--handshake_timeout=10", "expected a duration of 1ms or more, such as 500ms"},
      {"--max_connection_age=-1s", "expected a duration of 1ms or more"},
      {"--reload_interval=-1s", "expected 0, or a duration of 10ms or more"},
      {"--reload_interval=1ns", "expected 0, or a duration of 10ms or more"},
      {"--drain_delay=-1s", "expected a duration of 0 or more"},
      {"--access_log=1.5", "expected a number, 0 to 1"},
      {"--access_log=nan", "expected a number, 0 to 1"},
      {"--log_format=xml", "expected text or json"},
  };
  for (const auto& c : cases) {
    // Abseil itself ends the process.
    EXPECT_EXIT(ReadAndTell({c.argument}), ExitedWithCode(1), HasSubstr(c.allowed)) << c.argument;
  }
}

TEST_F(FlagsDeathTest, FlagsOfTlsMustHaveAValue) {
  for (const char* flag : {"tls_cert", "tls_key", "tls_client_ca", "tls_allowed_clients"}) {
    const std::string refusal = absl::StrCat("INVALID_ARGUMENT: --", flag, " is empty; ");
    const std::string name = absl::StrCat("--", flag);
    const std::string hyphened = absl::StrReplaceAll(name, {{"_", "-"}});
    for (const std::string& argument : {name + "=", hyphened + "="}) {
      EXPECT_EXIT(ReadAndTell({argument.c_str()}), ExitedWithCode(kRefused), HasSubstr(refusal));
    }
    EXPECT_EXIT(ReadAndTell({name.c_str(), ""}), ExitedWithCode(kRefused), HasSubstr(refusal));
  }
}

TEST_F(FlagsDeathTest, AnEmptyFlagIsRefusedWithWhatItsAbsenceMeans) {
  const struct {
    const char* argument;
    const char* refusal;
  } cases[] = {
      {"--tls_cert=", "--tls_cert is empty; to serve without TLS, leave it out"},
      {"--tls_client_ca=",
       "--tls_client_ca is empty; to serve clients without a certificate too, leave it out"},
      {"--tls_allowed_clients=",
       "--tls_allowed_clients is empty; to serve every client that --tls_client_ca admits"},
      {"--iana_file=", "--iana_file is empty; to serve the embedded snapshot, leave it out"},
      {"--ranges_file=", "--ranges_file is empty; to use the embedded range rules, leave it out"},
      {"--local_file=",
       "--local_file has an empty path; to serve without assignments of your own, leave it out"},
      {"--local-file=,", "--local_file has an empty path"},
      {"--local_file=a,", "--local_file has an empty path"},
      {"--common_file=", "--common_file has an empty path"},
      {"--common_file=,", "--common_file has an empty path"},
  };
  for (const auto& c : cases) {
    EXPECT_EXIT(ReadAndTell({c.argument}), ExitedWithCode(kRefused), HasSubstr(c.refusal))
        << c.argument;
  }
  EXPECT_EXIT(ReadAndTell({"--local_file=a", "--local_file", ""}), ExitedWithCode(kRefused),
              HasSubstr("--local_file has an empty path"));
  EXPECT_EXIT(ReadAndTell({}, {{"PORTREGD_LOCAL_FILE", ","}}), ExitedWithCode(kRefused),
              HasSubstr("--local_file has an empty path"));
  // An empty variable counts as not set.
  EXPECT_EXIT(ReadAndTell({}, {{"PORTREGD_LOCAL_FILE", ""}, {"PORTREGD_IANA_FILE", ""}}),
              ExitedWithCode(0), HasSubstr("iana_file= local_file= "));
}

TEST_F(FlagsDeathTest, VariablesOfTlsMustHaveAValue) {
  for (const char* name : {"PORTREGD_TLS_CERT", "PORTREGD_TLS_KEY", "PORTREGD_TLS_CLIENT_CA",
                           "PORTREGD_TLS_ALLOWED_CLIENTS"}) {
    const std::string refusal = absl::StrCat("INVALID_ARGUMENT: ", name, " is empty; ");
    EXPECT_EXIT(ReadAndTell({}, {{name, ""}}), ExitedWithCode(kRefused), HasSubstr(refusal));
  }
  // A misspelt variable is refused too.
  EXPECT_EXIT(ReadAndTell({}, {{"PORTREGD_TLS_CLIENT_CAS", ""}}), ExitedWithCode(kRefused),
              HasSubstr("\"PORTREGD_TLS_CLIENT_CAS\" sets no flag"));
}

TEST_F(FlagsDeathTest, BoundsAreAllowed) {
  EXPECT_EXIT(ReadAndTell({"--max_connections=1", "--max_connections_per_peer=0",
                           "--max_calls=9223372036854775807", "--handshake_timeout=1ms",
                           "--max_connection_age=inf", "--reload_interval=0", "--drain_delay=0",
                           "--access_log=1", "--log_format=json"}),
              ExitedWithCode(0), HasSubstr("listen="));
}

TEST_F(FlagsDeathTest, AVariableOutOfRangeIsNamedWithWhatIsAllowed) {
  EXPECT_EXIT(ReadAndTell({}, {{"PORTREGD_MAX_CALLS", "0"}}), ExitedWithCode(kRefused),
              AllOf(HasSubstr("INVALID_ARGUMENT: PORTREGD_MAX_CALLS=\"0\": "),
                    HasSubstr("expected a whole number, 1 to ")));
}

TEST_F(FlagsDeathTest, VariablesThatStandForNoFlagAreTold) {
  EXPECT_EXIT(ReadAndTell({}, {{"PORTREGD_LISTENS", "x"}, {"PORTREGD_PORT", ""}, {"PORTREG", "x"}}),
              ExitedWithCode(0), HasSubstr(" unknown=PORTREGD_LISTENS."));
}

TEST_F(FlagsDeathTest, AVariableOfTlsThatStandsForNoFlagIsRefused) {
  for (const char* name : {"PORTREGD_TLS_CRT", "PORTREGD_tls_cert", "portregd_tls_key"}) {
    EXPECT_EXIT(ReadAndTell({}, {{name, "x"}}), ExitedWithCode(kRefused),
                HasSubstr(absl::StrCat("INVALID_ARGUMENT: variable \"", name, "\" sets no flag")));
  }
}

TEST_F(FlagsDeathTest, AnUnknownFlagEndsTheProcess) {
  EXPECT_EXIT(ReadAndTell({"--no_such_flag"}), ExitedWithCode(1), HasSubstr("no_such_flag"));
}

TEST_F(FlagsDeathTest, ASwitchNeedsTrueOrFalse) {
  EXPECT_EXIT(ReadAndTell({"--check=perhaps"}), ExitedWithCode(kRefused),
              HasSubstr("INVALID_ARGUMENT: --check \"perhaps\" is not true or false"));
  EXPECT_EXIT(ReadAndTell({"--allow-fewer-rows=7x"}), ExitedWithCode(kRefused),
              HasSubstr("--allow_fewer_rows \"7x\" is not true or false"));
}

TEST_F(FlagsDeathTest, HelpIsAskedForInSeveralWays) {
  for (const char* flag : {"--help", "-help", "-h", "--help=1", "--help=true"}) {
    EXPECT_EXIT(ReadAndTell({"--check", flag}), ExitedWithCode(0),
                HasSubstr("help=1 version=0 unknown=."))
        << flag;
  }
}

TEST_F(FlagsDeathTest, TheVersionIsAskedFor) {
  for (const char* flag : {"--version", "-version", "--version=1"}) {
    EXPECT_EXIT(ReadAndTell({"--check", flag}), ExitedWithCode(0), HasSubstr("help=0 version=1 "))
        << flag;
  }
}

TEST(HelpTextTest, NamesEveryFlagWithItsDefaultAndItsGroup) {
  const std::string help = HelpText();
  const char* const parts[] = {
      "\nListening:\n",
      "\n  --listen=127.0.0.1:6335\n      where to listen: ",
      "\n  --reflection=false\n      ",
      "\nData:\n",
      "\n  --iana_file\n      ",
      "\n  --local_file\n      ",
      "\n  --allow_fewer_rows=false\n      ",
      "\n  --check=false\n      ",
      "\n  --version\n",
      "\n  --help\n",
  };
  size_t at = 0;
  for (const char* part : parts) {
    at = help.find(part, at);
    ASSERT_NE(at, std::string::npos) << part << "\n" << help;
  }
  EXPECT_THAT(help, HasSubstr(std::string(Version())));
  EXPECT_THAT(help, HasSubstr("PORTREGD_LISTEN"));
  EXPECT_THAT(help, Not(HasSubstr("\t")));
}

}  // namespace
}  // namespace portreg::server
