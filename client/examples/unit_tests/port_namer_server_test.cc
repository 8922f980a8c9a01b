// Tests PortNamer with a real registry that has the test's own records.
#include <chrono>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "port_namer.h"
#include "portreg/client.h"
#include "portreg/testing/fake_server.h"

namespace {

namespace v1 = portreg::v1;
using portreg::testing::FakeServer;
using portreg::testing::Record;
using portreg::testing::RecordRange;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class PortNamerServerTest : public testing::Test {
 protected:
  static portreg::ClientOptions OptionsFor(const FakeServer& server) {
    portreg::ClientOptions options;
    options.target = server.target();
    // Load on the machine must not fail a test that is not about time.
    options.timeout = absl::Seconds(20);
    return options;
  }

  const std::unique_ptr<FakeServer> registry_ =
      FakeServer::Start({Record(7100, "billing"), RecordRange(7101, 7103, "audit")}).value();
  const std::unique_ptr<portreg::Client> client_ =
      portreg::Client::Create(OptionsFor(*registry_)).value();
  PortNamer namer_{*client_};
};

TEST_F(PortNamerServerTest, NamesWhatTheRegistryKnows) {
  EXPECT_EQ(namer_.NameOf({7100}), "billing");
  EXPECT_EQ(namer_.NameOf({7103}), "audit");
  EXPECT_EQ(namer_.NameOf({7104}), "7104/tcp");
  EXPECT_EQ(namer_.NameOf({7100, v1::TRANSPORT_UDP}), "7100/udp");
  EXPECT_THAT(*namer_.PortsOf("Audit"), ElementsAre(7101, 7102, 7103));
  EXPECT_THAT(*namer_.PortsOf("payroll"), IsEmpty());
}

TEST_F(PortNamerServerTest, RemembersNamesWhileTheRegistryIsAway) {
  EXPECT_EQ(namer_.NameOf({7100}), "billing");
  registry_->Stop();
  EXPECT_EQ(namer_.NameOf({7100}), "billing");
  EXPECT_EQ(namer_.NameOf({7101}), "7101/tcp");
  ASSERT_TRUE(registry_->Restart().ok());
  // The client reconnects within about a second, see FakeServer::Restart.
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (namer_.NameOf({7101}) != "audit" && std::chrono::steady_clock::now() < end) {
  }
  EXPECT_EQ(namer_.NameOf({7101}), "audit");
}

TEST_F(PortNamerServerTest, ForgetsNamesWhenTheRegistryChanges) {
  EXPECT_EQ(namer_.NameOf({7100}), "billing");
  ASSERT_TRUE(registry_->SetRecords({Record(7100, "payroll")}).ok());
  EXPECT_EQ(namer_.NameOf({7104}), "7104/tcp");
  EXPECT_EQ(namer_.NameOf({7100}), "payroll");
}

TEST_F(PortNamerServerTest, OneFailureIsRetried) {
  registry_->FailNext(absl::UnavailableError("busy"));
  EXPECT_EQ(namer_.NameOf({7100}), "billing");
  EXPECT_THAT(registry_->calls(), SizeIs(2));
}

}  // namespace
