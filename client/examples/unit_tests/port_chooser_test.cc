// Tests PortChooser with a real registry that has the test's own records, and with a mock.
#include "port_chooser.h"

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "portreg/client.h"
#include "portreg/testing/fake_server.h"
#include "portreg/testing/mock_stub.h"

namespace {

namespace v1 = portreg::v1;
using portreg::testing::Answers;
using portreg::testing::FakeServer;
using portreg::testing::MockStub;
using portreg::testing::Record;

v1::Claim ClaimOf(int port, const std::string& service) {
  v1::Claim claim;
  claim.set_first_port(port);
  claim.set_service(service);
  claim.set_owner("payments");
  return claim;
}

class PortChooserServerTest : public testing::Test {
 protected:
  static portreg::ClientOptions OptionsFor(const FakeServer& server) {
    portreg::ClientOptions options;
    options.target = server.target();
    // Load on the machine must not fail a test that is not about time.
    options.timeout = absl::Seconds(20);
    return options;
  }

  const std::unique_ptr<FakeServer> registry_ =
      FakeServer::Start({Record(7100, "billing")}).value();
  const std::unique_ptr<portreg::Client> client_ =
      portreg::Client::Create(OptionsFor(*registry_)).value();
  const PortChooser chooser_{*client_};
};

TEST_F(PortChooserServerTest, AServiceKeepsItsPortUntilItIsTaken) {
  const absl::StatusOr<int> port = chooser_.PortFor("ledger", "payments");
  ASSERT_TRUE(port.ok()) << port.status();
  EXPECT_EQ(chooser_.PortFor("ledger", "payments").value(), *port);
  ASSERT_TRUE(registry_->SetRecords({Record(*port, "payroll")}).ok());
  EXPECT_NE(chooser_.PortFor("ledger", "payments").value(), *port);
}

TEST_F(PortChooserServerTest, TheFirstErrorFailsATable) {
  EXPECT_TRUE(chooser_.CheckAll({}).ok());
  EXPECT_TRUE(chooser_.CheckAll({ClaimOf(7101, "ledger"), ClaimOf(7102, "audit")}).ok());
  const absl::Status status = chooser_.CheckAll({ClaimOf(7101, "ledger"), ClaimOf(7100, "audit")});
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(status.message().substr(0, 17), "audit: port 7100:");
}

TEST(PortChooserMockTest, ARangeCanBeFull) {
  v1::SuggestResponse full;
  full.set_candidate_count(48'128);
  const auto stub = std::make_shared<MockStub>();
  EXPECT_CALL(*stub, Suggest).WillOnce(Answers(full));
  const portreg::Client client(stub);
  EXPECT_EQ(PortChooser(client).PortFor("ledger", "payments").status(),
            absl::NotFoundError("none of 48128 ports is free"));
}

}  // namespace
