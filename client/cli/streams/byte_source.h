// Reads the bytes of a file, a pipe or a compressed stream.
#ifndef PORTREG_CLIENT_CLI_STREAMS_BYTE_SOURCE_H_
#define PORTREG_CLIENT_CLI_STREAMS_BYTE_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "client/cli/streams/stop_signal.h"

namespace portreg::cli {

// Not thread-safe.
class ByteSource {
 public:
  virtual ~ByteSource() = default;

  // Reads at most `size` bytes, and returns their number. Waits for the first byte. Returns 0 at
  // the end of a log, and if the run is stopped. Returns an error that names the file if it
  // cannot be read or its compressed data are broken.
  virtual absl::StatusOr<size_t> Read(char* to, size_t size) = 0;

  // Returns true if Read() would wait now.
  virtual bool WouldWait() = 0;

  // Begins the next log of this source. Returns false if there is none. Must be called after
  // Read() has returned 0.
  virtual absl::StatusOr<bool> NextLog() { return false; }

  // Returns true if the log that NextLog() began is in the same file as the log before it.
  [[nodiscard]] virtual bool IsInSameFile() const { return false; }

  // Returns how many bytes of the file were read, before decompression.
  [[nodiscard]] virtual uint64_t position() const = 0;

  // Returns the size of the file; nullopt if it is not a regular file.
  [[nodiscard]] virtual std::optional<uint64_t> total() const { return std::nullopt; }
};

// Opens a file, or standard input for "-". Decompresses gzip and zstd, which are recognised
// by their first bytes. `stop` must outlive the source. Returns an error that names the file
// if it cannot be opened.
absl::StatusOr<std::unique_ptr<ByteSource>> OpenSource(const std::string& path,
                                                       const StopSignal& stop);

// Opens a file that is read further as it grows. If the file is replaced or truncated, the log
// ends and the next one begins. Returns INVALID_ARGUMENT for a compressed file.
absl::StatusOr<std::unique_ptr<ByteSource>> FollowFile(const std::string& path,
                                                       const StopSignal& stop);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_STREAMS_BYTE_SOURCE_H_
