// Checks the answers to a load while the server reloads its files, and counts failures.
#ifndef PORTREG_TESTS_OPERATIONS_LOAD_FINDINGS_H_
#define PORTREG_TESTS_OPERATIONS_LOAD_FINDINGS_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "portreg/v1/port_record.pb.h"

namespace portreg::load {

// The ports of the local layer (see generations.py). In each generation of the layer's
// file, each port has one record, whose description begins with "generation" and the
// generation's number.
inline constexpr int kFirstPort = 20'000;
inline constexpr int kPorts = 1'000;

// Finds the generation of the local records of one answer. An answer with records of two
// generations is wrong, because it mixes two snapshots. Not thread-safe.
class Generation {
 public:
  // Adds a record of the answer. Ignores records of other layers.
  void Add(const v1::PortRecord& record);

  // Returns true if there were local records, all of the same generation.
  [[nodiscard]] bool one() const { return known_ && !mixed_; }
  [[nodiscard]] absl::string_view text() const { return text_; }
  [[nodiscard]] int records() const { return records_; }

 private:
  bool known_ = false;
  bool mixed_ = false;
  int records_ = 0;
  std::string text_;
};

// Counts calls and failures, and remembers the generation of each revision.
// Thread-safe.
class Findings {
 public:
  // Counts a successful call of this kind.
  void Count(absl::string_view kind);

  // Counts a failed call of this kind, and keeps the reason if it is the kind's first.
  void Fail(absl::string_view kind, absl::string_view reason);

  // Counts an answer of this kind as a success or a failure. A right answer has records of
  // one generation, and all answers of one revision have the same generation.
  void Check(absl::string_view kind, const std::string& revision, const Generation& generation);

  // Returns a JSON object: calls, failures and first reasons by kind, and in "generations"
  // the number of revisions seen.
  [[nodiscard]] std::string ToJson() const;

 private:
  mutable absl::Mutex mutex_;
  std::map<std::string, uint64_t, std::less<>> calls_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, uint64_t, std::less<>> failures_ ABSL_GUARDED_BY(mutex_);
  // The first reason of each kind.
  std::map<std::string, std::string, std::less<>> reasons_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::string> generation_of_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace portreg::load

#endif  // PORTREG_TESTS_OPERATIONS_LOAD_FINDINGS_H_
