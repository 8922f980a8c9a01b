// Owns the descriptor of an open file.
#ifndef PORTREG_CLIENT_CLI_STREAMS_OPEN_FILE_H_
#define PORTREG_CLIENT_CLI_STREAMS_OPEN_FILE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace portreg::cli {

// Closes its descriptor, unless that is standard input. Movable.
class OpenFile {
 public:
  explicit OpenFile(int descriptor) : descriptor_(descriptor) {}
  OpenFile(OpenFile&& other) noexcept;
  OpenFile& operator=(OpenFile&& other) noexcept;
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile();

  // Opens a file for reading. Returns an error that names it and the reason.
  static absl::StatusOr<OpenFile> ForReading(const std::string& path);

  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

// Returns the status for an errno, with a message that names the file.
absl::Status FileError(absl::string_view path, int error);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_STREAMS_OPEN_FILE_H_
