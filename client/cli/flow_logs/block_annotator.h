// Adds the services to the lines of one format.
#ifndef PORTREG_CLIENT_CLI_FLOW_LOGS_BLOCK_ANNOTATOR_H_
#define PORTREG_CLIENT_CLI_FLOW_LOGS_BLOCK_ANNOTATOR_H_

#include <cstddef>
#include <optional>

#include "absl/strings/string_view.h"
#include "client/cli/flow_logs/blocks.h"

namespace portreg::cli {

// Knows the format and the columns of one log. Immutable. Thread-safe.
class BlockAnnotator {
 public:
  BlockAnnotator() = default;
  BlockAnnotator(const BlockAnnotator&) = delete;
  BlockAnnotator& operator=(const BlockAnnotator&) = delete;
  virtual ~BlockAnnotator() = default;

  // Appends the lines of `block` to `out`, with the services of those that it can read.
  // `block` consists of whole lines, of which the last may lack its end, and is surrounded
  // by kBlockPadding readable bytes.
  virtual void Annotate(absl::string_view block, OutputBlock& out, BlockCounts& counts) const = 0;

  // Returns the size of the longest beginning of `text` that consists of whole lines; 0 if
  // there is none.
  [[nodiscard]] virtual size_t WholeLines(absl::string_view text) const {
    return text.rfind('\n') + 1;
  }

  // Returns the place in `text` at which another log begins, as in logs that were
  // concatenated, or npos if none does. `text` consists of whole lines of this log.
  [[nodiscard]] virtual size_t NextLog(absl::string_view text) const {
    (void)text;
    return absl::string_view::npos;
  }
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FLOW_LOGS_BLOCK_ANNOTATOR_H_
