#include "server/service_manager.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/fake_service_manager.h"

namespace portreg {
namespace {

using ::testing::ElementsAre;

TEST(ServiceManagerTest, StatesAreSentInOrder) {
  const FakeServiceManager listener;
  ServiceManager manager;
  manager.Ready();
  manager.Reloading();
  manager.Ready();
  manager.Stopping();
  EXPECT_THAT(listener.Received(), ElementsAre("READY=1", "RELOADING=1", "READY=1", "STOPPING=1"));
}

TEST(ServiceManagerTest, NothingIsSentOnceTheServerStops) {
  const FakeServiceManager listener;
  ServiceManager manager;
  manager.Stopping();
  manager.Ready();
  manager.Reloading();
  manager.Stopping();
  EXPECT_THAT(listener.Received(), ElementsAre("STOPPING=1"));
}

TEST(ServiceManagerTest, NothingHappensWhereNobodyListens) {
  ServiceManager manager;
  manager.Ready();
  manager.Stopping();
}

}  // namespace
}  // namespace portreg
