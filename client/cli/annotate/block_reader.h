// Reads logs in blocks of whole lines.
#ifndef PORTREG_CLIENT_CLI_ANNOTATE_BLOCK_READER_H_
#define PORTREG_CLIENT_CLI_ANNOTATE_BLOCK_READER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/flow_logs/block_annotator.h"
#include "client/cli/flow_logs/blocks.h"
#include "client/cli/flow_logs/log_formats.h"
#include "client/cli/streams/byte_source.h"
#include "client/cli/streams/stop_signal.h"

namespace portreg::cli {

// The size of a usual block, and that of the longest line that is read. Longer lines are passed
// on unchanged, in parts.
inline constexpr size_t kBlockBytes = size_t{256} << 10;
inline constexpr size_t kMaxLineBytes = size_t{1} << 20;

// Describes how the contents of an InputBlock are annotated.
struct BlockWork {
  // Null: the block is written unchanged.
  std::shared_ptr<const BlockAnnotator> annotator;
  // For a block that is written unchanged: true if it is the beginning of a line that is too
  // long to be read.
  bool is_unread_line = false;
  // The file that the block comes from; an index of the paths.
  size_t file = 0;
  // True if the block is the first of its log, so that lines are counted from 1.
  bool begins_log = false;
};

// How much has been read, for a display of progress.
struct ReadProgress {
  uint64_t bytes = 0;
  // The number of bytes of the input; nullopt if it is unknown.
  std::optional<uint64_t> total;
};

// Reads files one after the other. Not thread-safe.
class BlockReader {
 public:
  // "-" is standard input. `stop` must outlive the reader.
  BlockReader(std::vector<std::string> paths, AnnotatorParts parts, const StopSignal& stop);

  // Replaces the contents of `block` with the next one. Returns nullopt after the last one.
  // Returns an error that names the file if it cannot be read or its format is not
  // recognised.
  absl::StatusOr<std::optional<BlockWork>> Next(InputBlock& block);

  [[nodiscard]] ReadProgress progress() const;

 private:
  // Fills `block`, beginning with the rest of the previous one. Sets at_end_ at the end of
  // the log.
  absl::Status Fill(InputBlock& block);
  // Cuts the block to whole lines, which Next() returns, and keeps the rest. The block must not
  // be empty.
  absl::StatusOr<BlockWork> Take(InputBlock& block);
  // Cuts the block to the part of a line that is too long, which is passed on unchanged.
  BlockWork TakeLongLine(InputBlock& block);
  // Keeps all but the first `size` bytes for the next block.
  void Cut(InputBlock& block, size_t size);
  // Begins the next log. Returns false after the last one.
  absl::StatusOr<bool> NextLog();
  // Sets the annotator of a log that begins with `beginning`. A truncated file that does not
  // repeat its titles keeps the annotator that it had.
  absl::Status Recognise(absl::string_view beginning);

  const std::vector<std::string> paths_;
  const AnnotatorParts parts_;
  const StopSignal& stop_;
  // The file being read, or the number of paths at the end.
  size_t file_ = 0;
  std::unique_ptr<ByteSource> source_;
  uint64_t bytes_of_earlier_files_ = 0;
  // Null until the first line that is not blank.
  std::shared_ptr<const BlockAnnotator> annotator_;
  // That of the file before it was truncated. Null if it was not, or if the log after it is
  // recognised.
  std::shared_ptr<const BlockAnnotator> before_truncation_;
  bool begins_log_ = true;
  bool at_end_ = false;
  bool in_long_line_ = false;
  // The bytes read after the last block.
  std::string rest_;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_ANNOTATE_BLOCK_READER_H_
