// Writes answers to standard output.
#ifndef PORTREG_CLIENT_CLI_DISPLAY_PRINTER_H_
#define PORTREG_CLIENT_CLI_DISPLAY_PRINTER_H_

#include <cstdio>

#include "absl/strings/string_view.h"

namespace portreg::cli {

// Where answers go, and whether a person's terminal is there. Cheap to copy.
class Printer {
 public:
  explicit Printer(std::FILE* out, bool is_terminal = false)
      : out_(out), is_terminal_(is_terminal) {}

  // Writes text of the tool's own making, in which what came from elsewhere has
  // been through Printable(). It may hold styles.
  void Put(absl::string_view text) const;

  // Writes a machine's format, in which texts stand as they came. A file or a
  // pipe gets them unchanged; a terminal gets what it could take for a command
  // escaped, except for line ends and tabs.
  void PutData(absl::string_view text) const;

  // Hands what was written to the system. Returns false if that or any write
  // before it has failed.
  [[nodiscard]] bool Flush() const;

  // Returns whether no write has failed so far.
  [[nodiscard]] bool ok() const { return std::ferror(out_) == 0; }

 private:
  std::FILE* out_;
  bool is_terminal_;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_DISPLAY_PRINTER_H_
