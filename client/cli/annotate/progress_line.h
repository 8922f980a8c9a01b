// Shows the progress of a long run on a terminal.
#ifndef PORTREG_CLIENT_CLI_ANNOTATE_PROGRESS_LINE_H_
#define PORTREG_CLIENT_CLI_ANNOTATE_PROGRESS_LINE_H_

#include <cstdint>
#include <cstdio>
#include <string>

#include "absl/time/time.h"
#include "client/cli/annotate/block_reader.h"
#include "common/system/monotonic_time.h"

namespace portreg::cli {

// Returns the line of a run that began `elapsed` ago: "1.2 GB of 3.4 GB (35 %), 12.3 million
// lines, 6.1 million lines/s".
std::string ProgressText(const ReadProgress& progress, uint64_t lines, absl::Duration elapsed);

// Overwrites one line of the terminal, first after a second and then four times a second.
// Not thread-safe.
class ProgressLine {
 public:
  // `terminal` is nullptr if nothing is to be shown.
  explicit ProgressLine(std::FILE* terminal) : terminal_(terminal) {}
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  // Erases the line.
  ~ProgressLine();

  void Update(const ReadProgress& progress, uint64_t lines);

 private:
  std::FILE* const terminal_;
  const MonotonicTime begin_ = MonotonicTime::Now();
  MonotonicTime next_ = begin_ + absl::Seconds(1);
  bool is_shown_ = false;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_ANNOTATE_PROGRESS_LINE_H_
