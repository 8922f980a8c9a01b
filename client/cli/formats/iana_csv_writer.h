// Writes records as IANA's CSV file has them.
#ifndef PORTREG_CLIENT_CLI_FORMATS_IANA_CSV_WRITER_H_
#define PORTREG_CLIENT_CLI_FORMATS_IANA_CSV_WRITER_H_

#include <cstddef>
#include <string>

#include "client/cli/display/printer.h"
#include "client/cli/formats/record_writer.h"

namespace portreg::cli {

// A row for each record, with IANA's columns, which common/data/iana_csv.h reads.
// Nothing is written before Finish(): a file that is cut off would look whole.
// RESOURCE_EXHAUSTED for a file that portregd would refuse: of more than kMaxRows
// rows or kMaxFileBytes.
class IanaCsvWriter final : public RecordWriter {
 public:
  // `with_owner`: whether there is a last column Owner, which IANA has not.
  IanaCsvWriter(bool with_owner, Printer out) : with_owner_(with_owner), out_(out) {}

  void Write(const v1::PortRecord& record) override;
  void Finish(const std::string& revision) override;

 private:
  const bool with_owner_;
  const Printer out_;
  std::string rows_;
  size_t row_count_ = 0;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FORMATS_IANA_CSV_WRITER_H_
