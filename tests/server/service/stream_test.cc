// Tests what all streams have in common.
#include "server/service/stream.h"

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "portreg/v1/port_registry_service.grpc.pb.h"
#include "server/service/calls.h"

namespace portreg::server {
namespace {

class ProbeStream final : public Stream {
 public:
  using Stream::cancelled;
  using Stream::Stream;
};

// Ends each Watch at once, and notes whether the stream counted as cancelled.
class ProbeService final : public v1::PortRegistryService::WithRawCallbackMethod_Watch<
                               v1::PortRegistryService::Service> {
 public:
  explicit ProbeService(Calls& calls) : calls_(calls) {}

  grpc::ServerWriteReactor<grpc::ByteBuffer>* Watch(grpc::CallbackServerContext* context,
                                                    const grpc::ByteBuffer* /*request*/) override {
    const auto stream = std::make_shared<ProbeStream>(calls_, Method::kWatch, *context);
    if (stream->Begin()) {
      cancelled_before_ = stream->cancelled();
      stream->End(grpc::Status::OK);
      cancelled_after_ = stream->cancelled();
    }
    return stream.get();
  }

  [[nodiscard]] bool cancelled_before() const { return cancelled_before_; }
  [[nodiscard]] bool cancelled_after() const { return cancelled_after_; }

 private:
  Calls& calls_;
  bool cancelled_before_ = true;
  bool cancelled_after_ = false;
};

// A worker may ask after the end, when the call's context may be gone.
TEST(StreamTest, CountsAsCancelledOnceItIsOver) {
  Calls calls{ServiceOptions()};
  ProbeService service(calls);
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  ASSERT_NE(server, nullptr);
  const auto stub = v1::PortRegistryService::NewStub(
      grpc::CreateChannel(absl::StrCat("127.0.0.1:", port), grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  v1::WatchResponse message;
  const auto reader = stub->Watch(&context, v1::WatchRequest());
  EXPECT_FALSE(reader->Read(&message));
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_FALSE(service.cancelled_before());
  EXPECT_TRUE(service.cancelled_after());
  server->Shutdown();
  calls.Stop();
}

}  // namespace
}  // namespace portreg::server
