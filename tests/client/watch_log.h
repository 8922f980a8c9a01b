// Records the events of a watch.
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

// Records a note for each callback, in order: a revision such as "r1", "lost UNAVAILABLE"
// for an interruption, "back" for a recovery, "end INTERNAL" for the end. The callbacks
// may run on any thread.
class WatchLog {
 public:
  // Return the callbacks. Options() also makes the client retry fast, but does not set
  // OnRecovery().
  [[nodiscard]] RevisionCallback OnRevision() {
    return [state = state_](const v1::WatchResponse& now) { state->Add(now.revision(), {}); };
  }
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

  // Waits for `count` notes and returns all notes so far. Fails the test if there are
  // fewer after 20 s.
  std::vector<std::string> Await(size_t count) const {
    std::unique_lock lock(state_->mutex);
    EXPECT_TRUE(state_->changed.wait_for(lock, std::chrono::seconds(20), [&] {
      return state_->notes.size() >= count;
    })) << "not within 20 s";
    return state_->notes;
  }

  // Returns the last error recorded; OK if there was none.
  [[nodiscard]] absl::Status last_status() const {
    const std::lock_guard lock(state_->mutex);
    return state_->last_status;
  }

  // Returns the number of callbacks that still refer to this log.
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

// Returns a message of Watch with this revision.
inline v1::WatchResponse Told(const std::string& revision) {
  v1::WatchResponse message;
  message.set_revision(revision);
  return message;
}

}  // namespace portreg

#endif  // PORTREG_TESTS_CLIENT_WATCH_LOG_H_
