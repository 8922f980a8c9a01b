// Annotates blocks with several threads, and writes them in their order.
#ifndef PORTREG_CLIENT_CLI_ANNOTATE_BLOCK_PIPELINE_H_
#define PORTREG_CLIENT_CLI_ANNOTATE_BLOCK_PIPELINE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "client/cli/annotate/block_reader.h"
#include "client/cli/flow_logs/blocks.h"
#include "client/cli/streams/stop_signal.h"
#include "common/system/mutex.h"

namespace portreg::cli {

// Counts the lines of all files.
struct AnnotateTotals {
  uint64_t lines = 0;
  // Lines that could not be read and are unchanged.
  uint64_t unread = 0;
  // The first such line: the index of its file, and its number in the log, from 1.
  size_t first_unread_file = 0;
  uint64_t first_unread_line = 0;
};

// Each thread repeats three steps: it reads a block and takes the next ticket, while it holds
// input_mutex_; it annotates the block; it waits until the turn is that of its ticket, writes
// the block, and passes the turn on.
//
// No thread waits for ever: the thread with the lowest ticket has the turn; every ticket gets its
// turn, because no thread returns between the steps; and no thread holds both locks. If a write
// fails, threads no longer wait for a turn, and StopSignal ends the wait of the thread that
// reads. Each thread needs the memory of one block of input and one of output.
class BlockPipeline {
 public:
  // Functions of the output. The pipeline calls them one at a time.
  struct Sink {
    // Writes bytes. Returns false if the output cannot be written; nothing more is written then.
    std::function<bool(absl::string_view)> write;
    // Called after each block.
    std::function<void(const ReadProgress&, const AnnotateTotals&)> on_progress;
  };

  // The arguments must outlive the pipeline.
  BlockPipeline(BlockReader& reader, const Sink& sink, const StopSignal& stop)
      : sink_(sink), stop_(stop), reader_(reader) {}

  // Runs to the end of the input with up to `threads` threads, including the calling one.
  // Returns the error of the reader; OK if a write failed. Must be called once.
  absl::Status Run(int threads);

  // Returns the totals. Must be called after Run().
  [[nodiscard]] AnnotateTotals totals();

 private:
  // A block between the steps.
  struct Job {
    uint64_t ticket = 0;
    BlockWork work;
    ReadProgress progress;
    BlockCounts counts;
  };

  void Work();
  // Returns nullopt at the end of the input.
  std::optional<Job> Read(InputBlock& block);
  static void Annotate(const InputBlock& block, Job& job, OutputBlock& out);
  // Returns false if nothing more is to be written.
  bool WriteInTurn(const Job& job, absl::string_view bytes);
  void AddCounts(const Job& job) ABSL_EXCLUSIVE_LOCKS_REQUIRED(turn_mutex_);

  const Sink& sink_;
  const StopSignal& stop_;

  Mutex input_mutex_;
  BlockReader& reader_ ABSL_GUARDED_BY(input_mutex_);
  uint64_t next_ticket_ ABSL_GUARDED_BY(input_mutex_) = 0;
  bool input_is_over_ ABSL_GUARDED_BY(input_mutex_) = false;
  absl::Status input_status_ ABSL_GUARDED_BY(input_mutex_);

  Mutex turn_mutex_;
  // Notified when turn_ or has_failed_ changes.
  ConditionVariable turn_changed_;
  // The ticket whose block is written next.
  uint64_t turn_ ABSL_GUARDED_BY(turn_mutex_) = 0;
  bool has_failed_ ABSL_GUARDED_BY(turn_mutex_) = false;
  AnnotateTotals totals_ ABSL_GUARDED_BY(turn_mutex_);
  // The lines of the current log that were written.
  uint64_t lines_of_log_ ABSL_GUARDED_BY(turn_mutex_) = 0;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_ANNOTATE_BLOCK_PIPELINE_H_
