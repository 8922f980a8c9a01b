// Reads a file or a pipe as it is.
#ifndef PORTREG_CLIENT_CLI_STREAMS_FILE_SOURCE_H_
#define PORTREG_CLIENT_CLI_STREAMS_FILE_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/cli/streams/byte_source.h"
#include "client/cli/streams/open_file.h"
#include "client/cli/streams/stop_signal.h"

namespace portreg::cli {

class FileSource final : public ByteSource {
 public:
  // `stop` must outlive the source.
  FileSource(std::string path, OpenFile file, const StopSignal& stop);

  // Returns the first `size` bytes, or fewer if the file ends before. Read() returns them again.
  // Must be called before Read().
  absl::StatusOr<absl::string_view> Peek(size_t size);

  absl::StatusOr<size_t> Read(char* to, size_t size) override;
  bool WouldWait() override;
  [[nodiscard]] uint64_t position() const override { return position_; }
  [[nodiscard]] std::optional<uint64_t> total() const override { return total_; }

 private:
  absl::StatusOr<size_t> ReadFile(char* to, size_t size);

  const std::string path_;
  const OpenFile file_;
  const StopSignal& stop_;
  std::optional<uint64_t> total_;
  uint64_t position_ = 0;
  std::string peeked_;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_STREAMS_FILE_SOURCE_H_
