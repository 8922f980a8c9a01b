// Records the rows and notes that a reader of foreign tables passes on.
#ifndef PORTREG_TESTS_COMMON_IMPORT_RECORDED_ROWS_H_
#define PORTREG_TESTS_COMMON_IMPORT_RECORDED_ROWS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "common/import/table_sink.h"

namespace portreg {

// Records texts that begin with their line: "2: a|b".
class RecordedRows final : public TableSink {
 public:
  void BeginTable(uint32_t line, const TableHeader& header) override {
    headers.push_back(absl::StrCat(line, ": ", absl::StrJoin(header.titles, "|")));
  }
  bool AddRow(uint32_t line, Cells cells) override {
    rows.push_back(absl::StrCat(line, ": ", absl::StrJoin(cells, "|")));
    return rows.size() < max_rows;
  }
  void LeaveOut(uint32_t line, absl::string_view reason) override {
    left_out.push_back(absl::StrCat(line, ": ", reason));
  }
  void Remark(uint32_t line, absl::string_view text) override {
    remarks.push_back(absl::StrCat(line, ": ", text));
  }

  std::vector<std::string> headers;
  std::vector<std::string> rows;
  std::vector<std::string> left_out;
  std::vector<std::string> remarks;
  size_t max_rows = SIZE_MAX;
  absl::Status status;
};

}  // namespace portreg

#endif  // PORTREG_TESTS_COMMON_IMPORT_RECORDED_ROWS_H_
