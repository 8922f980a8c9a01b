#include "client/connections/connect_failure.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace portreg::internal {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Returns a message that begins like those of gRPC 1.51.
std::string Failing(const std::string& error) {
  return absl::StrCat("connections to all backends failing; last error: ", error);
}

std::string FailedHandshake(const std::string& reason) {
  return Failing("UNKNOWN: ipv4:127.0.0.1:6335: Ssl handshake failed: SSL_ERROR_SSL: " + reason);
}

TEST(ConnectFailureTest, OtherFailuresAreLeftAsTheyAre) {
  for (const std::string& message :
       {std::string(), std::string("Socket closed"), std::string("the server is busy"),
        Failing("UNKNOWN: ipv4:127.0.0.1:1: Failed to connect to remote host: Connection refused"),
        std::string("empty address list: ")}) {
    EXPECT_THAT(ExplainConnectFailure(message, {}), IsEmpty()) << message;
  }
}

TEST(ConnectFailureTest, AClosedConnectionIsExplainedByWhatTheClientLacks) {
  ClientOptions options;
  for (const char* const cause : {"Socket closed", "Connection reset by peer", "Unwrap failed"}) {
    const std::string message = Failing(absl::StrCat("UNAVAILABLE: ipv4:127.0.0.1:6335: ", cause));
    options.tls.reset();
    EXPECT_THAT(ExplainConnectFailure(message, options), HasSubstr("ClientOptions.tls (--tls,"));
    options.tls.emplace();
    EXPECT_THAT(ExplainConnectFailure(message, options), HasSubstr("tls.cert_file"));
    options.tls->cert_file = "client.crt";
    EXPECT_THAT(ExplainConnectFailure(message, options), HasSubstr("refuses the client cert"));
  }
}

TEST(ConnectFailureTest, AFailedHandshakeIsExplainedByItsReason) {
  struct Row {
    std::string reason;
    std::string said;
  };
  for (const Row& row : std::vector<Row>{
           {"error:0A00010B:SSL routines::wrong version number", "does not speak TLS there"},
           {"error:0A000086:SSL routines::certificate verify failed", "is not trusted"},
           {"error:40800001:the peer's certificate::has a name with a NUL byte",
            "the server's certificate has a name with a NUL byte"},
           {"error:0A000412:SSL routines::sslv3 alert bad certificate",
            "sslv3 alert bad certificate"},
           {"error:0A00045C:SSL routines::tlsv13 alert certificate required", "--cert"},
           {"error:0A000076:SSL routines::no suitable signature algorithm",
            "the TLS handshake failed: no suitable signature algorithm"}}) {
    ClientOptions options;
    options.tls.emplace();
    EXPECT_THAT(ExplainConnectFailure(FailedHandshake(row.reason), options), HasSubstr(row.said));
  }
}

TEST(ConnectFailureTest, AnotherNameIsToldWithTheOptionForIt) {
  ClientOptions options;
  options.tls.emplace();
  EXPECT_THAT(
      ExplainConnectFailure(Failing("UNKNOWN: ipv4:127.0.0.1:6335: Peer name a.test is not in peer "
                                    "certificate"),
                            options),
      HasSubstr("peer name a.test is not in peer certificate; tls.server_name"));
}

}  // namespace
}  // namespace portreg::internal
