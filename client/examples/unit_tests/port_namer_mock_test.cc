// Tests PortNamer with a registry that fails: a mock replaces the server.
#include <memory>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "port_namer.h"
#include "portreg/client.h"
#include "portreg/testing/mock_stub.h"

namespace {

namespace v1 = portreg::v1;
using portreg::testing::Answers;
using portreg::testing::Fails;
using portreg::testing::MockStub;
using testing::ElementsAre;
using testing::IsEmpty;

class PortNamerMockTest : public testing::Test {
 protected:
  static v1::LookupResponse AnswerWith(const char* service) {
    v1::LookupResponse answer;
    answer.set_revision("1");
    v1::PortRecord& record = *answer.add_records();
    record.set_first_port(7100);
    record.set_last_port(7100);
    record.set_last_port(7101);
    record.set_service(service);
    return answer;
  }

  const std::shared_ptr<MockStub> stub_ = std::make_shared<MockStub>();
  const portreg::Client client_{stub_};
  PortNamer namer_{client_};
};

TEST_F(PortNamerMockTest, AsksOncePerPort) {
  EXPECT_CALL(*stub_, Lookup).WillOnce(Answers(AnswerWith("billing")));
  EXPECT_EQ(namer_.NameOf({7100}), "billing");
  EXPECT_EQ(namer_.NameOf({7100}), "billing");
}

TEST_F(PortNamerMockTest, AsksAgainAfterAFailure) {
  EXPECT_CALL(*stub_, Lookup)
      .WillOnce(Fails(absl::UnavailableError("down")))
      .WillOnce(Answers(AnswerWith("billing")));
  EXPECT_EQ(namer_.NameOf({7100}), "7100/tcp");
  EXPECT_EQ(namer_.NameOf({7100}), "billing");
}

TEST_F(PortNamerMockTest, AServiceThatNobodyKnowsHasNoPorts) {
  EXPECT_CALL(*stub_, Lookup)
      .WillOnce(Fails(absl::NotFoundError("unknown"), v1::ERROR_REASON_SERVICE_NOT_FOUND));
  const auto ports = namer_.PortsOf("billing");
  ASSERT_TRUE(ports.ok()) << ports.status();
  EXPECT_THAT(*ports, IsEmpty());
}

TEST_F(PortNamerMockTest, PortsAreNotGuessedWithoutARegistry) {
  EXPECT_CALL(*stub_, Lookup)
      .WillOnce(Fails(absl::UnavailableError("down")))
      .WillOnce(Answers(AnswerWith("billing")));
  EXPECT_TRUE(absl::IsUnavailable(namer_.PortsOf("billing").status()));
  EXPECT_THAT(*namer_.PortsOf("billing"), ElementsAre(7100, 7101));
}

}  // namespace
