// Writes answers to standard output.
#ifndef PORTREG_CLIENT_CLI_DISPLAY_PRINTER_H_
#define PORTREG_CLIENT_CLI_DISPLAY_PRINTER_H_

#include <cstdio>

#include "absl/strings/string_view.h"

namespace portreg::cli {

// Writes text to a stream, and escapes data if the stream is a terminal. Cheap to copy.
class Printer {
 public:
  explicit Printer(std::FILE* out, bool is_terminal = false)
      : out_(out), is_terminal_(is_terminal) {}

  // Writes text that the tool composed; it may contain escape sequences for styles. Texts
  // from elsewhere must have passed through Printable().
  void Put(absl::string_view text) const;

  // Writes text in a format for programs. A file or a pipe receives it unchanged. For a
  // terminal, control characters other than LF and tab are escaped, because a terminal
  // could execute them.
  void PutData(absl::string_view text) const;

  // Flushes the stream. Returns false if the flush or any earlier write failed.
  [[nodiscard]] bool Flush() const;

  // Returns false if any write has failed.
  [[nodiscard]] bool ok() const { return std::ferror(out_) == 0; }

  // Returns the errno of the last write of any printer that failed; 0 if none has failed.
  static int LastError();

 private:
  std::FILE* out_;
  bool is_terminal_;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_DISPLAY_PRINTER_H_
