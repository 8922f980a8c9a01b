#include "server/net/server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "portreg/v1/port_registry_service.grpc.pb.h"
#include "server/net/listen_address.h"
#include "tests/common/test_layers.h"
#include "tests/common/test_messages.h"
#include "tests/common/test_status.h"
#include "tests/server/running_server.h"

namespace portreg::server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

TEST(ServerTest, StatesThePortThatTheSystemChose) {
  RunningServer server(SmallRegistry());
  ASSERT_THAT(server.server().addresses(), SizeIs(1));
  EXPECT_THAT(server.address(), StartsWith("127.0.0.1:"));
  EXPECT_FALSE(absl::EndsWith(server.address(), ":0")) << server.address();
  EXPECT_TRUE(Ask(server.address()).ok());
}

TEST(ServerTest, HealthIsServingForTheServerAndItsService) {
  RunningServer server(SmallRegistry());
  const std::string method = "/grpc.health.v1.Health/Check";
  const std::string name = "portreg.v1.PortRegistryService";
  const std::string serving = "\x08\x01";
  std::string response;
  EXPECT_TRUE(CallRaw(server.address(), method, "", &response).ok());
  EXPECT_EQ(response, serving);
  response.clear();
  const std::string request = std::string("\x0A") + static_cast<char>(name.size()) + name;
  EXPECT_TRUE(CallRaw(server.address(), method, request, &response).ok());
  EXPECT_EQ(response, serving);
  EXPECT_EQ(CallRaw(server.address(), method, "\x0A\x01x").error_code(),
            grpc::StatusCode::NOT_FOUND);
}

TEST(ServerTest, EveryListenerAnswers) {
  const TempDirectory directory;
  const std::string socket = "unix:" + directory.PathOf("s");
  RunningServer server(SmallRegistry(), {"127.0.0.1:0", socket, "127.0.0.2:0"});
  const std::vector<std::string>& addresses = server.server().addresses();
  ASSERT_THAT(addresses, SizeIs(3));
  EXPECT_THAT(addresses[0], StartsWith("127.0.0.1:"));
  EXPECT_EQ(addresses[1], socket);
  EXPECT_THAT(addresses[2], StartsWith("127.0.0.2:"));
  for (const std::string& address : addresses) EXPECT_TRUE(Ask(address).ok()) << address;
}

// Returns the error of Start, which must fail.
absl::Status StartFails(std::vector<std::string> listen) {
  const Publication publication(SmallRegistry());
  ServerOptions options;
  options.listen = std::move(listen);
  return Server::Start(options, publication).status();
}

TEST(ServerTest, ATakenPortIsNamed) {
  RunningServer first(SmallRegistry());
  for (const std::vector<std::string>& listen :
       {std::vector<std::string>{first.address()}, {"127.0.0.1:0", first.address()}}) {
    const absl::Status status = StartFails(listen);
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
    EXPECT_THAT(Message(status), AllOf(HasSubstr(first.address()), HasSubstr("already in use")));
  }
  EXPECT_TRUE(Ask(first.address()).ok());
}

TEST(ServerTest, NobodyCanShareItsPort) {
  RunningServer server(SmallRegistry());
  const ListenAddress address = ParseListenAddress(server.address()).value();
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  ASSERT_EQ(setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)), 0);
  sockaddr_in name = {};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  name.sin_port = htons(address.port);
  EXPECT_NE(bind(fd, reinterpret_cast<const sockaddr*>(&name), sizeof(name)), 0);
  close(fd);
}

TEST(ServerTest, AnAddressGivenTwiceIsNamed) {
  const TempDirectory directory;
  const std::string socket = "unix:" + directory.PathOf("s");
  const absl::Status status = StartFails({socket, "127.0.0.1:0", socket});
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(Message(status), HasSubstr(socket));
  RunningServer server(SmallRegistry(), {"127.0.0.1:0", "127.0.0.1:0"});
  EXPECT_NE(server.server().addresses()[0], server.server().addresses()[1]);
}

TEST(ServerTest, AUnixSocketIsNotTakenFromAServer) {
  const TempDirectory directory;
  RunningServer first(SmallRegistry(), {"unix:" + directory.PathOf("s")});
  const absl::Status status = StartFails({first.address()});
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(Message(status), AllOf(HasSubstr(first.address()), HasSubstr("already in use")));
  EXPECT_TRUE(Ask(first.address()).ok());
}

TEST(ServerTest, AUnixSocketInAMissingDirectoryIsNamed) {
  const TempDirectory directory;
  const std::string address = "unix:" + directory.PathOf("missing/s");
  const absl::Status status = StartFails({address});
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(Message(status), HasSubstr(address));
}

TEST(ServerTest, AFileInTheSocketsPlaceStays) {
  const TempDirectory directory;
  const std::string path = directory.Write("s", "no socket");
  EXPECT_EQ(StartFails({"unix:" + path}).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(std::filesystem::file_size(path), 9);
}

TEST(ServerTest, AnAddressThatCannotBeReadIsNamed) {
  for (const char* address : {"", "nonsense", "127.0.0.1:65536", "unix:"}) {
    const absl::Status status = StartFails({"127.0.0.1:0", address});
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << address;
    EXPECT_THAT(Message(status), HasSubstr(absl::StrCat("\"", address, "\"")));
  }
  EXPECT_EQ(StartFails({}).code(), absl::StatusCode::kInvalidArgument);
}

TEST(ServerTest, AConnectionHasAtMost100CallsAtOnce) {
  RunningServer server(LargeRegistry());
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::unique_ptr<grpc::ClientReader<v1::ListRangeResponse>>> streams;
  v1::ListRangeResponse message;
  for (int i = 0; i < 100; ++i) {
    contexts.push_back(Context());
    streams.push_back(server.stub().ListRange(contexts.back().get(), v1::ListRangeRequest()));
    ASSERT_TRUE(streams.back()->Read(&message));
  }
  // A further call waits at the client until its deadline.
  const auto lookup = Proto<v1::LookupRequest>("port: 80");
  v1::LookupResponse response;
  grpc::ClientContext impatient;
  impatient.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(200));
  EXPECT_EQ(server.stub().Lookup(&impatient, lookup, &response).error_code(),
            grpc::StatusCode::DEADLINE_EXCEEDED);
  contexts.back()->TryCancel();
  EXPECT_TRUE(server.stub().Lookup(Context().get(), lookup, &response).ok());
  for (size_t i = 0; i < streams.size(); ++i) {
    contexts[i]->TryCancel();
    EXPECT_FALSE(streams[i]->Finish().ok());
  }
}

TEST(ServerTest, ShutdownTurnsNewCallsAway) {
  RunningServer server(SmallRegistry());
  EXPECT_TRUE(Ask(server.address()).ok());
  server.server().Shutdown(absl::ZeroDuration());
  EXPECT_EQ(Ask(server.address()).error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST(ServerTest, ShutdownEndsStreamsWithUnavailable) {
  RunningServer server(LargeRegistry());
  const std::unique_ptr<grpc::ClientContext> context = Context();
  const auto stream = server.stub().ListRange(context.get(), v1::ListRangeRequest());
  v1::ListRangeResponse message;
  ASSERT_TRUE(stream->Read(&message));
  std::thread shutdown([&server] { server.server().Shutdown(absl::Seconds(30)); });
  // The shutdown is under way once new calls are refused.
  while (Ask(server.address()).ok()) {
  }
  // Messages on their way still arrive.
  while (stream->Read(&message)) {
  }
  const grpc::Status status = stream->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(status.error_details(), HasSubstr("SERVER_STOPPING"));
  EXPECT_FALSE(message.resume_token().empty());
  shutdown.join();
}

TEST(ServerTest, ShutdownCancelsAListingThatNobodyReads) {
  RunningServer server(LargeRegistry());
  const std::unique_ptr<grpc::ClientContext> context = Context();
  const auto stream = server.stub().ListRange(context.get(), v1::ListRangeRequest());
  v1::ListRangeResponse message;
  ASSERT_TRUE(stream->Read(&message));
  server.server().Shutdown(absl::ZeroDuration());
  while (stream->Read(&message)) {
  }
  EXPECT_FALSE(stream->Finish().ok());
}

TEST(ServerTest, AnAddressIsFreeAgainOnceItsServerHasGone) {
  const TempDirectory directory;
  const std::string address = "unix:" + directory.PathOf("s");
  for (int i = 0; i < 2; ++i) {
    RunningServer server(SmallRegistry(), {address});
    EXPECT_TRUE(Ask(address).ok());
  }
}

TEST(ServerTest, ReflectionIsOfferedOnRequestOnly) {
  const Publication publication(SmallRegistry());
  const std::string method = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
  const std::string list_services("\x3A\x00", 2);
  // The third server would offer reflection if the second's option applied to the
  // process.
  for (const bool reflection : {false, true, false}) {
    ServerOptions options;
    options.listen = {"127.0.0.1:0"};
    options.reflection = reflection;
    const auto server = Server::Start(options, publication).value();
    std::string response;
    const grpc::Status status = CallRaw(server->addresses()[0], method, list_services, &response);
    EXPECT_EQ(status.error_code(),
              reflection ? grpc::StatusCode::OK : grpc::StatusCode::UNIMPLEMENTED);
    EXPECT_EQ(absl::StrContains(response, "portreg.v1.PortRegistryService"), reflection);
  }
}

}  // namespace
}  // namespace portreg::server
