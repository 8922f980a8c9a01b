#include "server/server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "portreg/errordetails/v1/error_details.pb.h"
#include "portreg/v1/port_registry_service.grpc.pb.h"
#include "server/data.h"
#include "server/handlers.h"
#include "server/listen_address.h"
#include "tests/common/test_layers.h"
#include "tests/common/test_status.h"
#include "tests/server/test_messages.h"

namespace portreg {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr std::chrono::seconds kDeadline(30);

std::shared_ptr<grpc::Channel> ChannelTo(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  // A channel of its own to each server, even at the same address.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  // A stream that is not read soon waits for its reader.
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  arguments.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 64 << 10);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

// A context for one call.
std::unique_ptr<grpc::ClientContext> Context() {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(std::chrono::system_clock::now() + kDeadline);
  return context;
}

// Calls a unary method with bytes as they are.
grpc::Status CallRaw(const std::string& address, const std::string& method,
                     const std::string& request, std::string* response = nullptr) {
  grpc::GenericStub stub(ChannelTo(address));
  const std::unique_ptr<grpc::ClientContext> context = Context();
  const grpc::Slice slice(request);
  const grpc::ByteBuffer in(&slice, 1);
  grpc::ByteBuffer out;
  std::promise<grpc::Status> status;
  stub.UnaryCall(context.get(), method, grpc::StubOptions(), &in, &out,
                 [&status](const grpc::Status& done) { status.set_value(done); });
  const grpc::Status done = status.get_future().get();
  grpc::Slice bytes;
  if (done.ok() && response != nullptr && out.DumpToSingleSlice(&bytes).ok()) {
    response->assign(reinterpret_cast<const char*>(bytes.begin()), bytes.size());
  }
  return done;
}

// The reason that an error's details state.
std::string ReasonOf(const grpc::Status& status) {
  errordetails::v1::Status details;
  errordetails::v1::ErrorInfo info;
  EXPECT_TRUE(details.ParseFromString(status.error_details()));
  EXPECT_EQ(details.code(), static_cast<int>(status.error_code()));
  EXPECT_EQ(details.message(), status.error_message());
  if (!details.details().empty()) info.ParseFromString(details.details(0).value());
  return info.reason();
}

// A server of some registry, by default on a free port of the loopback.
class RunningServer {
 public:
  explicit RunningServer(Registry registry, std::vector<std::string> listen = {"127.0.0.1:0"})
      : publication_(std::move(registry)),
        server_(Server::Start({.listen = std::move(listen)}, publication_).value()),
        stub_(v1::PortRegistryService::NewStub(ChannelTo(address()))) {}

  [[nodiscard]] const std::string& address() const { return server_->addresses()[0]; }
  [[nodiscard]] Server& server() { return *server_; }
  [[nodiscard]] Publication& publication() { return publication_; }
  [[nodiscard]] v1::PortRegistryService::Stub& stub() { return *stub_; }

 private:
  Publication publication_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<v1::PortRegistryService::Stub> stub_;
};

Registry SmallRegistry(absl::string_view name = "http") {
  return MakeRegistry({.iana = absl::StrCat(name, ",80,tcp,Web\n,81,,Unassigned\n")});
}

// Large enough for a listing that no buffer between the two ends can hold.
Registry LargeRegistry() {
  std::string rows;
  for (int i = 0; i < 4000; ++i) {
    absl::StrAppend(&rows, "a", i, ",", i, ",tcp,", std::string(1000, 'x'), "\n");
  }
  return MakeRegistry({.iana = rows});
}

grpc::Status LookUp(v1::PortRegistryService::Stub& stub, int port, v1::LookupResponse* response) {
  v1::LookupRequest request;
  request.set_port(port);
  return stub.Lookup(Context().get(), request, response);
}

// Whether whoever listens at the address answers a lookup.
grpc::Status Ask(const std::string& address) {
  v1::LookupResponse response;
  return LookUp(*v1::PortRegistryService::NewStub(ChannelTo(address)), 80, &response);
}

TEST(ServerTest, StatesThePortThatTheSystemChose) {
  RunningServer server(SmallRegistry());
  ASSERT_THAT(server.server().addresses(), SizeIs(1));
  EXPECT_THAT(server.address(), StartsWith("127.0.0.1:"));
  EXPECT_FALSE(absl::EndsWith(server.address(), ":0")) << server.address();
  EXPECT_TRUE(Ask(server.address()).ok());
}

TEST(ServerTest, EveryMethodAnswersWhatItsHandlerDoes) {
  RunningServer server(SmallRegistry());
  const std::shared_ptr<const Registry> registry = server.publication().Current();

  const auto lookup = Proto<v1::LookupRequest>("service: 'HTTP' view: RECORD_VIEW_FULL");
  v1::LookupResponse found;
  ASSERT_TRUE(server.stub().Lookup(Context().get(), lookup, &found).ok());
  EXPECT_EQ(found.DebugString(), Lookup(*registry, lookup)->DebugString());

  const auto batch = Proto<v1::BatchLookupRequest>("requests { port: 80 } requests {}");
  v1::BatchLookupResponse results;
  ASSERT_TRUE(server.stub().BatchLookup(Context().get(), batch, &results).ok());
  EXPECT_EQ(results.DebugString(), BatchLookup(*registry, batch)->DebugString());

  const auto classify = Proto<v1::ClassifyRequest>("port: 80");
  v1::ClassifyResponse class_and_advice;
  ASSERT_TRUE(server.stub().Classify(Context().get(), classify, &class_and_advice).ok());
  EXPECT_EQ(class_and_advice.DebugString(), Classify(*registry, classify)->DebugString());

  v1::GetRegistryInfoResponse info;
  ASSERT_TRUE(
      server.stub().GetRegistryInfo(Context().get(), v1::GetRegistryInfoRequest(), &info).ok());
  EXPECT_EQ(info.DebugString(), GetRegistryInfo(*registry, {})->DebugString());
}

TEST(ServerTest, AListingArrivesWhole) {
  RunningServer server(LoadRegistry({}).value());
  const auto request = Proto<v1::ListRangeRequest>("include_portless: true");
  Listing expected = ListRange(*server.publication().Current(), request).value();
  const std::unique_ptr<grpc::ClientContext> context = Context();
  const auto stream = server.stub().ListRange(context.get(), request);
  v1::ListRangeResponse received;
  bool last = false;
  while (stream->Read(&received)) {
    ASSERT_FALSE(last);
    v1::ListRangeResponse message;
    last = expected.Next(message);
    ASSERT_EQ(received.SerializeAsString(), message.SerializeAsString());
  }
  EXPECT_TRUE(last);
  EXPECT_TRUE(stream->Finish().ok());
}

TEST(ServerTest, ErrorsArriveWithTheirDetails) {
  RunningServer server(SmallRegistry());
  v1::LookupResponse found;
  const grpc::Status lookup = LookUp(server.stub(), 70000, &found);
  EXPECT_EQ(lookup.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(lookup.error_message(), "port 70000 is out of range [0, 65535]");
  EXPECT_EQ(ReasonOf(lookup), "PORT_OUT_OF_RANGE");

  const auto unknown = Proto<v1::LookupRequest>("service: 'nosuch'");
  const grpc::Status not_found = server.stub().Lookup(Context().get(), unknown, &found);
  EXPECT_EQ(not_found.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(ReasonOf(not_found), "SERVICE_NOT_FOUND");

  v1::ClassifyResponse advice;
  const grpc::Status classify =
      server.stub().Classify(Context().get(), v1::ClassifyRequest(), &advice);
  EXPECT_EQ(ReasonOf(classify), "PORT_MISSING");

  v1::BatchLookupRequest large;
  for (int i = 0; i < 1001; ++i) large.add_requests();
  v1::BatchLookupResponse results;
  const grpc::Status batch = server.stub().BatchLookup(Context().get(), large, &results);
  EXPECT_EQ(ReasonOf(batch), "BATCH_TOO_LARGE");

  const std::unique_ptr<grpc::ClientContext> context = Context();
  const auto stream = server.stub().ListRange(
      context.get(), Proto<v1::ListRangeRequest>("first_port: 2 last_port: 1"));
  v1::ListRangeResponse message;
  EXPECT_FALSE(stream->Read(&message));
  EXPECT_EQ(ReasonOf(stream->Finish()), "RANGE_REVERSED");
}

TEST(ServerTest, BytesThatAreNoRequestAreRefusedWithAReason) {
  RunningServer server(SmallRegistry());
  const std::string service = "/portreg.v1.PortRegistryService/";
  for (const char* method : {"Lookup", "BatchLookup", "Classify", "ListRange", "GetRegistryInfo"}) {
    const grpc::Status status = CallRaw(server.address(), service + method, "\xFF\xFF\xFF");
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << method;
    EXPECT_EQ(ReasonOf(status), "MALFORMED_REQUEST") << method;
  }
  const struct {
    const char* method;
    const char* bytes;
    const char* message;
  } texts[] = {
      {"Lookup", "\x12\x01\xFF", "service \"\\xff\" is not valid UTF-8"},
      {"BatchLookup", "\x0A\x03\x12\x01\xFF", "requests[0].service \"\\xff\" is not valid UTF-8"},
      {"ListRange", "\x3A\x01\xFF", "resume_token \"\\xff\" is not valid UTF-8"},
  };
  for (const auto& c : texts) {
    const grpc::Status status = CallRaw(server.address(), service + c.method, c.bytes);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << c.method;
    EXPECT_EQ(status.error_message(), c.message);
    EXPECT_EQ(ReasonOf(status), "INVALID_UTF8") << c.method;
  }
  EXPECT_TRUE(Ask(server.address()).ok());
}

TEST(ServerTest, AnUnknownMethodIsUnimplemented) {
  RunningServer server(SmallRegistry());
  EXPECT_EQ(CallRaw(server.address(), "/portreg.v1.PortRegistryService/NoSuch", "").error_code(),
            grpc::StatusCode::UNIMPLEMENTED);
}

TEST(ServerTest, ARequestAbove256KibibytesIsTurnedAway) {
  RunningServer server(SmallRegistry());
  v1::LookupResponse response;
  v1::LookupRequest request;
  request.set_service(std::string((256 << 10) - 4, 'x'));  // 4 bytes of framing
  EXPECT_EQ(ReasonOf(server.stub().Lookup(Context().get(), request, &response)),
            "SERVICE_TOO_LONG");
  request.mutable_service()->push_back('x');
  EXPECT_EQ(server.stub().Lookup(Context().get(), request, &response).error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST(ServerTest, ACompressedRequestIsNotUnfolded) {
  RunningServer server(SmallRegistry());
  v1::LookupResponse response;
  v1::LookupRequest request;
  request.set_service(std::string(100'000, 'x'));
  const std::unique_ptr<grpc::ClientContext> context = Context();
  context->set_compression_algorithm(GRPC_COMPRESS_GZIP);
  const grpc::Status status = server.stub().Lookup(context.get(), request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(ReasonOf(status), "MALFORMED_REQUEST");
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

// What Start says where it cannot start.
absl::Status StartFails(std::vector<std::string> listen) {
  const Publication publication(SmallRegistry());
  return Server::Start({.listen = std::move(listen)}, publication).status();
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

TEST(ServerTest, APublishedRegistryIsServedFromTheNextCallOn) {
  RunningServer server(SmallRegistry("before"));
  v1::LookupResponse response;
  ASSERT_TRUE(LookUp(server.stub(), 80, &response).ok());
  EXPECT_EQ(response.records(0).service(), "before");
  server.publication().Publish(SmallRegistry("after"));
  ASSERT_TRUE(LookUp(server.stub(), 80, &response).ok());
  EXPECT_EQ(response.records(0).service(), "after");
  EXPECT_EQ(response.revision(), SmallRegistry("after").revision());
}

TEST(ServerTest, AListingStaysWithTheRegistryItBeganWith) {
  RunningServer server(LargeRegistry());
  const std::string revision = server.publication().Current()->revision();
  const std::unique_ptr<grpc::ClientContext> context = Context();
  const auto stream = server.stub().ListRange(context.get(), v1::ListRangeRequest());
  v1::ListRangeResponse message;
  ASSERT_TRUE(stream->Read(&message));
  server.publication().Publish(SmallRegistry());
  int records = message.records_size();
  while (stream->Read(&message)) {
    records += message.records_size();
    EXPECT_EQ(message.revision(), revision);
  }
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(records, 4000);
}

TEST(ServerTest, AClientThatGoesAwayDoesNoHarm) {
  RunningServer server(LargeRegistry());
  for (int i = 0; i < 20; ++i) {
    const std::unique_ptr<grpc::ClientContext> context = Context();
    const auto stream = server.stub().ListRange(context.get(), v1::ListRangeRequest());
    v1::ListRangeResponse message;
    ASSERT_TRUE(stream->Read(&message));
    context->TryCancel();
    EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
  EXPECT_TRUE(Ask(server.address()).ok());
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
  // One more waits at the client, as long as it may.
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

TEST(ServerTest, ManyClientsAreAnsweredAtOnce) {
  RunningServer server(SmallRegistry());
  std::vector<std::thread> clients;
  for (int client = 0; client < 8; ++client) {
    clients.emplace_back([&server] {
      for (int i = 0; i < 50; ++i) {
        v1::LookupResponse response;
        EXPECT_TRUE(LookUp(server.stub(), 80, &response).ok());
        EXPECT_THAT(response.records(), SizeIs(1));
      }
    });
  }
  for (std::thread& client : clients) client.join();
}

TEST(ServerTest, ShutdownTurnsNewCallsAway) {
  RunningServer server(SmallRegistry());
  EXPECT_TRUE(Ask(server.address()).ok());
  server.server().Shutdown(absl::ZeroDuration());
  EXPECT_EQ(Ask(server.address()).error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST(ServerTest, ShutdownLetsCallsEndWithinItsGrace) {
  RunningServer server(LargeRegistry());
  const std::unique_ptr<grpc::ClientContext> context = Context();
  const auto stream = server.stub().ListRange(context.get(), v1::ListRangeRequest());
  v1::ListRangeResponse message;
  ASSERT_TRUE(stream->Read(&message));
  int records = message.records_size();
  std::thread shutdown([&server] { server.server().Shutdown(absl::Seconds(30)); });
  // The shutdown is under way once new calls are turned away.
  while (Ask(server.address()).ok()) {
  }
  while (stream->Read(&message)) records += message.records_size();
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(records, 4000);
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
  // The third would reflect if the second's request held for the process.
  for (const bool reflection : {false, true, false}) {
    const auto server =
        Server::Start({.listen = {"127.0.0.1:0"}, .reflection = reflection}, publication).value();
    std::string response;
    const grpc::Status status = CallRaw(server->addresses()[0], method, list_services, &response);
    EXPECT_EQ(status.error_code(),
              reflection ? grpc::StatusCode::OK : grpc::StatusCode::UNIMPLEMENTED);
    EXPECT_EQ(absl::StrContains(response, "portreg.v1.PortRegistryService"), reflection);
  }
}

}  // namespace
}  // namespace portreg
