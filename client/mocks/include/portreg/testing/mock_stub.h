// Replaces a server by a stub that a test scripts.
#ifndef PORTREG_TESTING_MOCK_STUB_H_
#define PORTREG_TESTING_MOCK_STUB_H_

#include <functional>
#include <memory>

#include "gmock/gmock.h"
#include "grpcpp/grpcpp.h"
#include "portreg/testing/actions.h"
#include "portreg/testing/callback_calls.h"
#include "portreg/v1/port_registry_service_mock.grpc.pb.h"

namespace portreg {
namespace testing {

namespace internal {

// Answers the asynchronous methods of the stub by its blocking methods.
class MockAsyncStub final : public v1::PortRegistryService::StubInterface::async_interface {
 public:
  // `stub` must outlive this.
  explicit MockAsyncStub(v1::MockPortRegistryServiceStub& stub) : stub_(stub) {}

  void Lookup(grpc::ClientContext* context, const v1::LookupRequest* request,
              v1::LookupResponse* response, std::function<void(grpc::Status)> done) override {
    Tell(done, stub_.Lookup(context, *request, response));
  }
  void Lookup(grpc::ClientContext* context, const v1::LookupRequest* request,
              v1::LookupResponse* response, grpc::ClientUnaryReactor* reactor) override {
    new CallbackUnary(stub_.Lookup(context, *request, response), reactor);
  }

  void BatchLookup(grpc::ClientContext* context, const v1::BatchLookupRequest* request,
                   v1::BatchLookupResponse* response,
                   std::function<void(grpc::Status)> done) override {
    Tell(done, stub_.BatchLookup(context, *request, response));
  }
  void BatchLookup(grpc::ClientContext* context, const v1::BatchLookupRequest* request,
                   v1::BatchLookupResponse* response, grpc::ClientUnaryReactor* reactor) override {
    new CallbackUnary(stub_.BatchLookup(context, *request, response), reactor);
  }

  void Classify(grpc::ClientContext* context, const v1::ClassifyRequest* request,
                v1::ClassifyResponse* response, std::function<void(grpc::Status)> done) override {
    Tell(done, stub_.Classify(context, *request, response));
  }
  void Classify(grpc::ClientContext* context, const v1::ClassifyRequest* request,
                v1::ClassifyResponse* response, grpc::ClientUnaryReactor* reactor) override {
    new CallbackUnary(stub_.Classify(context, *request, response), reactor);
  }

  void Check(grpc::ClientContext* context, const v1::CheckRequest* request,
             v1::CheckResponse* response, std::function<void(grpc::Status)> done) override {
    Tell(done, stub_.Check(context, *request, response));
  }
  void Check(grpc::ClientContext* context, const v1::CheckRequest* request,
             v1::CheckResponse* response, grpc::ClientUnaryReactor* reactor) override {
    new CallbackUnary(stub_.Check(context, *request, response), reactor);
  }

  void Suggest(grpc::ClientContext* context, const v1::SuggestRequest* request,
               v1::SuggestResponse* response, std::function<void(grpc::Status)> done) override {
    Tell(done, stub_.Suggest(context, *request, response));
  }
  void Suggest(grpc::ClientContext* context, const v1::SuggestRequest* request,
               v1::SuggestResponse* response, grpc::ClientUnaryReactor* reactor) override {
    new CallbackUnary(stub_.Suggest(context, *request, response), reactor);
  }

  void ListRange(grpc::ClientContext* context, const v1::ListRangeRequest* request,
                 grpc::ClientReadReactor<v1::ListRangeResponse>* reactor) override {
    Stream(stub_.ListRangeRaw(context, *request), reactor);
  }

  void Watch(grpc::ClientContext* context, const v1::WatchRequest* request,
             grpc::ClientReadReactor<v1::WatchResponse>* reactor) override {
    Stream(stub_.WatchRaw(context, *request), reactor);
  }

  void Search(grpc::ClientContext* context, const v1::SearchRequest* request,
              v1::SearchResponse* response, std::function<void(grpc::Status)> done) override {
    Tell(done, stub_.Search(context, *request, response));
  }
  void Search(grpc::ClientContext* context, const v1::SearchRequest* request,
              v1::SearchResponse* response, grpc::ClientUnaryReactor* reactor) override {
    new CallbackUnary(stub_.Search(context, *request, response), reactor);
  }

  void GetRegistryInfo(grpc::ClientContext* context, const v1::GetRegistryInfoRequest* request,
                       v1::GetRegistryInfoResponse* response,
                       std::function<void(grpc::Status)> done) override {
    Tell(done, stub_.GetRegistryInfo(context, *request, response));
  }
  void GetRegistryInfo(grpc::ClientContext* context, const v1::GetRegistryInfoRequest* request,
                       v1::GetRegistryInfoResponse* response,
                       grpc::ClientUnaryReactor* reactor) override {
    new CallbackUnary(stub_.GetRegistryInfo(context, *request, response), reactor);
  }

 private:
  template <typename Response>
  static void Stream(grpc::ClientReaderInterface<Response>* reader,
                     grpc::ClientReadReactor<Response>* reactor) {
    using Call = CallbackStream<Response>;
    new Call(std::unique_ptr<typename Call::Reader>(reader), reactor);
  }

  static void Tell(const std::function<void(grpc::Status)>& done, const grpc::Status& status) {
    RunInTurn([done, status] { done(status); });
  }

  v1::MockPortRegistryServiceStub& stub_;
};

}  // namespace internal

// Mocks the stub of the service with GoogleMock, for faults that a FakeServer cannot
// have:
//
//   auto stub = std::make_shared<::testing::NiceMock<portreg::testing::MockStub>>();
//   EXPECT_CALL(*stub, Lookup).WillOnce(portreg::testing::Answers(response));
//   EXPECT_CALL(*stub, ListRangeRaw).WillOnce(portreg::testing::ListingOf({message}));
//   const portreg::Client client(stub);
//
// Expectations can be set on Lookup, BatchLookup, Classify, Check, Suggest, Search and
// GetRegistryInfo, which have a context, a request and a response as arguments, and on
// ListRangeRaw and WatchRaw, which have a context and a request.
// portreg/testing/actions.h defines actions for them. Without an expectation, calls
// return the empty message, batches an empty response for each lookup, checks no
// findings for each claim, listings one message without records, and watches end with
// UNIMPLEMENTED.
//
// The client checks answers as it checks those of a server. An answer that breaks the
// contract, such as a batch with too few results or a record with a first port but no
// last one, is INTERNAL.
//
// Asynchronous calls of the client meet the same expectations. Their callbacks run on
// the thread that makes the call, before the call returns; so a caller must not hold a
// lock that the callback takes. A call from within a callback meets its expectation at
// once, and has its outcome after that callback has returned. Cancelling has no effect.
//
// Thread-safe.
class MockStub : public v1::MockPortRegistryServiceStub {
 public:
  MockStub() {
    ON_CALL(*this, BatchLookup).WillByDefault(internal::AnswersEachLookup());
    ON_CALL(*this, Check).WillByDefault(internal::AnswersEachClaim());
    ON_CALL(*this, ListRangeRaw).WillByDefault(ListingOf({v1::ListRangeResponse()}));
    ON_CALL(*this, WatchRaw).WillByDefault(WatchOf({}));
  }

  // Returns the asynchronous methods, which the expectations of the others answer.
  v1::PortRegistryService::StubInterface::async_interface* async() override { return &async_; }

 private:
  internal::MockAsyncStub async_{*this};
};

}  // namespace testing
}  // namespace portreg

#endif  // PORTREG_TESTING_MOCK_STUB_H_
