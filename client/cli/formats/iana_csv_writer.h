// Writes records in the format of IANA's CSV file.
#ifndef PORTREG_CLIENT_CLI_FORMATS_IANA_CSV_WRITER_H_
#define PORTREG_CLIENT_CLI_FORMATS_IANA_CSV_WRITER_H_

#include <cstddef>
#include <string>

#include "client/cli/display/printer.h"
#include "client/cli/formats/record_writer.h"
#include "common/model/detail_columns.h"

namespace portreg::cli {

// Writes a row for each record, in IANA's columns, for the reader in
// common/data/iana_csv.h. Writes nothing before Finish(), because a truncated file would
// look complete. Not thread-safe.
//
// status() is RESOURCE_EXHAUSTED if the file would have more than kMaxRows rows or
// kMaxFileBytes, because portregd would refuse it.
class IanaCsvWriter final : public RecordWriter {
 public:
  // If `with_local_columns` is true, the columns of an organisation's own tables follow
  // IANA's.
  IanaCsvWriter(bool with_local_columns, Printer out)
      : with_local_columns_(with_local_columns), out_(out) {}

  void Write(const v1::PortRecord& record) override;
  void Finish(const std::string& revision) override;

 private:
  [[nodiscard]] bool IsWritten(const DetailColumn& column) const {
    return with_local_columns_ || !column.local_only;
  }

  const bool with_local_columns_;
  const Printer out_;
  std::string rows_;
  size_t row_count_ = 0;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FORMATS_IANA_CSV_WRITER_H_
