#include "server/process/systemd_notifier.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/fake_systemd.h"

namespace portreg::server {
namespace {

using ::testing::ElementsAre;

TEST(ServiceManagerTest, StatesAreSentInOrder) {
  const FakeSystemd listener;
  SystemdNotifier manager;
  manager.Ready();
  manager.Reloading();
  manager.Ready();
  manager.Stopping();
  EXPECT_THAT(listener.Received(), ElementsAre("READY=1", "RELOADING=1", "READY=1", "STOPPING=1"));
}

TEST(ServiceManagerTest, NothingIsSentOnceTheServerStops) {
  const FakeSystemd listener;
  SystemdNotifier manager;
  manager.Stopping();
  manager.Ready();
  manager.Reloading();
  manager.Stopping();
  EXPECT_THAT(listener.Received(), ElementsAre("STOPPING=1"));
}

TEST(ServiceManagerTest, NothingHappensWhereNobodyListens) {
  SystemdNotifier manager;
  manager.Ready();
  manager.Stopping();
}

}  // namespace
}  // namespace portreg::server
