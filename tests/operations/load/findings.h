// Collects what a load finds out about the answers to it.
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

// The ports of the local layer, see generations.py: in each generation of its
// file each of them has one record, whose description begins with "generation"
// and the generation's number.
inline constexpr int kFirstPort = 20'000;
inline constexpr int kPorts = 1'000;

// The generation that local records of one answer are from. An answer that was
// made of two snapshots has two of them.
class Generation {
 public:
  // Takes in a record; one of another layer says nothing.
  void Add(const v1::PortRecord& record);

  // Returns whether there were records, all of them of one generation.
  [[nodiscard]] bool one() const { return known_ && !mixed_; }
  [[nodiscard]] absl::string_view text() const { return text_; }
  [[nodiscard]] int records() const { return records_; }

 private:
  bool known_ = false;
  bool mixed_ = false;
  int records_ = 0;
  std::string text_;
};

// Counts calls, and notes failures and which revision is which generation.
// Thread-safe.
class Findings {
 public:
  // Counts a call of that kind which ended well.
  void Count(absl::string_view kind);

  // Notes what went wrong with a call of that kind.
  void Fail(absl::string_view kind, absl::string_view reason);

  // Takes in an answer of that kind; it must be of one generation, of the one
  // that its revision has been before.
  void Check(absl::string_view kind, const std::string& revision, const Generation& generation);

  // One JSON object: calls and failures by kind, the first reasons, and how many
  // generations were seen.
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
