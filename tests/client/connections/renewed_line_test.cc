// Changes the TLS files of existing clients.
#include "client/connections/renewed_line.h"

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "portreg/client.h"
#include "portreg/watcher.h"
#include "server/service/service.h"
#include "tests/client/fake_server.h"
#include "tests/common/certificates.h"
#include "tests/common/test_layers.h"
#include "tests/common/test_status.h"

namespace portreg {
namespace {

using ::testing::HasSubstr;

constexpr char kLoopback[] = "IP:127.0.0.1";

class RenewedLineTest : public ::testing::Test {
 protected:
  RenewedLineTest() {
    options_.tls.emplace();
    options_.tls->ca_file = directory_.Write("ca.crt", servers_.certificate());
    Write(old_clients_.Issue("DNS:client.test"));
  }

  // Starts a server that accepts clients of the authority only, in the place of the
  // one before.
  void StartServer(const Authority& clients) {
    server_.reset();
    const Identity identity = servers_.Issue(kLoopback);
    grpc::SslServerCredentialsOptions options(
        GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
    options.pem_key_cert_pairs.push_back({identity.key, identity.certificate});
    options.pem_root_certs = clients.certificate();
    server_ = std::make_unique<FakeServer>(service_, grpc::SslServerCredentials(options));
  }

  void WriteFile(const std::string& name, const std::string& content) const {
    EXPECT_FALSE(directory_.Write(name, content).empty());
  }

  void Write(const Identity& identity) {
    options_.tls->cert_file = directory_.Write("client.crt", identity.certificate);
    options_.tls->key_file = directory_.Write("client.key", identity.key);
  }

  // Calls `done` repeatedly. Returns true once it returns true, and false after 60 s.
  static bool Eventually(const std::function<bool()>& done) {
    const absl::Time end = absl::Now() + absl::Seconds(60);
    while (!done()) {
      if (absl::Now() > end) return false;
    }
    return true;
  }

  const TempDirectory directory_;
  const Authority servers_{"servers"};
  const Authority old_clients_{"old clients"};
  const Authority new_clients_{"new clients"};
  server::PortRegistryService service_{EmbeddedPublication()};
  std::unique_ptr<FakeServer> server_;
  ClientOptions options_ = OptionsFor("");
};

TEST_F(RenewedLineTest, NewPairIsUsedByLaterCalls) {
  StartServer(new_clients_);
  options_.target = server_->target();
  const std::unique_ptr<Client> client = MakeClient(options_);
  EXPECT_EQ(client->LookupPort(443).status().code(), absl::StatusCode::kUnavailable);
  Write(new_clients_.Issue("DNS:client.test"));
  EXPECT_TRUE(Eventually([&] { return client->LookupPort(443).ok(); }));
  EXPECT_TRUE(client->ListRange({}).Next() != nullptr);
}

TEST_F(RenewedLineTest, NewAuthorityIsUsedByLaterCalls) {
  StartServer(old_clients_);
  options_.target = server_->target();
  WriteFile("ca.crt", Authority("another").certificate());
  const std::unique_ptr<Client> client = MakeClient(options_);
  EXPECT_EQ(client->LookupPort(443).status().code(), absl::StatusCode::kUnavailable);
  WriteFile("ca.crt", servers_.certificate());
  EXPECT_TRUE(Eventually([&] { return client->LookupPort(443).ok(); }));
}

TEST_F(RenewedLineTest, FilesThatDoNotFitLeaveTheOldOnes) {
  StartServer(old_clients_);
  options_.target = server_->target();
  const auto line = internal::RenewedLine::Create(options_);
  ASSERT_TRUE(line.ok()) << line.status();
  const std::shared_ptr<grpc::Channel> first = (*line)->Current().channel;
  const Identity next = new_clients_.Issue("DNS:client.test");
  WriteFile("client.crt", next.certificate);
  // The key is still the old one.
  EXPECT_TRUE(Eventually([&] {
    EXPECT_EQ((*line)->Current().channel, first);
    return !(*line)->problem().ok();
  }));
  EXPECT_THAT(Message((*line)->problem()),
              HasSubstr("client.key: is not the key of the first certificate in "));
  WriteFile("client.key", next.key);
  EXPECT_TRUE(Eventually([&] { return (*line)->Current().channel != first; }));
  EXPECT_EQ((*line)->problem(), absl::OkStatus());
}

TEST_F(RenewedLineTest, EqualContentKeepsTheChannel) {
  StartServer(old_clients_);
  options_.target = server_->target();
  const auto line = internal::RenewedLine::Create(options_);
  ASSERT_TRUE(line.ok()) << line.status();
  const std::shared_ptr<grpc::Channel> first = (*line)->Current().channel;
  const std::string ca = servers_.certificate();
  WriteFile("ca.crt", "not a certificate");
  EXPECT_TRUE(
      Eventually([&] { return (*line)->Current().channel == first && !(*line)->problem().ok(); }));
  WriteFile("ca.crt", "a remark\n" + ca);
  EXPECT_TRUE(
      Eventually([&] { return (*line)->Current().channel == first && (*line)->problem().ok(); }));
  EXPECT_EQ((*line)->Current().channel, first);
}

TEST_F(RenewedLineTest, CallWithoutAConnectionSaysThatNewFilesAreNotInUse) {
  StartServer(new_clients_);
  options_.target = server_->target();
  const std::unique_ptr<Client> client = MakeClient(options_);
  WriteFile("client.key", new_clients_.Issue("DNS:client.test").key);
  std::string said;
  EXPECT_TRUE(Eventually([&] {
    said = Message(client->LookupPort(443).status());
    return said.find("have changed and are not in use") != std::string::npos;
  })) << said;
}

TEST_F(RenewedLineTest, WatchGoesOnWithTheNewPair) {
  StartServer(new_clients_);
  options_.target = server_->target();
  // A stream that waits for a connection reads the files again after this time.
  options_.timeout = absl::Seconds(1);
  const std::unique_ptr<Client> client = MakeClient(options_);
  absl::Notification interrupted;
  absl::Notification told;
  WatchOptions watch;
  watch.initial_backoff = absl::Milliseconds(50);
  watch.on_interruption = [&](const absl::Status&) {
    if (!interrupted.HasBeenNotified()) interrupted.Notify();
  };
  const Watcher watcher = client->Watch(
      [&](const v1::WatchResponse&) {
        if (!told.HasBeenNotified()) told.Notify();
      },
      std::move(watch));
  interrupted.WaitForNotification();
  Write(new_clients_.Issue("DNS:client.test"));
  EXPECT_TRUE(told.WaitForNotificationWithTimeout(absl::Seconds(60)));
}

TEST_F(RenewedLineTest, NoCallFailsWhilePairsAreReplaced) {
  StartServer(old_clients_);
  options_.target = server_->target();
  const std::unique_ptr<Client> client = MakeClient(options_);
  const auto line = internal::RenewedLine::Create(options_);
  ASSERT_TRUE(line.ok()) << line.status();
  std::atomic<bool> stop = false;
  std::vector<std::thread> callers;
  for (int i = 0; i < 3; ++i) {
    callers.emplace_back([&] {
      while (!stop) EXPECT_EQ(client->LookupPort(443).status(), absl::OkStatus());
    });
  }
  // Changes the files three times, as often as the client reads them.
  std::shared_ptr<grpc::Channel> last = (*line)->Current().channel;
  for (int i = 0; i < 3; ++i) {
    Write(old_clients_.Issue("DNS:client.test"));
    EXPECT_TRUE(Eventually([&] { return (*line)->Current().channel != last; }));
    last = (*line)->Latest().channel;
  }
  stop = true;
  for (std::thread& caller : callers) caller.join();
}

}  // namespace
}  // namespace portreg
