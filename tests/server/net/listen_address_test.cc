#include "server/net/listen_address.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"
#include "tests/common/test_status.h"

namespace portreg::server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(ListenAddressTest, AddressesAreReadAndWritten) {
  const struct {
    const char* text;
    const char* host;
    Port port;
    const char* path;
    const char* written;
  } cases[] = {
      {"127.0.0.1:0", "127.0.0.1", 0, "", "127.0.0.1:0"},
      {"127.0.0.1:65535", "127.0.0.1", 65535, "", "127.0.0.1:65535"},
      {"localhost:6335", "localhost", 6335, "", "localhost:6335"},
      {"0.0.0.0:1023", "0.0.0.0", 1023, "", "0.0.0.0:1023"},
      {"[::1]:6335", "::1", 6335, "", "[::1]:6335"},
      {"[::]:0", "::", 0, "", "[::]:0"},
      {"[fe80::1%lo]:1", "fe80::1%lo", 1, "", "[fe80::1%lo]:1"},
      {"unix:/run/portregd.sock", "", 0, "/run/portregd.sock", "unix:/run/portregd.sock"},
      {"unix:///run/portregd.sock", "", 0, "/run/portregd.sock", "unix:/run/portregd.sock"},
      {"unix:relative.sock", "", 0, "relative.sock", "unix:relative.sock"},
      {"unix:/with:colon:80", "", 0, "/with:colon:80", "unix:/with:colon:80"},
  };
  for (const auto& c : cases) {
    const absl::StatusOr<ListenAddress> address = ParseListenAddress(c.text);
    ASSERT_TRUE(address.ok()) << c.text << ": " << address.status();
    EXPECT_EQ(address->host, c.host) << c.text;
    EXPECT_EQ(address->port, c.port) << c.text;
    EXPECT_EQ(address->path, c.path) << c.text;
    EXPECT_EQ(address->ToString(), c.written) << c.text;
  }
  EXPECT_TRUE(ParseListenAddress(kDefaultAddress).ok());
}

TEST(ListenAddressTest, TheRestIsRefusedByName) {
  const struct {
    const char* text;
    const char* why;
  } cases[] = {
      {"", "has no port"},
      {"localhost", "has no port"},
      {"6335", "has no port"},
      {"unix:", "has no path"},
      {"unix://host/s", "has a host where only a path may be"},
      {":6335", "has no host"},
      {"*:6335", "has no host"},
      {"[]:6335", "has no host"},
      {"::1:6335", "has an IPv6 host without brackets"},
      {"::1", "has an IPv6 host without brackets"},
      {"[::1:6335", "has unbalanced brackets"},
      {"::1]:6335", "has unbalanced brackets"},
      {"[a]]:6335", "has unbalanced brackets"},
      {"[unix]:0", "has brackets around what is no IPv6 host"},
      {"a[b:6335", "has unbalanced brackets"},
      {"[::1]", "is unusable"},
      {"localhost:", "is unusable"},
      {"localhost:http", "port \"http\" is not a decimal number"},
      {"localhost:-1", "port \"-1\" is not a decimal number"},
      {"localhost:06335", "port 06335 has a leading zero"},
      {"localhost:65536", "port 65536 is out of range [0, 65535]"},
      {"localhost:80 ", "not a decimal number"},
  };
  for (const auto& c : cases) {
    const absl::Status status = ParseListenAddress(c.text).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.text;
    EXPECT_THAT(Message(status), AllOf(HasSubstr(absl::StrCat("address \"", c.text, "\" ")),
                                       HasSubstr(c.why), HasSubstr("expected host:port")))
        << c.text;
  }
}

TEST(ListenAddressTest, LoopbackIsWhatOnlyThisMachineReaches) {
  for (const char* const text :
       {"127.0.0.1:1", "127.8.9.10:1", "localhost:1", "[::1]:1", "unix:s"}) {
    EXPECT_TRUE(ParseListenAddress(text)->IsLoopback()) << text;
  }
  for (const char* const text :
       {"0.0.0.0:1", "[::]:1", "128.0.0.1:1", "126.255.255.255:1", "[::2]:1", "example.net:1"}) {
    EXPECT_FALSE(ParseListenAddress(text)->IsLoopback()) << text;
  }
}

}  // namespace
}  // namespace portreg::server
