#include "server/workers/connection_id.h"

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/running_server.h"

namespace portreg::server {
namespace {

// Records the connection of each call.
class Connected final : public CallObserver {
 public:
  void OnHandled(const grpc::CallbackServerContext& context, Method /*method*/,
                 grpc::StatusCode /*code*/, std::chrono::nanoseconds /*taken*/) override {
    const std::lock_guard lock(mutex_);
    ids_.push_back(ConnectionOf(const_cast<grpc::CallbackServerContext&>(context)));
  }

  [[nodiscard]] std::vector<FlowId> ids() const {
    const std::lock_guard lock(mutex_);
    return ids_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<FlowId> ids_;
};

class ConnectionIdTest : public testing::TestWithParam<std::string> {};

TEST_P(ConnectionIdTest, IsOneForEachConnection) {
  Connected connected;
  ServerOptions options;
  options.service.observer = &connected;
  RunningServer server(SmallRegistry(), options, {GetParam()});
  const auto first = v1::PortRegistryService::NewStub(ChannelTo(server.address()));
  const auto second = v1::PortRegistryService::NewStub(ChannelTo(server.address()));
  for (v1::PortRegistryService::Stub* stub :
       {first.get(), first.get(), second.get(), first.get(), second.get()}) {
    v1::LookupResponse response;
    ASSERT_TRUE(LookUp(*stub, 80, &response).ok());
  }
  const std::vector<FlowId> ids = connected.ids();
  ASSERT_EQ(ids.size(), 5);
  EXPECT_EQ(ids[0], ids[1]);
  EXPECT_EQ(ids[0], ids[3]);
  EXPECT_EQ(ids[2], ids[4]);
  EXPECT_NE(ids[0], ids[2]);
}

INSTANTIATE_TEST_SUITE_P(Transports, ConnectionIdTest,
                         testing::Values("127.0.0.1:0", absl::StrCat("unix:", testing::TempDir(),
                                                                     "/connection_id_test.sock")),
                         [](const testing::TestParamInfo<std::string>& transport) {
                           return transport.index == 0 ? "Tcp" : "UnixSocket";
                         });

}  // namespace
}  // namespace portreg::server
