// Collects what an import left out, and what its reader should look at.
#ifndef PORTREG_COMMON_IMPORT_IMPORT_NOTES_H_
#define PORTREG_COMMON_IMPORT_IMPORT_NOTES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace portreg {

struct ImportNote {
  // The line of the file, counted from 1. 0: the note is about the whole file.
  uint32_t line = 0;
  std::string text;
};

struct ImportNotes {
  // The rows that could not be used, and why.
  std::vector<ImportNote> left_out;
  // Notes on values that were used, but may have been meant otherwise.
  std::vector<ImportNote> remarks;

  void LeaveOut(uint32_t line, absl::string_view reason) {
    left_out.push_back({line, std::string(reason)});
  }
  void Remark(uint32_t line, absl::string_view text) {
    remarks.push_back({line, std::string(text)});
  }
};

}  // namespace portreg

#endif  // PORTREG_COMMON_IMPORT_IMPORT_NOTES_H_
