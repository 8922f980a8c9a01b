// Simulates a server without a gRPC connection, for tests of the client.
#ifndef PORTREG_TESTS_CLIENT_FAKE_BACKEND_H_
#define PORTREG_TESTS_CLIENT_FAKE_BACKEND_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "client/connections/backend.h"
#include "gtest/gtest.h"
#include "tests/client/fake_clock.h"

namespace portreg::internal {

// A stream whose messages and end the test supplies. The listener runs on the clock's
// thread.
template <typename Response>
class FakeStream final : public MessageStream,
                         public std::enable_shared_from_this<FakeStream<Response>> {
 public:
  FakeStream(FakeClock& clock, std::string asked, CallTerms terms,
             std::shared_ptr<StreamListener<Response>> listener)
      : clock_(clock),
        asked_(std::move(asked)),
        terms_(std::move(terms)),
        listener_(std::move(listener)) {}

  void Start() override { Read(); }
  void Read() override {
    Change([this] { reading_ = true; });
  }
  void Cancel() override {
    Change([this] { End(grpc::Status::CANCELLED); });
  }

  void Send(Response message) {
    Change([&] { messages_.push_back(std::move(message)); });
  }
  void EndWith(const grpc::Status& status) {
    Change([&] { End(status); });
  }

  // The request's resume token or revision.
  [[nodiscard]] const std::string& asked() const { return asked_; }
  [[nodiscard]] const CallTerms& terms() const { return terms_; }

 private:
  template <typename Function>
  void Change(Function function) {
    {
      const std::lock_guard lock(mutex_);
      function();
    }
    clock_.RunElsewhere([self = this->shared_from_this()] { self->Deliver(); });
  }

  // Requires mutex_. Later ends have no effect.
  void End(const grpc::Status& status) {
    if (!end_) end_ = status;
  }

  void Deliver() {
    std::unique_lock lock(mutex_);
    while (reading_ && listener_ != nullptr) {
      const bool cancelled = end_ && end_->error_code() == grpc::StatusCode::CANCELLED;
      if (!messages_.empty() && !cancelled) {
        Response message = std::move(messages_.front());
        messages_.pop_front();
        reading_ = false;
        lock.unlock();
        const bool reads_on = listener_->OnMessage(std::move(message));
        lock.lock();
        reading_ = reading_ || reads_on;
      } else if (end_) {
        const std::shared_ptr<StreamListener<Response>> listener = std::move(listener_);
        lock.unlock();
        listener->OnEnd(*end_);
        return;
      } else {
        return;
      }
    }
  }

  FakeClock& clock_;
  const std::string asked_;
  const CallTerms terms_;
  std::mutex mutex_;
  bool reading_ = false;
  std::deque<Response> messages_;
  std::optional<grpc::Status> end_;
  // Used only on the clock's thread after the stream has started.
  std::shared_ptr<StreamListener<Response>> listener_;
};

// A Backend that holds each call open until the test ends it. An answer contains one record
// with the port of its request.
class FakeBackend final : public Backend {
 public:
  using Listing = FakeStream<v1::ListRangeResponse>;
  using Watching = FakeStream<v1::WatchResponse>;

  FakeBackend() {
    options_.timeout = absl::Seconds(2);
    options_.retry.initial_backoff = absl::Milliseconds(50);
  }

  [[nodiscard]] FakeClock& fake_clock() const { return clock_; }
  void set_connected(bool connected) { connected_ = connected; }

  // Waits until `count` lookup calls have been made. Returns the ports of each call.
  std::vector<std::vector<int>> AwaitCalls(size_t count) const {
    std::unique_lock lock(calls_->mutex);
    Await(lock, [&] { return calls_->all.size() >= count; });
    std::vector<std::vector<int>> ports;
    for (const std::shared_ptr<Call>& call : calls_->all) ports.push_back(call->ports);
    return ports;
  }

  // Ends call number `call`, counted from 0, on the clock's thread. Waits for the call.
  void End(size_t call, const grpc::Status& status = grpc::Status::OK) const {
    std::shared_ptr<Call> ended;
    {
      std::unique_lock lock(calls_->mutex);
      Await(lock, [&] { return calls_->all.size() > call; });
      ended = calls_->all[call];
    }
    EndCall(clock_, calls_, ended, status);
  }

  // Ends every call that is open now.
  void EndAll() const {
    std::vector<std::shared_ptr<Call>> open;
    {
      const std::lock_guard lock(calls_->mutex);
      for (const std::shared_ptr<Call>& call : calls_->all) {
        if (call->done != nullptr) open.push_back(call);
      }
    }
    for (const std::shared_ptr<Call>& call : open) EndCall(clock_, calls_, call, grpc::Status::OK);
  }

  // Returns true if the client has cancelled the call.
  [[nodiscard]] bool cancelled(size_t call) const {
    const std::lock_guard lock(calls_->mutex);
    return calls_->all[call]->cancelled;
  }

  // Wait until stream number `number`, counted from 0, has been opened. Return that stream.
  std::shared_ptr<Listing> AwaitListing(size_t number) const { return AwaitNth(listings_, number); }
  std::shared_ptr<Watching> AwaitWatch(size_t number) const { return AwaitNth(watches_, number); }
  [[nodiscard]] size_t watches() const {
    const std::lock_guard lock(calls_->mutex);
    return watches_.size();
  }

  [[nodiscard]] Clock& clock() const override { return clock_; }
  [[nodiscard]] const ClientOptions& options() const override { return options_; }
  [[nodiscard]] bool HasAsyncCalls() const override { return true; }
  [[nodiscard]] bool connected() const override { return connected_; }
  [[nodiscard]] bool renews() const override { return false; }
  [[nodiscard]] absl::Status Explain(const grpc::Status& status,
                                     absl::Duration timeout) const override {
    if (status.error_code() != grpc::StatusCode::DEADLINE_EXCEEDED) return Explain(status);
    return absl::DeadlineExceededError(absl::FormatDuration(timeout));
  }
  [[nodiscard]] absl::Status Explain(const grpc::Status& status) const override {
    return {static_cast<absl::StatusCode>(status.error_code()), status.error_message()};
  }
  [[nodiscard]] absl::Status NoConnection(absl::Duration timeout) const override {
    return absl::UnavailableError(absl::FormatDuration(timeout));
  }

  [[nodiscard]] absl::StatusOr<v1::LookupResponse> Lookup(const v1::LookupRequest& request,
                                                          const CheckedCallOptions& options,
                                                          MonotonicTime deadline) const override {
    std::mutex mutex;
    std::condition_variable changed;
    std::optional<absl::StatusOr<v1::LookupResponse>> outcome;
    LookupAsync(request, options, deadline, [&](absl::StatusOr<v1::LookupResponse> answer) {
      const std::lock_guard lock(mutex);
      outcome = std::move(answer);
      changed.notify_all();
    });
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return outcome.has_value(); });
    return *std::move(outcome);
  }

  std::shared_ptr<Cancellable> LookupAsync(const v1::LookupRequest& request,
                                           const CheckedCallOptions& /*options*/,
                                           MonotonicTime /*deadline*/,
                                           Callback<v1::LookupResponse> callback) const override {
    auto shared = std::make_shared<Callback<v1::LookupResponse>>(std::move(callback));
    auto rpc = std::make_shared<FakeRpc>(*this);
    rpc->Begin({request.port()}, [this, request, shared](const grpc::Status& status) {
      if (status.ok()) {
        std::move (*shared)(AnswerTo(request));
      } else {
        std::move (*shared)(Explain(status));
      }
    });
    return rpc;
  }

  [[nodiscard]] std::unique_ptr<LookupRpc> NewLookupRpc(const CallTerms& /*terms*/) const override {
    return std::make_unique<FakeRpc>(*this);
  }

  [[nodiscard]] std::shared_ptr<MessageStream> NewListing(
      const v1::ListRangeRequest& request, const CallTerms& terms,
      std::shared_ptr<StreamListener<v1::ListRangeResponse>> listener) const override {
    return Open(listings_, request.resume_token(), terms, std::move(listener));
  }
  [[nodiscard]] std::shared_ptr<MessageStream> NewWatch(
      const v1::WatchRequest& request, const CallTerms& terms,
      std::shared_ptr<StreamListener<v1::WatchResponse>> listener) const override {
    return Open(watches_, request.revision(), terms, std::move(listener));
  }

 private:
  struct Call {
    std::vector<int> ports;
    // Empty once the call has ended.
    LookupRpc::Done done;
    bool cancelled = false;
  };
  struct Calls {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::shared_ptr<Call>> all;
  };

  class FakeRpc final : public LookupRpc {
   public:
    explicit FakeRpc(const FakeBackend& backend) : clock_(backend.clock_), calls_(backend.calls_) {}

    void Begin(std::vector<int> ports, Done done) {
      const std::lock_guard lock(calls_->mutex);
      call_->ports = std::move(ports);
      call_->done = std::move(done);
      calls_->all.push_back(call_);
      calls_->changed.notify_all();
      if (call_->cancelled) EndCall(clock_, calls_, call_, grpc::Status::CANCELLED);
    }

    void StartSingle(const v1::LookupRequest& request, v1::LookupResponse& response,
                     Done done) override {
      Begin({request.port()},
            [&request, &response, done = std::move(done)](const grpc::Status& status) {
              response = AnswerTo(request);
              done(status);
            });
    }
    void StartBatch(const v1::BatchLookupRequest& request, v1::BatchLookupResponse& response,
                    Done done) override {
      std::vector<int> ports;
      for (const v1::LookupRequest& each : request.requests()) ports.push_back(each.port());
      Begin(std::move(ports),
            [&request, &response, done = std::move(done)](const grpc::Status& status) {
              for (const v1::LookupRequest& each : request.requests()) {
                *response.add_results()->mutable_response() = AnswerTo(each);
              }
              done(status);
            });
    }
    void Cancel() override {
      {
        const std::lock_guard lock(calls_->mutex);
        call_->cancelled = true;
      }
      EndCall(clock_, calls_, call_, grpc::Status::CANCELLED);
    }

   private:
    FakeClock& clock_;
    const std::shared_ptr<Calls> calls_;
    const std::shared_ptr<Call> call_ = std::make_shared<Call>();
  };

  static v1::LookupResponse AnswerTo(const v1::LookupRequest& request) {
    v1::LookupResponse response;
    response.add_records()->set_first_port(request.port());
    return response;
  }

  static void EndCall(FakeClock& clock, const std::shared_ptr<Calls>& calls,
                      const std::shared_ptr<Call>& call, const grpc::Status& status) {
    clock.RunElsewhere([calls, call, status] {
      LookupRpc::Done done;
      {
        const std::lock_guard lock(calls->mutex);
        std::swap(done, call->done);
      }
      if (done != nullptr) done(status);
    });
  }

  template <typename Condition>
  void Await(std::unique_lock<std::mutex>& lock, Condition condition) const {
    EXPECT_TRUE(calls_->changed.wait_for(lock, std::chrono::seconds(60), condition))
        << "not within 60 s";
  }

  template <typename Stream, typename Listener>
  std::shared_ptr<Stream> Open(std::vector<std::shared_ptr<Stream>>& streams,
                               const std::string& asked, const CallTerms& terms,
                               Listener listener) const {
    auto stream = std::make_shared<Stream>(clock_, asked, terms, std::move(listener));
    const std::lock_guard lock(calls_->mutex);
    streams.push_back(stream);
    calls_->changed.notify_all();
    return stream;
  }

  template <typename Stream>
  std::shared_ptr<Stream> AwaitNth(const std::vector<std::shared_ptr<Stream>>& streams,
                                   size_t number) const {
    std::unique_lock lock(calls_->mutex);
    Await(lock, [&] { return streams.size() > number; });
    return streams[number];
  }

  ClientOptions options_;
  std::atomic<bool> connected_{true};
  const std::shared_ptr<Calls> calls_ = std::make_shared<Calls>();
  // Guarded by the mutex of calls_.
  mutable std::vector<std::shared_ptr<Listing>> listings_;
  mutable std::vector<std::shared_ptr<Watching>> watches_;
  // The last member, because it must be destroyed first, with its thread.
  mutable FakeClock clock_;
};

}  // namespace portreg::internal

#endif  // PORTREG_TESTS_CLIENT_FAKE_BACKEND_H_
