// How a MockStub tells the outcome of calls that do not block. Of no use to a
// test by itself.
#ifndef PORTREG_TESTING_CALLBACK_CALLS_H_
#define PORTREG_TESTING_CALLBACK_CALLS_H_

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "grpcpp/grpcpp.h"
#include "grpcpp/support/client_callback.h"
#include "grpcpp/support/sync_stream.h"

namespace portreg {
namespace testing {
namespace internal {

// Runs `task` on this thread: at once, or, given by a task that runs, once that
// one is over. So no reaction is called from within another, and a chain of
// calls does not grow the stack.
inline void RunInTurn(std::function<void()> task) {
  using Tasks = std::deque<std::function<void()>>;
  thread_local Tasks* running = nullptr;
  if (running != nullptr) {
    running->push_back(std::move(task));
    return;
  }
  Tasks tasks;
  tasks.push_back(std::move(task));
  running = &tasks;
  // Also where a task throws, as an expectation of GoogleTest's may.
  const absl::Cleanup stop = [] { running = nullptr; };
  while (!tasks.empty()) {
    const std::function<void()> next = std::move(tasks.front());
    tasks.pop_front();
    next();
  }
}

// A call that ends with `status`; goes away by itself.
class CallbackUnary final : public grpc::ClientCallbackUnary {
 public:
  CallbackUnary(grpc::Status status, grpc::ClientUnaryReactor* reactor)
      : status_(std::move(status)), reactor_(reactor) {
    BindReactor(reactor);
  }

  void StartCall() override {
    RunInTurn([reactor = reactor_, status = status_] {
      reactor->OnReadInitialMetadataDone(status.ok());
      reactor->OnDone(status);
    });
    delete this;
  }

 private:
  const grpc::Status status_;
  grpc::ClientUnaryReactor* const reactor_;
};

// Drives a reactor from a blocking reader, as gRPC drives it from the network;
// goes away by itself.
//
// gRPC ends a call when its status is there and nothing is under way or held.
// Once nothing is under way or held, a reactor can start nothing more, so this
// ends it then; with CANCELLED if the stream was not read to its end, since
// only a reactor that cancelled would be told of an end in that case.
template <typename Response>
class CallbackStream final : public grpc::ClientCallbackReader<Response> {
 public:
  using Reader = grpc::ClientReaderInterface<Response>;
  using Reactor = grpc::ClientReadReactor<Response>;

  CallbackStream(std::unique_ptr<Reader> reader, Reactor* reactor)
      : reader_(std::move(reader)), reactor_(reactor) {
    this->BindReactor(reactor);
  }

  void StartCall() override {
    Response* first = nullptr;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      started_ = true;
      first = std::exchange(read_before_start_, nullptr);
    }
    RunInTurn([this] {
      reactor_->OnReadInitialMetadataDone(true);
      Release();
    });
    // If there is none, this may be gone by now.
    if (first != nullptr) StartRead(first);
  }

  void Read(Response* message) override {
    ++under_way_;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (!started_) {
        read_before_start_ = message;
        return;
      }
    }
    StartRead(message);
  }

  void AddHold(int holds) override { under_way_ += holds; }
  void RemoveHold() override { Release(); }

 private:
  void StartRead(Response* message) {
    RunInTurn([this, message] {
      at_end_ = at_end_ || reader_ == nullptr || !reader_->Read(message);
      reactor_->OnReadDone(!at_end_);
      Release();
    });
  }

  void Release() {
    if (--under_way_ > 0) return;
    grpc::Status status = reader_ == nullptr
                              ? grpc::Status(grpc::StatusCode::INTERNAL, "the stub gave no reader")
                              : reader_->Finish();
    if (status.ok() && !at_end_) status = grpc::Status::CANCELLED;
    RunInTurn([reactor = reactor_, status = std::move(status)] { reactor->OnDone(status); });
    delete this;
  }

  const std::unique_ptr<Reader> reader_;
  Reactor* const reactor_;
  // The call's start, reads, and holds.
  std::atomic<int> under_way_{1};
  // Used by one read at a time.
  bool at_end_ = false;
  std::mutex mutex_;
  bool started_ = false;
  Response* read_before_start_ = nullptr;
};

}  // namespace internal
}  // namespace testing
}  // namespace portreg

#endif  // PORTREG_TESTING_CALLBACK_CALLS_H_
