#include "client/connections/target.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "portreg/client.h"
#include "tests/common/test_status.h"

namespace portreg::internal {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(TargetTest, HostsGetThePortThatPortregdListensOn) {
  for (const auto& [target, complete] : std::vector<std::pair<std::string, std::string>>{
           {"", "127.0.0.1:6335"},
           {"127.0.0.1", "127.0.0.1:6335"},
           {"127.0.0.1:1", "127.0.0.1:1"},
           {"127.0.0.1:65535", "127.0.0.1:65535"},
           {"localhost", "localhost:6335"},
           {"portreg.internal.:443", "portreg.internal.:443"},
           {"::1", "[::1]:6335"},
           {"[::1]", "[::1]:6335"},
           {"[::1]:443", "[::1]:443"},
           {"fe80::1%eth0", "[fe80::1%25eth0]:6335"},
           {"::ffff:127.0.0.1", "[::ffff:127.0.0.1]:6335"},
           {"dns:portreg", "dns:portreg:6335"},
           {"dns:///portreg", "dns:///portreg:6335"},
           {"dns:///portreg:443", "dns:///portreg:443"},
           {"dns://8.8.8.8/portreg", "dns://8.8.8.8/portreg:6335"},
           {"dns:///[::1]", "dns:///[::1]:6335"},
           {"ipv4:127.0.0.1", "ipv4:127.0.0.1:6335"},
           {"ipv4:127.0.0.1:443,127.0.0.2", "ipv4:127.0.0.1:443,127.0.0.2:6335"},
           {"ipv6:::1", "ipv6:[::1]:6335"},
           {"ipv6:[::1]:443", "ipv6:[::1]:443"},
           {"ipv6:%5B::1%5D:443", "ipv6:[::1]:443"}}) {
    const absl::StatusOr<std::string> result = CompleteTarget(target);
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_EQ(*result, complete) << target;
  }
}

TEST(TargetTest, WhatHasNoPortStaysAsItIs) {
  for (const std::string target :
       {"unix:portreg.sock", "unix:/run/portreg.sock", "unix:///run/portreg.sock",
        "unix-abstract:portreg", "xds:///portreg"}) {
    EXPECT_EQ(CompleteTarget(target).value_or(""), target);
  }
}

TEST(TargetTest, WhatIsUnusableIsRefusedWithWhatIsAllowed) {
  for (const std::string target : {"127.0.0.1:99999",
                                   "127.0.0.1:65536",
                                   "127.0.0.1:0",
                                   "127.0.0.1:-1",
                                   "127.0.0.1:",
                                   "127.0.0.1:http",
                                   "127.0.0.1:4 3",
                                   "127.0.0.1:999999999999999999999",
                                   "http://portreg",
                                   "https://portreg:443",
                                   "passthrough:///portreg",
                                   "a:1,b:2",
                                   "a,b",
                                   "6335",
                                   ":6335",
                                   "1.2.3",
                                   "1.2.3.4.5",
                                   "256.0.0.1",
                                   "port reg",
                                   "portreg/",
                                   "a..b",
                                   "user@portreg",
                                   "[::1",
                                   "[::1]6335",
                                   "[portreg]",
                                   "[127.0.0.1]",
                                   "::1::",
                                   "fe80::1%",
                                   "dns:",
                                   "dns:///",
                                   "dns://portreg",
                                   "dns:///a,b",
                                   "ipv4:portreg",
                                   "ipv4:",
                                   "ipv4:127.0.0.1,",
                                   "ipv4:::1",
                                   "ipv6:127.0.0.1",
                                   "unix:",
                                   "unix://",
                                   "unix-abstract:",
                                   "\n",
                                   "h\xc3\xbcgel"}) {
    const absl::Status status = CompleteTarget(target).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << target;
    EXPECT_THAT(Message(status),
                AllOf(HasSubstr("ClientOptions.target is \""), HasSubstr("a port of 1 to 65535")));
  }
  EXPECT_FALSE(CompleteTarget(absl::StrCat("unix:", std::string(108, 'x'))).ok());
  EXPECT_FALSE(CompleteTarget(std::string("a\0b", 3)).ok());
}

TEST(TargetTest, MessageNamesWhatIsWrong) {
  EXPECT_THAT(Message(CompleteTarget("127.0.0.1:99999").status()),
              AllOf(HasSubstr("is \"127.0.0.1:99999\""), HasSubstr("\"99999\" where a port")));
  EXPECT_THAT(Message(CompleteTarget("http://portreg").status()),
              HasSubstr("whose scheme is unknown"));
}

TEST(TargetTest, ClientIsNotMadeForAnUnusableTarget) {
  ClientOptions options;
  options.target = "127.0.0.1:99999";
  EXPECT_TRUE(absl::IsInvalidArgument(Client::Create(options).status()));
}

}  // namespace
}  // namespace portreg::internal
