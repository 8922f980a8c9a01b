#include "common/model/service_name.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_status.h"

namespace portreg {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(ServiceNameTest, FoldingLowersAsciiLettersOnly) {
  EXPECT_EQ(FoldServiceName("HTTP-Alt"), "http-alt");
  EXPECT_EQ(FoldServiceName("914C/G"), "914c/g");
  EXPECT_EQ(FoldServiceName("SMB / Microsoft-DS"), "smb / microsoft-ds");
  EXPECT_EQ(FoldServiceName("\xC3\x89tat"), "\xC3\x89tat");
  EXPECT_EQ(FoldServiceName(""), "");
}

TEST(ServiceNameTest, AMissIsToldWithItsTransport) {
  EXPECT_EQ(NotInRegistry("nosuch", Transport::kNone), "service \"nosuch\" is not in the registry");
  EXPECT_EQ(NotInRegistry("Ssh", Transport::kDccp),
            "service \"Ssh\" is not in the registry for dccp");
  EXPECT_EQ(NotInRegistry("ssh", Transport::kTcp, "eu/prod"),
            "service \"ssh\" is not in the registry for tcp in scope \"eu/prod\"");
  EXPECT_EQ(NotInRegistry("a\x1B\ncaf\xC3\xA9", Transport::kNone),
            "service \"a\\x1b\\ncaf\xC3\xA9\" is not in the registry");
}

TEST(ServiceNameTest, SyntaxTakesWhatRfc6335Allows) {
  for (const char* name :
       {"a", "Z", "3com", "9pfs", "914c-g", "a-b-c", "http-alt", "HTTP", "0a", "abcdefghijklmno"}) {
    EXPECT_TRUE(CheckServiceNameSyntax(name).ok()) << name;
  }
}

TEST(ServiceNameTest, SyntaxRefusesTheRestAndSaysWhy) {
  const struct {
    const char* name;
    const char* why;
  } cases[] = {
      {"", "must have 1 to 15 characters"},
      {"abcdefghijklmnop", "must have 1 to 15 characters"},
      {"a_b", "only letters, digits and hyphens"},
      {"914c/g", "only letters, digits and hyphens"},
      {"whois++", "only letters, digits and hyphens"},
      {"sql*net", "only letters, digits and hyphens"},
      {"z39.50", "only letters, digits and hyphens"},
      {"a b", "only letters, digits and hyphens"},
      {"caf\xC3\xA9", "only letters, digits and hyphens"},
      {"23", "at least one letter"},
      {"6000-6063", "at least one letter"},
      {"-", "at least one letter"},
      {"-a", "hyphen first, last or beside another"},
      {"a-", "hyphen first, last or beside another"},
      {"a--b", "hyphen first, last or beside another"},
  };
  for (const auto& c : cases) {
    const absl::Status status = CheckServiceNameSyntax(c.name);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.name;
    EXPECT_THAT(Message(status),
                AllOf(HasSubstr(std::string("\"") + c.name + "\""), HasSubstr(c.why)))
        << c.name;
  }
}

}  // namespace
}  // namespace portreg
