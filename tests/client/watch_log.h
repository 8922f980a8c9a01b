// What a watch tells, noted down.
#ifndef PORTREG_TESTS_CLIENT_WATCH_LOG_H_
#define PORTREG_TESTS_CLIENT_WATCH_LOG_H_

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "portreg/client.h"
#include "portreg/watcher.h"

namespace portreg {

// Notes in the order of the callbacks, which may run on any thread: "r1" for a
// revision, "lost UNAVAILABLE" for an interruption, "end INTERNAL".
class WatchLog {
 public:
  // The callbacks, with pauses that do not make a test slow.
  [[nodiscard]] RevisionCallback OnRevision() {
    return [state = state_](const v1::WatchResponse& now) { state->Add(now.revision(), {}); };
  }
  // "back" for a recovery; Options() leaves it out.
  [[nodiscard]] RecoveryCallback OnRecovery() {
    return [state = state_] { state->Add("back", {}); };
  }
  [[nodiscard]] WatchOptions Options() {
    WatchOptions options;
    options.initial_backoff = absl::Milliseconds(1);
    options.on_interruption = [state = state_](const absl::Status& status) {
      state->Add("lost ", status);
    };
    options.on_end = [state = state_](const absl::Status& status) { state->Add("end ", status); };
    return options;
  }

  // Waits for so many notes; gives all that are there by then. Fails the test if
  // they are not within 20 s.
  std::vector<std::string> Await(size_t count) const {
    std::unique_lock lock(state_->mutex);
    EXPECT_TRUE(state_->changed.wait_for(lock, std::chrono::seconds(20), [&] {
      return state_->notes.size() >= count;
    })) << "not within 20 s";
    return state_->notes;
  }

  // The last status noted.
  [[nodiscard]] absl::Status last_status() const {
    const std::lock_guard lock(state_->mutex);
    return state_->last_status;
  }

  // How many callbacks hold this log.
  [[nodiscard]] long holders() const { return state_.use_count() - 1; }

 private:
  struct State {
    void Add(const std::string& note, const absl::Status& status) {
      const std::lock_guard lock(mutex);
      notes.push_back(status.ok() ? note
                                  : absl::StrCat(note, absl::StatusCodeToString(status.code())));
      if (!status.ok()) last_status = status;
      changed.notify_all();
    }

    std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::string> notes;
    absl::Status last_status;
  };

  const std::shared_ptr<State> state_ = std::make_shared<State>();
};

// What a watch is told.
inline v1::WatchResponse Told(const std::string& revision) {
  v1::WatchResponse message;
  message.set_revision(revision);
  return message;
}

}  // namespace portreg

#endif  // PORTREG_TESTS_CLIENT_WATCH_LOG_H_
