#include "client/cli/flags/flags.h"

#include <cstdlib>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "common/model/port.h"
#include "common/text/version.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace portreg::cli {
namespace {

using ::testing::HasSubstr;

std::string Describe(const Invocation& invocation) {
  std::string text = absl::StrCat("verb ", static_cast<int>(invocation.verb), "\n", "keys [",
                                  absl::StrJoin(invocation.keys, "|"), "]\n", "format ",
                                  static_cast<int>(invocation.format), "\n");
  if (invocation.brief) absl::StrAppend(&text, "brief\n");
  if (invocation.no_headers) absl::StrAppend(&text, "no headers\n");
  if (invocation.details) absl::StrAppend(&text, "details\n");
  if (invocation.color != ColorMode::kAuto) {
    absl::StrAppend(&text, "color ", static_cast<int>(invocation.color), "\n");
  }
  if (invocation.verb == Verb::kSearch) {
    absl::StrAppend(&text, "at most ", invocation.max_results, "\n");
  }
  if (invocation.verb == Verb::kExport) {
    absl::StrAppend(&text, "export ", static_cast<int>(invocation.export_format), "\n");
  }
  for (const auto& [name, value] : invocation.call.metadata) {
    absl::StrAppend(&text, "header ", name, "=", value, "\n");
  }
  if (invocation.reserve_over_half) absl::StrAppend(&text, "over half\n");
  if (invocation.portless) absl::StrAppend(&text, "portless\n");
  if (invocation.map) absl::StrAppend(&text, "map\n");
  if (invocation.offline) absl::StrAppend(&text, "offline\n");
  for (const Layer layer : invocation.layers) {
    absl::StrAppend(&text, "layer ", ToString(layer), "\n");
  }
  if (!invocation.scope.empty()) absl::StrAppend(&text, "scope ", invocation.scope, "\n");
  const ClientOptions& client = invocation.client;
  absl::StrAppend(&text, "target ", client.target, "\n", "timeout ",
                  absl::FormatDuration(client.timeout), " ",
                  absl::FormatDuration(client.list_timeout), "\n", "user agent ", client.user_agent,
                  "\n", client.health_check ? "health check\n" : "no health check\n");
  if (client.tls) {
    absl::StrAppend(&text, "tls [", client.tls->ca_file, "|", client.tls->cert_file, "|",
                    client.tls->key_file, "|", client.tls->server_name, "]\n");
  } else {
    absl::StrAppend(&text, "plaintext\n");
  }
  return text;
}

absl::StatusOr<Invocation> Read(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "portreg");
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  return ReadInvocation(static_cast<int>(argv.size()) - 1, argv.data());
}

constexpr const char* kVariables[] = {"PORTREG_TARGET",      "PORTREG_OFFLINE", "PORTREG_TIMEOUT",
                                      "PORTREG_CACERT",      "PORTREG_CERT",    "PORTREG_KEY",
                                      "PORTREG_SERVER_NAME", "TRACEPARENT"};

// Unsets the variables that the tool reads.
class FlagsTest : public ::testing::Test {
 protected:
  FlagsTest() { Unset(); }
  ~FlagsTest() override { Unset(); }

  static void Unset() {
    for (const char* const variable : kVariables) unsetenv(variable);
  }
};

struct FlagsRow {
  std::vector<std::string> arguments;
  std::string expected;
};

void ExpectRead(const std::vector<FlagsRow>& table) {
  for (const FlagsRow& row : table) {
    SCOPED_TRACE(absl::StrJoin(row.arguments, " "));
    const absl::StatusOr<Invocation> invocation = Read(row.arguments);
    ASSERT_TRUE(invocation.ok()) << invocation.status();
    EXPECT_THAT(Describe(*invocation), HasSubstr(row.expected));
  }
}

void ExpectRefused(const std::vector<FlagsRow>& table) {
  for (const FlagsRow& row : table) {
    SCOPED_TRACE(absl::StrJoin(row.arguments, " "));
    const absl::Status status = Read(row.arguments).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), HasSubstr(row.expected));
  }
}

TEST_F(FlagsTest, KeysAloneAreALookupWithDefaults) {
  ExpectRead({{{"443", "https/tcp"},
               absl::StrCat("verb 0\nkeys [443|https/tcp]\nformat 0\ntarget ", kDefaultAddress,
                            "\ntimeout 2s 30s\nuser agent portreg/", Version(),
                            "\nno health check\nplaintext\n")}});
}

TEST_F(FlagsTest, VerbsAreTheFirstArgument) {
  ExpectRead({
      {{"lookup", "list"}, "verb 0\nkeys [list]\n"},
      {{"classify", "443"}, "verb 1\nkeys [443]\n"},
      {{"list"}, "verb 2\nkeys []\n"},
      {{"list", "80-90", "443"}, "verb 2\nkeys [80-90|443]\n"},
      {{"search", "web", "proxy"}, "verb 3\nkeys [web|proxy]\n"},
      {{"info"}, "verb 4\nkeys []\n"},
      {{"export", "--format=json", "20-21"}, "verb 5\nkeys [20-21]\n"},
      {{"import", "a.csv"}, "verb 6\nkeys [a.csv]\n"},
      {{"watch"}, "verb 7\nkeys []\n"},
      {{"audit", "a.txt", "-"}, "verb 8\nkeys [a.txt|-]\n"},
      {{"help"}, absl::StrCat("verb ", static_cast<int>(Verb::kHelp), "\n")},
      {{"lookup", "search", "export"}, "verb 0\nkeys [search|export]\n"},
      {{"443", "info"}, "verb 0\nkeys [443|info]\n"},
      {{"--offline", "info"}, "verb 4\nkeys []\n"},
      {{"List"}, "verb 0\nkeys [List]\n"},
  });
}

TEST_F(FlagsTest, OutputFlagsAreRead) {
  ExpectRead({
      {{"443", "-o", "table"}, "format 0\n"},
      {{"443", "-o", "wide"}, "format 1\n"},
      {{"443", "-o", "json"}, "format 2\n"},
      {{"443", "-o=ndjson"}, "format 3\n"},
      {{"443", "--output=csv"}, "format 4\n"},
      {{"--output", "csv", "443"}, "keys [443]\nformat 4\n"},
      {{"classify", "443", "-o", "tsv"}, "format 5\n"},
      {{"list", "-o", "services"}, "format 6\n"},
      {{"search", "a", "-o", "name"}, "format 7\n"},
      {{"--short", "443"}, "brief\n"},
      {{"--no-headers", "443"}, "no headers\n"},
      {{"--no_headers", "443"}, "no headers\n"},
      {{"list", "--portless"}, "portless\n"},
      {{"list", "--map"}, "map\n"},
      {{"list", "--map", "-o", "wide"}, "map\n"},
      {{"--offline", "443"}, "offline\n"},
      {{"--layer=iana", "443"}, "layer iana\n"},
      {{"--layer=Common,LOCAL", "443"}, "layer common\nlayer local\n"},
      {{"--scope=eu/prod", "443"}, "scope eu/prod\n"},
      {{"list", "--scope", "eu"}, "scope eu\n"},
      {{"search", "a", "--scope=eu"}, "scope eu\n"},
      {{"export", "--format=json", "--scope=eu"}, "scope eu\n"},
  });
}

TEST_F(FlagsTest, DetailsAndColorsAreRead) {
  ExpectRead({
      {{"443", "--details", "-o", "json"}, "details\n"},
      {{"list", "--details", "-o", "ndjson"}, "details\n"},
      {{"search", "a", "--details", "-o", "wide"}, "details\n"},
      {{"443", "--color=always"}, "color 1\n"},
      {{"443", "--color", "never"}, "color 2\n"},
  });
}

TEST_F(FlagsTest, SearchFlagsAreRead) {
  ExpectRead({
      {{"search", "a"}, "at most 50\n"},
      {{"search", "a", "--max-results=1"}, "at most 1\n"},
      {{"search", "a", "--max_results=500"}, "at most 500\n"},
      {{"--like", "sql"}, "verb 3\nkeys [sql]\n"},
      {{"sql", "server", "--like"}, "verb 3\nkeys [sql|server]\n"},
      {{"--like", "search", "sql"}, "verb 3\nkeys [sql]\n"},
      {{"--like", "lookup", "list"}, "verb 3\nkeys [list]\n"},
  });
}

TEST_F(FlagsTest, ExportFlagsAreRead) {
  ExpectRead({
      {{"export", "--format=services"}, "export 0\ntarget"},
      {{"export", "--format=sysctl-reserved", "--reserve-over-half"}, "over half\n"},
      {{"export", "--format=sysctl-reserved"}, "export 1\ntarget"},
      {{"export", "--format=iana-csv"}, "export 2\nlayer iana\n"},
      {{"export", "--format=csv"}, "export 3\nlayer local\n"},
      {{"export", "--format", "json"}, "export 4\ntarget"},
      {{"export", "--format=lookup-csv"}, "export 5\ntarget"},
      {{"export", "--format=lookup-json"}, "export 6\ntarget"},
      {{"export", "--format=lookup-yaml", "--key=port"}, "export 7\ntarget"},
      {{"export", "--format=services", "--layer=common"}, "export 0\nlayer common\ntarget"},
      {{"443", "-o", "services"}, "format 6\ntarget"},
      {{"443", "-o", "services", "--layer=common"}, "format 6\nlayer common\ntarget"},
  });
}

TEST_F(FlagsTest, HeadersAreRead) {
  ExpectRead({
      {{"443", "--header=X-Request-Id:7f3a,b: c d"}, "header x-request-id=7f3a\nheader b=c d\n"},
      {{"443", "--header="}, "format 0\ntarget"},
      {{"443", "--header=a:1", "--header=b:2"}, "header a=1\nheader b=2\n"},
  });
}

TEST_F(FlagsTest, TraceparentOfTheEnvironmentIsAHeader) {
  constexpr char kTraceparent[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  setenv("TRACEPARENT", kTraceparent, 1);
  ExpectRead({
      {{"443"}, absl::StrCat("format 0\nheader traceparent=", kTraceparent, "\n")},
      {{"443", "--header=traceparent:mine"}, "format 0\nheader traceparent=mine\ntarget"},
  });
  setenv("TRACEPARENT", "none", 1);
  ExpectRead({{{"443"}, "format 0\ntarget"}});
}

TEST_F(FlagsTest, ServerFlagsAreRead) {
  ExpectRead({
      {{"443", "--target=unix:/run/portreg.sock"}, "target unix:/run/portreg.sock\n"},
      {{"443", "--timeout=1500ms"}, "timeout 1.5s 1.5s\n"},
      {{"443", "--plaintext"}, "plaintext\n"},
      {{"443", "--tls"}, "tls [|||]\n"},
      {{"443", "--cacert=ca.pem"}, "tls [ca.pem|||]\n"},
      {{"443", "--cert=c.pem", "--key=k.pem"}, "tls [|c.pem|k.pem|]\n"},
      {{"443", "--tls", "--cacert=ca.pem"}, "tls [ca.pem|||]\n"},
      {{"443", "--tls", "--server-name=reg.example"}, "tls [|||reg.example]\n"},
      {{"443", "--server-name=reg.example"}, "tls [|||reg.example]\n"},
  });
}

TEST_F(FlagsTest, TargetOfTheEnvironmentYieldsToTheFlag) {
  setenv("PORTREG_TARGET", "dns:///from.environment:1", 1);
  ExpectRead({
      {{"443"}, "target dns:///from.environment:1\n"},
      {{"443", "--target=from.flag:2"}, "target from.flag:2\n"},
  });
}

TEST_F(FlagsTest, EmptyTargetOfTheEnvironmentIsNone) {
  setenv("PORTREG_TARGET", "", 1);
  ExpectRead({{{"443"}, absl::StrCat("target ", kDefaultAddress, "\n")}});
}

TEST_F(FlagsTest, UnusableArgumentsAreRefused) {
  ExpectRefused({
      {{}, "no key is given"},
      {{"-o", "yaml", "443"}, "output format \"yaml\" is not table, wide, json, ndjson,"},
      {{"-o", "JSON", "443"}, "\"JSON\""},
      {{"--layer=", "443"}, "--layer is empty, it must be LAYER,... or not be given"},
      {{"--layer=iana,dns", "443"}, "layer \"dns\" is not local, common or iana"},
      {{"--scope=eu//prod", "443"}, "scope \"eu//prod\" is not labels with \"/\" between them"},
      {{"--scope=", "443"}, "--scope is empty, it must be SCOPE"},
      {{"classify", "--scope=eu", "443"},
       "--scope belongs to lookup, list, search, export, annotate, audit, check and suggest"},
      {{"info", "--scope=eu"}, "--scope belongs to"},
      {{"--short", "-o", "csv", "443"}, "--short and -o exclude each other"},
      {{"--short", "-o", "name", "443"}, "--short and -o exclude each other"},
      {{"classify", "443", "-o", "wide"}, "\"wide\" is not table, json, ndjson, csv or tsv"},
      {{"info", "-o", "services"}, "\"services\" is not table, json, ndjson, csv or tsv"},
      {{"443", "--color=yes"}, "--color=yes is not auto, always or never"},
      {{"443", "--details"}, "--details belongs to -o json, ndjson and wide"},
      {{"443", "--details", "-o", "csv"}, "--details belongs to"},
      {{"classify", "443", "--details", "-o", "json"}, "--details belongs to"},
      {{"443", "--header=novalue"}, "header \"novalue\" is not NAME:VALUE"},
      {{"443", "--plaintext", "--server-name=a"}, "--plaintext excludes"},
      {{"--plaintext", "--tls", "443"}, "--plaintext excludes"},
      {{"--plaintext", "--cacert=ca.pem", "443"}, "--plaintext excludes"},
      {{"--cert=c.pem", "443"}, "--cert and --key"},
      {{"--key=k.pem", "443"}, "--cert and --key"},
      {{"--timeout=0", "443"}, "--timeout=0 must be above 0"},
      {{"--timeout=-1s", "443"}, "--timeout=-1s must be above 0"},
      {{"-1"}, "port -1 is out of range [0, 65535]"},
      {{"443", "-80"}, "key \"-80\""},
  });
}

TEST_F(FlagsTest, UnusableArgumentsOfSearchAndExportAreRefused) {
  ExpectRefused({
      {{"search", "a", "--max-results=0"}, "--max-results=0 is out of range [1, 500]"},
      {{"search", "a", "--max-results=501"}, "--max-results=501 is out of range [1, 500]"},
      {{"443", "--max-results=5"}, "--max-results belongs to search"},
      {{"443", "--expect"}, "--expect belongs to audit"},
      {{"audit", "--scope="}, "--scope"},
      {{"audit", "--scope=/eu"}, "scope \"/eu\" is not labels with \"/\" between them"},
      {{"audit", "--scope=eu prod"}, "scope \"eu prod\" is not labels"},
      {{"audit", "--short"}, "audit takes -o, not --short"},
      {{"--like", "list"}, "--like"},
      {{"--like", "classify", "443"}, "--like"},
      {{"export"},
       "export needs --format=services, sysctl-reserved, iana-csv, csv, json, lookup-csv, "
       "lookup-json, lookup-yaml or html"},
      {{"export", "--format=xml"}, "export format \"xml\" is not services, sysctl-reserved,"},
      {{"export", "--format=json", "-o", "json"}, "export takes --format, not -o"},
      {{"export", "--format=json", "--short"}, "export takes --format, not -o, --short"},
      {{"export", "--format=iana-csv", "--no-headers"}, "export takes --format"},
      {{"export", "--format=json", "--details"}, "--details belongs to"},
      {{"443", "--format=json"}, "--format belongs to export and annotate"},
      {{"443", "--reserve-over-half"}, "--reserve-over-half belongs to export"},
      {{"classify", "443", "--layer=iana"},
       "--layer belongs to lookup, search, list, export, watch, diff and annotate"},
      {{"info", "--layer=iana"}, "--layer belongs to"},
      {{"audit", "--layer=iana"}, "--layer belongs to"},
      {{"443", "--portless"}, "--portless belongs to list and export"},
      {{"search", "a", "--portless"}, "--portless belongs to"},
      {{"diff", "a", "b", "--portless"}, "--portless belongs to"},
      {{"443", "--map"}, "--map belongs to list"},
      {{"list", "--map", "-o", "json"}, "--map draws a picture for people, and excludes"},
      {{"list", "--map", "--short"}, "--map draws a picture for people, and excludes"},
      {{"list", "--map", "--portless"}, "--map excludes --portless"},
      {{"export", "--format=json", "--reserve-over-half"},
       "--reserve-over-half belongs to --format=sysctl-reserved"},
  });
}

TEST_F(FlagsTest, NegativeZeroIsRefusedWithAReason) {
  ExpectRefused({{{"-0"}, "key \"-0\": port"}});
}

TEST_F(FlagsTest, TwoDashesEndTheFlags) {
  ExpectRead({
      {{"--", "443"}, "keys [443]\n"},
      {{"--", "-1"}, "keys [-1]\n"},
      {{"--", "--offline", "-h", "--no-headers"}, "keys [--offline|-h|--no-headers]\n"},
  });
}

TEST_F(FlagsTest, UnknownFlagsAndValuesAreRefused) {
  ExpectRefused({
      {{"--colour", "443"}, "flag \"--colour\" is unknown; did you mean --color?"},
      {{"list", "--count"}, "flag --count lacks its value"},
      {{"watch", "--count=many"}, "--count=many is not a number"},
      {{"search", "a", "--max-results="}, "--max-results= is not a number"},
      {{"--timeout=soon", "443"}, "--timeout=soon is not a duration, such as 500ms or 1m30s"},
      {{"--timeout=inf", "443"}, "--timeout=inf must have an end"},
      {{"--target=", "443"}, "--target is empty, it must be HOST:PORT or not be given"},
      {{"443", "-o", ""}, "--output is empty"},
  });
}

TEST_F(FlagsTest, KeyBehindTwoDashesIsNoCommand) {
  ExpectRead({
      {{"--", "list"}, "verb 0\nkeys [list]\n"},
      {{"--offline", "--", "list", "443"}, "verb 0\nkeys [list|443]\n"},
      {{"list", "--", "443"}, "verb 2\nkeys [443]\n"},
  });
}

TEST_F(FlagsTest, VerbIsImpliedWhereTheFirstKeyMayBeASlip) {
  for (const auto& [arguments, implied] :
       std::vector<std::pair<std::vector<std::string>, bool>>{{{"lsit"}, true},
                                                              {{"lookup", "lsit"}, false},
                                                              {{"--", "lsit"}, false},
                                                              {{"list"}, false}}) {
    EXPECT_EQ(Read(arguments)->verb_is_implied, implied) << arguments.front();
  }
}

TEST_F(FlagsTest, VariablesStandForFlags) {
  setenv("PORTREG_TARGET", "from.environment:1", 1);
  setenv("PORTREG_TIMEOUT", "5s", 1);
  setenv("PORTREG_CACERT", "ca.pem", 1);
  setenv("PORTREG_CERT", "c.pem", 1);
  setenv("PORTREG_KEY", "k.pem", 1);
  setenv("PORTREG_SERVER_NAME", "reg.example", 1);
  ExpectRead({
      {{"443"}, "target from.environment:1\ntimeout 5s 5s\n"},
      {{"443"}, "tls [ca.pem|c.pem|k.pem|reg.example]\n"},
      {{"443", "--timeout=1s", "--cacert=b.pem", "--cert=d.pem"},
       "target from.environment:1\ntimeout 1s 1s\n"},
      {{"443", "--cacert=b.pem", "--cert=d.pem", "--server-name=other"},
       "tls [b.pem|d.pem|k.pem|other]\n"},
      {{"443", "--plaintext"}, "plaintext\n"},
  });
  for (const std::string on : {"1", "true", "YES", "on"}) {
    setenv("PORTREG_OFFLINE", on.c_str(), 1);
    ExpectRead({{{"443"}, "offline\ntarget"},
                {{"443", "--no-offline"}, "format 0\ntarget"},
                // A server that the command line names overrides PORTREG_OFFLINE.
                {{"443", "--target=a:1"}, "format 0\ntarget a:1"},
                {{"443", "--target=a:1", "--offline"}, "offline\ntarget a:1"},
                {{"watch", "--target=a:1"}, "format 0\ntarget a:1"}});
    ExpectRefused({{{"watch"}, "PORTREG_OFFLINE has none"}});
  }
  for (const std::string off : {"", "0", "false", "No", "off"}) {
    setenv("PORTREG_OFFLINE", off.c_str(), 1);
    ExpectRead({{{"443"}, "format 0\ntarget"}, {{"443", "--offline"}, "offline\ntarget"}});
  }
}

TEST_F(FlagsTest, UnusableVariablesAreRefusedByTheirNames) {
  for (const auto& [variable, value, complaint] :
       std::vector<std::tuple<std::string, std::string, std::string>>{
           {"PORTREG_TIMEOUT", "soon", "PORTREG_TIMEOUT=soon is not a duration"},
           {"PORTREG_TIMEOUT", "-1s", "PORTREG_TIMEOUT=-1s must be above 0"},
           {"PORTREG_OFFLINE", "perhaps",
            "PORTREG_OFFLINE is \"perhaps\", it must be true or false"},
           {"PORTREG_CERT", "c.pem", "PORTREG_CERT and PORTREG_KEY, belong together"},
           {"PORTREG_KEY", "k.pem", "PORTREG_CERT and PORTREG_KEY, belong together"}}) {
    setenv(variable.c_str(), value.c_str(), 1);
    ExpectRefused({{{"443"}, complaint}});
    Unset();
  }
}

TEST_F(FlagsTest, EmptyValueOfTlsIsRefusedInEveryForm) {
  for (const auto& [flag, variable] :
       std::vector<std::pair<std::string, std::string>>{{"--cacert", "PORTREG_CACERT"},
                                                        {"--cert", "PORTREG_CERT"},
                                                        {"--key", "PORTREG_KEY"},
                                                        {"--server-name", "PORTREG_SERVER_NAME"}}) {
    ExpectRefused({{{"443", absl::StrCat(flag, "=")}, absl::StrCat(flag, " is empty")},
                   {{"443", flag, ""}, absl::StrCat(flag, " is empty")}});
    setenv(variable.c_str(), "", 1);
    ExpectRefused({{{"443"}, absl::StrCat(variable, " is empty")},
                   {{"443", "--tls"}, absl::StrCat(variable, " is empty")}});
    ExpectRead({{{"443", "--plaintext"}, "plaintext\n"}});
    Unset();
  }
}

TEST_F(FlagsTest, ErrorsOfTheLibraryNameTheFlagOrTheVariable) {
  const absl::Status error = absl::InvalidArgumentError(
      "ClientOptions.target is \"a\", ClientOptions.timeout and tls.ca_file");
  EXPECT_EQ(NamedByOrigin(error, *Read({"443"})).message(), error.message());
  EXPECT_EQ(
      NamedByOrigin(error, *Read({"443", "--target=a", "--timeout=1s", "--cacert=x"})).message(),
      "--target is \"a\", --timeout and --cacert");
  setenv("PORTREG_TARGET", "a:1", 1);
  EXPECT_EQ(NamedByOrigin(absl::InvalidArgumentError("ClientOptions.target is"), *Read({"443"}))
                .message(),
            "PORTREG_TARGET is");
}

TEST_F(FlagsTest, ValuesKeepTheirHyphens) {
  ExpectRead({
      {{"--target=unix:/a-b--c", "--no-headers", "x-y"}, "target unix:/a-b--c\n"},
      {{"a--b", "x-y"}, "keys [a--b|x-y]\n"},
  });
}

TEST_F(FlagsTest, VersionIsAskedForBeforeAnythingIsChecked) {
  for (const std::string flag : {"--version", "-version"}) {
    const absl::StatusOr<Invocation> invocation = Read({"-o", "yaml", "--no-such-flag", flag});
    ASSERT_TRUE(invocation.ok()) << flag << invocation.status();
    EXPECT_EQ(invocation->verb, Verb::kVersion);
  }
}

TEST_F(FlagsTest, HelpIsAskedForBeforeAnythingIsChecked) {
  for (const std::string flag : {"--help", "-help", "-h"}) {
    const absl::StatusOr<Invocation> invocation = Read({"-o", "yaml", "--no-such-flag", flag});
    ASSERT_TRUE(invocation.ok()) << flag << invocation.status();
    EXPECT_EQ(invocation->verb, Verb::kHelp);
  }
}

TEST_F(FlagsTest, HelpIsOfTheCommandThatIsNamed) {
  struct Asked {
    std::vector<std::string> arguments;
    std::optional<Verb> topic;
  };
  for (const Asked& row : std::vector<Asked>{{{"--help"}, std::nullopt},
                                             {{"list", "--help"}, Verb::kList},
                                             {{"--help", "list"}, Verb::kList},
                                             {{"-o", "json", "-h", "search", "a"}, Verb::kSearch},
                                             {{"help", "export"}, Verb::kExport},
                                             {{"help"}, Verb::kHelp},
                                             {{"443", "--help"}, std::nullopt},
                                             {{"--help", "--", "list"}, std::nullopt}}) {
    SCOPED_TRACE(absl::StrJoin(row.arguments, " "));
    const absl::StatusOr<Invocation> invocation = Read(row.arguments);
    ASSERT_TRUE(invocation.ok()) << invocation.status();
    EXPECT_EQ(invocation->verb, Verb::kHelp);
    EXPECT_EQ(invocation->help_topic, row.topic);
  }
  ExpectRefused({{{"help", "lsit"}, "there is no command \"lsit\"; did you mean list?"},
                 {{"help", "443"}, "there is no command \"443\"; see --help"}});
}

}  // namespace
}  // namespace portreg::cli
