#include "portreg/client_options.h"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_status.h"

namespace portreg {
namespace {

using ::testing::HasSubstr;

TEST(ClientOptionsTest, DefaultsAreValid) {
  EXPECT_EQ(ClientOptions().Validate(), absl::OkStatus());
}

TEST(ClientOptionsTest, ValuesWithinBoundsAreValid) {
  const std::vector<std::function<void(ClientOptions&)>> changes = {
      [](ClientOptions& o) { o.target = "dns:///portreg.example:6335"; },
      [](ClientOptions& o) { o.timeout = absl::Nanoseconds(1); },
      [](ClientOptions& o) { o.timeout = absl::Hours(24); },
      [](ClientOptions& o) { o.list_timeout = absl::Nanoseconds(1); },
      [](ClientOptions& o) { o.retry.max_attempts = 1; },
      [](ClientOptions& o) { o.retry.max_attempts = 5; },
      [](ClientOptions& o) { o.retry.initial_backoff = absl::Milliseconds(1); },
      [](ClientOptions& o) { o.retry.max_backoff = absl::Milliseconds(1); },
      [](ClientOptions& o) { o.retry.initial_backoff = absl::Hours(1); },
      [](ClientOptions& o) { o.retry.max_backoff = absl::Hours(1); },
      [](ClientOptions& o) { o.health_check = true; },
      [](ClientOptions& o) { o.user_agent = "flow-log/1.0"; },
      [](ClientOptions& o) { o.tls.emplace(); },
      [](ClientOptions& o) { o.tls.emplace().ca_file = "ca.pem"; },
      [](ClientOptions& o) { o.tls.emplace().server_name = "portreg.example"; },
      [](ClientOptions& o) {
        o.tls.emplace().cert_file = "client.pem";
        o.tls->key_file = "client.key";
      },
  };
  for (size_t i = 0; i < changes.size(); ++i) {
    ClientOptions options;
    changes[i](options);
    EXPECT_EQ(options.Validate(), absl::OkStatus()) << "change " << i;
  }
}

struct BadOptions {
  std::string field;
  std::string value;
  std::function<void(ClientOptions&)> change;
};

TEST(ClientOptionsTest, ValueOutOfBoundsIsRefusedByFieldAndValue) {
  const std::vector<BadOptions> table = {
      {"ClientOptions.target", "\"127.0.0.1:99999\"",
       [](ClientOptions& o) { o.target = "127.0.0.1:99999"; }},
      {"ClientOptions.timeout ", "is 0,",
       [](ClientOptions& o) { o.timeout = absl::ZeroDuration(); }},
      {"ClientOptions.timeout ", "-1s", [](ClientOptions& o) { o.timeout = -absl::Seconds(1); }},
      {"ClientOptions.timeout ", "-inf",
       [](ClientOptions& o) { o.timeout = -absl::InfiniteDuration(); }},
      {"ClientOptions.list_timeout", "is 0,",
       [](ClientOptions& o) { o.list_timeout = absl::ZeroDuration(); }},
      {"ClientOptions.list_timeout", "-30ms",
       [](ClientOptions& o) { o.list_timeout = -absl::Milliseconds(30); }},
      {"ClientOptions.keepalive_time ", "is 0,",
       [](ClientOptions& o) { o.keepalive_time = absl::ZeroDuration(); }},
      {"ClientOptions.keepalive_timeout", "-1s",
       [](ClientOptions& o) { o.keepalive_timeout = -absl::Seconds(1); }},
      {"ClientOptions.retry.max_attempts", "is 0,",
       [](ClientOptions& o) { o.retry.max_attempts = 0; }},
      {"ClientOptions.retry.max_attempts", "-1",
       [](ClientOptions& o) { o.retry.max_attempts = -1; }},
      {"ClientOptions.retry.max_attempts", "is 6,",
       [](ClientOptions& o) { o.retry.max_attempts = 6; }},
  };
  for (const BadOptions& bad : table) {
    ClientOptions options;
    bad.change(options);
    const absl::Status status = options.Validate();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << bad.field << " " << bad.value;
    EXPECT_THAT(Message(status), HasSubstr(bad.field));
    EXPECT_THAT(Message(status), HasSubstr(bad.value));
  }
}

TEST(ClientOptionsTest, BackoffOutOfBoundsIsRefusedByFieldAndValue) {
  const std::vector<BadOptions> table = {
      {"retry.initial_backoff", "is 0,",
       [](ClientOptions& o) { o.retry.initial_backoff = absl::ZeroDuration(); }},
      {"retry.initial_backoff", "999us",
       [](ClientOptions& o) { o.retry.initial_backoff = absl::Microseconds(999); }},
      {"retry.initial_backoff", "-50ms",
       [](ClientOptions& o) { o.retry.initial_backoff = -absl::Milliseconds(50); }},
      {"retry.max_backoff", "is 0,",
       [](ClientOptions& o) { o.retry.max_backoff = absl::ZeroDuration(); }},
      {"retry.initial_backoff", "inf",
       [](ClientOptions& o) { o.retry.initial_backoff = absl::InfiniteDuration(); }},
      {"retry.max_backoff", "1h0.001s",
       [](ClientOptions& o) { o.retry.max_backoff = absl::Hours(1) + absl::Milliseconds(1); }},
      {"retry.max_backoff", "999us",
       [](ClientOptions& o) { o.retry.max_backoff = absl::Microseconds(999); }},
  };
  for (const BadOptions& bad : table) {
    ClientOptions options;
    bad.change(options);
    const absl::Status status = options.Validate();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << bad.field << " " << bad.value;
    EXPECT_THAT(Message(status), HasSubstr(bad.field));
    EXPECT_THAT(Message(status), HasSubstr(bad.value));
  }
}

TEST(ClientOptionsTest, CertificateAndKeyBelongTogether) {
  ClientOptions only_cert;
  only_cert.tls.emplace().cert_file = "client.pem";
  ClientOptions only_key;
  only_key.tls.emplace().key_file = "client.key";
  for (const ClientOptions& options : {only_cert, only_key}) {
    const absl::Status status = options.Validate();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(Message(status), HasSubstr("cert_file"));
    EXPECT_THAT(Message(status), HasSubstr("key_file"));
  }
}

}  // namespace
}  // namespace portreg
