// Makes calls, waits for their answers and compares them.
#ifndef PORTREG_TESTS_CLIENT_ANSWERS_H_
#define PORTREG_TESTS_CLIENT_ANSWERS_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "portreg/client.h"

namespace portreg {

// How long a test waits for an event before it fails.
inline constexpr absl::Duration kPatience = absl::Seconds(30);

// Calls `done` until it returns true. Fails the test after kPatience.
template <typename Done>
void CallUntil(Done done) {
  const absl::Time end = absl::Now() + kPatience;
  while (!done()) {
    if (absl::Now() > end) {
      ADD_FAILURE() << "not within " << kPatience;
      return;
    }
    absl::SleepFor(absl::Milliseconds(1));
  }
}

// Receives the outcome of one asynchronous call. The callback may run on any thread.
template <typename T>
class Outcome {
 public:
  // Returns the callback for the call. Must be called only once.
  [[nodiscard]] Callback<T> Taker() {
    const std::shared_ptr<void> last_word(nullptr, [state = state_](void*) {
      const std::lock_guard lock(state->mutex);
      state->gone = true;
      state->changed.notify_all();
    });
    return [state = state_, last_word](absl::StatusOr<T> value) {
      const std::lock_guard lock(state->mutex);
      ++state->calls;
      state->value = std::move(value);
    };
  }

  // Waits until the callback is destroyed, because it cannot be called afterwards. Fails
  // the test if it is not destroyed within 20 s or was not called exactly once.
  absl::StatusOr<T> Await() const {
    std::unique_lock lock(state_->mutex);
    EXPECT_TRUE(state_->changed.wait_for(lock, std::chrono::seconds(20), [this] {
      return state_->gone;
    })) << "the callback is still there after 20 s";
    EXPECT_EQ(state_->calls, 1);
    return state_->value;
  }

  // Returns true if the callback has been called.
  [[nodiscard]] bool HasCome() const {
    const std::lock_guard lock(state_->mutex);
    return state_->calls > 0;
  }

 private:
  struct State {
    std::mutex mutex;
    std::condition_variable changed;
    int calls = 0;
    bool gone = false;
    absl::StatusOr<T> value = absl::UnknownError("no outcome");
  };

  const std::shared_ptr<State> state_ = std::make_shared<State>();
};

// The two ways to make a call.
enum class Way { kBlocking, kAsync };

inline constexpr Way kWays[] = {Way::kBlocking, Way::kAsync};

inline std::ostream& operator<<(std::ostream& out, Way way) {
  return out << (way == Way::kBlocking ? "Blocking" : "Async");
}

// Calls an asynchronous method of a Client and waits for its answer.
template <typename Request, typename Response>
absl::StatusOr<Response> Ask(PendingCall (Client::*method)(const Request&, Callback<Response>,
                                                           const CallOptions&) const,
                             const Client& client, const Request& request,
                             const CallOptions& call = {}) {
  Outcome<Response> outcome;
  (client.*method)(request, outcome.Taker(), call);
  return outcome.Await();
}

inline absl::StatusOr<v1::LookupResponse> LookUpPort(Way way, const Client& client, int32_t port,
                                                     const CallOptions& call = {}) {
  if (way == Way::kBlocking) return client.LookupPort(port, call);
  Outcome<v1::LookupResponse> outcome;
  client.LookupPortAsync(port, outcome.Taker(), call);
  return outcome.Await();
}

// Returns the next message; nullopt at the end.
inline absl::StatusOr<std::optional<v1::ListRangeResponse>> NextOf(AsyncRecordStream& stream) {
  Outcome<std::optional<v1::ListRangeResponse>> outcome;
  stream.Next(outcome.Taker());
  return outcome.Await();
}

template <typename Answer>
void ExpectSame(const absl::StatusOr<Answer>& actual, const absl::StatusOr<Answer>& expected) {
  ASSERT_TRUE(actual.ok()) << actual.status();
  ASSERT_TRUE(expected.ok()) << expected.status();
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(*actual, *expected))
      << actual->ShortDebugString() << "\n!=\n"
      << expected->ShortDebugString();
}

}  // namespace portreg

#endif  // PORTREG_TESTS_CLIENT_ANSWERS_H_
