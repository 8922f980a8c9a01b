// Runs the callbacks of a MockStub's asynchronous calls. Tests do not use it directly.
#ifndef PORTREG_TESTING_CALLBACK_CALLS_H_
#define PORTREG_TESTING_CALLBACK_CALLS_H_

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/cleanup/cleanup.h"
#include "absl/synchronization/mutex.h"
#include "grpcpp/grpcpp.h"
#include "grpcpp/support/client_callback.h"
#include "grpcpp/support/sync_stream.h"

namespace portreg {
namespace testing {
namespace internal {

// Runs `task` on this thread: at once, or, if it is called from within a task, after
// that task has returned. So no reaction is called from within another one, and a chain
// of calls does not grow the stack.
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
  // A task may throw, because GoogleMock's expectations may.
  const absl::Cleanup stop = [] { running = nullptr; };
  while (!tasks.empty()) {
    const std::function<void()> next = std::move(tasks.front());
    tasks.pop_front();
    next();
  }
}

// A call that ends with `status`. Deletes itself.
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

// Drives a reactor from a blocking reader, as gRPC drives it from the network. Deletes
// itself.
//
// gRPC ends a call when it has its status and no operation or hold is left. Without an
// operation or a hold a reactor cannot start another operation, so this class ends the
// call then. The status is CANCELLED if the stream was not read to its end, because
// gRPC would end such a call only if it were cancelled.
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
      const absl::MutexLock lock(&mutex_);
      started_ = true;
      first = std::exchange(read_before_start_, nullptr);
    }
    RunInTurn([this] {
      reactor_->OnReadInitialMetadataDone(true);
      Release();
    });
    // Without such a read, this may have been deleted.
    if (first != nullptr) StartRead(first);
  }

  void Read(Response* message) override {
    ++under_way_;
    {
      const absl::MutexLock lock(&mutex_);
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
  // The number of operations (the start of the call, reads) and holds.
  std::atomic<int> under_way_{1};
  // Used by one read at a time, and by the end of the call after them.
  bool at_end_ = false;
  absl::Mutex mutex_;
  bool started_ ABSL_GUARDED_BY(mutex_) = false;
  Response* read_before_start_ ABSL_GUARDED_BY(mutex_) = nullptr;
};

}  // namespace internal
}  // namespace testing
}  // namespace portreg

#endif  // PORTREG_TESTING_CALLBACK_CALLS_H_
