// Reads keys from standard input.
#ifndef PORTREG_CLIENT_CLI_COMMANDS_KEY_STREAM_H_
#define PORTREG_CLIENT_CLI_COMMANDS_KEY_STREAM_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"

namespace portreg::cli {

// Splits a file or a pipe into keys. Blanks, line ends and commas separate keys. A "#"
// where a key could begin starts a comment, which ends with its line. A byte order mark
// at the beginning is skipped. Uses bounded memory. Not thread-safe.
class KeyStream {
 public:
  // The most bytes that are kept of a key. No valid key has as many.
  static constexpr size_t kMaxKeyBytes = 1'024;

  struct Key {
    std::string text;
    // The line of the input, counted from 1.
    size_t line = 0;
    // True if the key is longer than `text`.
    bool cut = false;
  };

  enum class Step : uint8_t { kKey, kPause, kEnd };

  // Reads from a descriptor, which must stay open.
  explicit KeyStream(int descriptor) : descriptor_(descriptor) {}

  // Reads the next key into `key`. Returns kEnd at the end of the input or after a
  // failure. Returns kPause if `may_pause` is true and the rest of the input has not
  // arrived yet; otherwise waits for it.
  Step Next(bool may_pause, Key& key);

  // Returns OK, or why the input cannot be read.
  [[nodiscard]] const absl::Status& status() const { return status_; }

 private:
  // Processes one byte. Returns true if the byte ends a key.
  bool Take(char byte);
  // Fills the buffer. Returns false at the end of the input or after a failure.
  bool Fill();
  // Returns true if Fill() would return at once.
  [[nodiscard]] bool InputWaits() const;

  const int descriptor_;
  absl::Status status_;
  std::array<char, size_t{64} << 10> buffer_;
  // The bytes of buffer_ that are not read yet: [at_, end_).
  size_t at_ = 0;
  size_t end_ = 0;
  bool first_fill_ = true;
  bool in_comment_ = false;
  size_t line_ = 1;
  // The key that is being read. Empty between keys.
  Key begun_;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_COMMANDS_KEY_STREAM_H_
