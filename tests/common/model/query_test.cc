#include "common/model/query.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/text/utf8.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_status.h"

namespace portreg {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string WithTransport(const std::string& text, Transport transport) {
  return absl::StrCat(text, transport == Transport::kNone ? "" : "/", ToString(transport));
}

// Returns "ports 80-90/tcp", "name https/tcp" or "name https/tcp, or else ports 80".
std::string Describe(const Query& query) {
  const std::string meaning =
      WithTransport(absl::StrCat(query.ports ? "ports " : "name ",
                                 query.ports ? ToString(*query.ports) : query.service),
                    query.transport);
  if (!query.also_name) return meaning;
  return absl::StrCat("name ", WithTransport(query.also_name->service, query.also_name->transport),
                      ", or else ", meaning);
}

std::string Read(absl::string_view key) {
  const absl::StatusOr<Query> query = ParseQuery(key);
  return query.ok() ? Describe(*query) : query.status().ToString();
}

TEST(QueryTest, Keys) {
  const struct {
    const char* key;
    const char* read;
  } cases[] = {
      {"0", "ports 0"},
      {"1023", "ports 1023"},
      {"65535", "ports 65535"},
      {"443/tcp", "ports 443/tcp"},
      {"443/TCP", "ports 443/tcp"},
      {"443/sctp", "ports 443/sctp"},
      {"443/dccp", "ports 443/dccp"},
      {"80-90", "ports 80-90"},
      {"80-90/udp", "ports 80-90/udp"},
      {"7-7", "ports 7"},
      {"0-65535", "ports 0-65535"},
      {"U:53", "ports 53/udp"},
      {"T:80-90", "ports 80-90/tcp"},
      {"S:7", "ports 7/sctp"},
      {"t:80", "ports 80/tcp"},
      {"U:53/udp", "ports 53/udp"},
      {"T:80/TCP", "ports 80/tcp"},
      {"https", "name https"},
      {"https/TCP", "name https/tcp"},
      {"syslog/udp", "name syslog/udp"},
      {"3com", "name 3com"},
      {"9pfs", "name 9pfs"},
      {"3com/tcp", "name 3com/tcp"},
      {"914c/g", "name 914c/g"},
      {"914c/g/udp", "name 914c/g/udp"},
      {"whois++", "name whois++"},
      {"sql*net", "name sql*net"},
      {"http-alt", "name http-alt"},
      {"SMB / Microsoft-DS", "name SMB / Microsoft-DS"},
      {"https/foo", "name https/foo"},
      {"https/", "name https/"},
      {"80a", "name 80a"},
      {"80.90", "name 80.90"},
      {"80_90", "name 80_90"},
      {"T:https", "name T:https"},
      {"D:80", "name D:80"},
      {"T:", "name T:"},
      {"tcp", "name tcp"},
      {"caf\xC3\xA9", "name caf\xC3\xA9"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(Read(c.key), c.read) << c.key;
  }
}

TEST(QueryTest, KeysThatOtherToolsPrint) {
  const struct {
    const char* key;
    const char* read;
  } cases[] = {
      {"443/tcp6", "ports 443/tcp"},
      {"443/UDP6", "ports 443/udp"},
      {"443/6", "ports 443/tcp"},
      {"443/17", "ports 443/udp"},
      {"443/33", "ports 443/dccp"},
      {"443/132", "ports 443/sctp"},
      {"T:443/6", "ports 443/tcp"},
      {"tcp/443", "name tcp/443, or else ports 443/tcp"},
      {"UDP/35200-35220", "name UDP/35200-35220, or else ports 35200-35220/udp"},
      {"tcp:8100", "name tcp:8100, or else ports 8100/tcp"},
      {"tcp6/443", "name tcp6/443, or else ports 443/tcp"},
      {"tcp/443/tcp", "name tcp/443/tcp, or else ports 443/tcp"},
      {"udp/3478:3481", "name udp/3478:3481, or else ports 3478-3481/udp"},
      {"3478:3481", "name 3478:3481, or else ports 3478-3481"},
      {"0:65535", "name 0:65535, or else ports 0-65535"},
      {"3478:3481/17", "name 3478:3481/17, or else ports 3478-3481/udp"},
      {"127.0.0.1:5432", "name 127.0.0.1:5432, or else ports 5432"},
      {"127.0.0.1:53/udp", "name 127.0.0.1:53/udp, or else ports 53/udp"},
      {"127.0.0.53%lo:53", "name 127.0.0.53%lo:53, or else ports 53"},
      {"0.0.0.0:8000-8010", "name 0.0.0.0:8000-8010, or else ports 8000-8010"},
      {"[::]:8443", "name [::]:8443, or else ports 8443"},
      {"[::1]:53/udp6", "name [::1]:53/udp6, or else ports 53/udp"},
      {"[fe80::1%eth0]:546", "name [fe80::1%eth0]:546, or else ports 546"},
      {"*:22", "name *:22, or else ports 22"},
      {"*%eth0:68", "name *%eth0:68, or else ports 68"},
      {"_https._tcp", "name _https._tcp, or else name https/tcp"},
      {"_443._tcp", "name _443._tcp, or else ports 443/tcp"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(Read(c.key), c.read) << c.key;
  }
}

TEST(QueryTest, WhatResemblesThoseKeysIsAName) {
  for (const char* key : {"tcp/https",
                          "tcp/",
                          "tcp:",
                          "icmp/8",
                          "10:",
                          ":10",
                          "1:2:3",
                          "localhost:80",
                          "::1:80",
                          "[::1]",
                          "[::1:80",
                          "[1.2.3.4]:80",
                          "1.2.3:80",
                          "1.2.3.256:80",
                          "127.0.0.1:http",
                          "127.0.0.1%:80",
                          "_https",
                          "_https._icmp",
                          "_._tcp",
                          "https._tcp",
                          "_a/b._tcp",
                          "_https._tcp.example.com",
                          "sql*net",
                          "*",
                          "**:22"}) {
    EXPECT_EQ(Read(key), absl::StrCat("name ", key));
  }
  EXPECT_EQ(Read("_https._tcp/udp"), "name _https._tcp/udp");
  const std::string with_nul("1.2.3.4\0:80", 11);
  EXPECT_EQ(Read(with_nul), absl::StrCat("name ", with_nul));
}

TEST(QueryTest, AKeyThatIsTooLongForANameIsOnlyPorts) {
  const std::string key = absl::StrCat("127.0.0.1%", std::string(60, 'x'), ":80");
  EXPECT_EQ(Read(key), "ports 80");
}

TEST(QueryTest, BlanksMayFollowCommas) {
  std::vector<std::string> texts;
  const std::vector<Query> queries = ParseQueries("80, 443,\t https").value();
  for (const Query& query : queries) texts.push_back(query.text);
  EXPECT_THAT(texts, ElementsAre("80", "443", "https"));
}

TEST(QueryTest, WhatLooksLikePortsAndIsNoneIsRefused) {
  const struct {
    const char* key;
    const char* why;
  } cases[] = {
      {"", "is empty"},
      {" 80", "blank at its beginning or end"},
      {"80 ", "blank at its beginning or end"},
      {"\t80", "blank at its beginning or end"},
      {"https\n", "blank at its beginning or end"},
      {" ", "blank at its beginning or end"},
      {"0080", "leading zero"},
      {"00", "leading zero"},
      {"080-90", "leading zero"},
      {"80-090", "leading zero"},
      {"90-80", "must not be above its last"},
      {"65536", "port 65536 is out of range [0, 65535]"},
      {"80-65536", "port 65536 is out of range [0, 65535]"},
      {"99999999999999999999", "is out of range [0, 65535]"},
      {"-1", "port -1 is out of range [0, 65535]"},
      {"-0", "not a decimal number"},
      {"T:-1", "port -1 is out of range [0, 65535]"},
      {"80-", "not a decimal number"},
      {"80--90", "not a decimal number"},
      {"1-2-3", "not a decimal number"},
      {"-1-5", "not a decimal number"},
      {"80/", "transport \"\" is not tcp, udp, sctp or dccp"},
      {"80/foo", "transport \"foo\" is not tcp, udp, sctp or dccp"},
      {"80-90/icmp", "transport \"icmp\" is not"},
      {"443/99", "protocol number 99 is not 6 (tcp), 17 (udp), 33 (dccp) or 132 (sctp)"},
      {"443/06", "protocol number 06 is not"},
      {"443/99999999999999999999", "protocol number 99999999999999999999 is not"},
      {"T:80/17", "names two transports, tcp and udp"},
      {"tcp/99999", "port 99999 is out of range [0, 65535]"},
      {"tcp:080", "leading zero"},
      {"tcp/-1", "port -1 is out of range [0, 65535]"},
      {"tcp/443/udp", "names two transports, tcp and udp"},
      {"udp/443/6", "names two transports, udp and tcp"},
      {"tcp/443/foo", "transport \"foo\" is not"},
      {"3481:3478", "must not be above its last"},
      {"0:65536", "port 65536 is out of range [0, 65535]"},
      {"0:65535/1", "protocol number 1 is not"},
      {"[::]:", "has no port behind its address"},
      {"127.0.0.1:", "has no port behind its address"},
      {"*:/tcp", "has no port behind its address"},
      {"*:65536", "port 65536 is out of range [0, 65535]"},
      {"[::1]:53/foo", "transport \"foo\" is not"},
      {"_70000._tcp", "port 70000 is out of range [0, 65535]"},
      {"80/ tcp", "transport \" tcp\" is not"},
      {"T:80/udp", "names two transports, tcp and udp"},
      {"S:80/tcp", "names two transports, sctp and tcp"},
      {"T:0080", "leading zero"},
      {"T:80/foo", "transport \"foo\" is not"},
      {"65536/tcp", "out of range"},
      {"/tcp", "has no service name before its transport"},
  };
  for (const auto& c : cases) {
    const absl::Status status = ParseQuery(c.key).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.key;
    EXPECT_THAT(Message(status), HasSubstr(c.why)) << c.key;
  }
  EXPECT_EQ(Message(ParseQuery("80/foo").status()),
            "key \"80/foo\": transport \"foo\" is not tcp, udp, sctp or dccp");
}

TEST(QueryTest, NamesAreBounded) {
  const std::string longest(64, 'n');
  EXPECT_EQ(Read(longest), "name " + longest);
  EXPECT_EQ(Read(longest + "/tcp"), "name " + longest + "/tcp");
  for (const std::string& key : {longest + "n", longest + "n/tcp"}) {
    EXPECT_THAT(Message(ParseQuery(key).status()),
                HasSubstr("service name has 65 bytes, at most 64 are allowed"));
  }
  const std::string bytes_not_characters = std::string(63, 'n') + "\xC3\xA9";
  EXPECT_FALSE(ParseQuery(bytes_not_characters).ok());
}

TEST(QueryTest, InvalidUtf8IsRefusedInReadableWords) {
  for (const char* key : {"\xFF", "caf\xE9", "80/\x80", "a\xC0\xAF"}) {
    const absl::Status status = ParseQuery(key).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(Message(status), HasSubstr("is not valid UTF-8"));
    EXPECT_TRUE(IsValidUtf8(status.message()));
  }
  EXPECT_EQ(Message(ParseQuery("caf\xE9").status()), "key \"caf\\xe9\": is not valid UTF-8");
}

TEST(QueryTest, ControlCharactersAreNotRepeatedInMessages) {
  const std::string message = Message(ParseQuery("80/\x1B[31m").status());
  EXPECT_EQ(message.find('\x1B'), std::string::npos) << message;
}

TEST(QueryTest, IsPortTellsOnePortFromARangeAndAName) {
  EXPECT_TRUE(ParseQuery("80").value().is_port());
  EXPECT_TRUE(ParseQuery("80-80/tcp").value().is_port());
  EXPECT_FALSE(ParseQuery("80-81").value().is_port());
  EXPECT_FALSE(ParseQuery("http").value().is_port());
}

TEST(QueryTest, CommasSeparateKeys) {
  const std::vector<Query> queries = ParseQueries("22,80-90,https,U:53,914c/g").value();
  std::vector<std::string> described;
  std::vector<std::string> texts;
  for (const Query& query : queries) {
    described.push_back(Describe(query));
    texts.push_back(query.text);
  }
  EXPECT_THAT(described,
              ElementsAre("ports 22", "ports 80-90", "name https", "ports 53/udp", "name 914c/g"));
  EXPECT_THAT(texts, ElementsAre("22", "80-90", "https", "U:53", "914c/g"));
  EXPECT_EQ(ParseQueries("443").value().size(), 1);
}

TEST(QueryTest, AListFailsByItsFirstBadKey) {
  const struct {
    const char* keys;
    const char* message;
  } cases[] = {
      {"", "key \"\": is empty"},
      {",", "key \",\": has nothing beside a comma"},
      {"a,,b", "key \"a,,b\": has nothing beside a comma"},
      {"a,", "key \"a,\": has nothing beside a comma"},
      {",a", "key \",a\": has nothing beside a comma"},
      {"22, ", "key \"22, \": has nothing beside a comma"},
      {"22 ,80", "key \"22 \": has a blank"},
      {" 22,80", "key \" 22\": has a blank"},
      {"22,0080,65536", "key \"0080\": "},
  };
  for (const auto& c : cases) {
    const absl::Status status = ParseQueries(c.keys).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.keys;
    EXPECT_THAT(Message(status), StartsWith(c.message)) << c.keys;
  }
}

TEST(QueryTest, TheKeyIsKeptAsItWasWritten) {
  for (const char* key : {"T:80-80", "443/TCP", "HTTPS/Tcp", "914c/g"}) {
    EXPECT_EQ(ParseQuery(key).value().text, key);
  }
}

TEST(QueryTest, ASingleKeyMayHoldACommaInItsName) { EXPECT_EQ(Read("one, two"), "name one, two"); }

}  // namespace
}  // namespace portreg
