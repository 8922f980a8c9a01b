// Writes records as a CSV table that portregd reads.
#ifndef PORTREG_CLIENT_CLI_FORMATS_RECORD_CSV_WRITER_H_
#define PORTREG_CLIENT_CLI_FORMATS_RECORD_CSV_WRITER_H_

#include <cstddef>
#include <string>

#include "client/cli/display/printer.h"
#include "client/cli/formats/record_writer.h"
#include "common/data/record_csv.h"

namespace portreg::cli {

// Writes a row for each record, for the readers in common/data/iana_csv.h and
// common/data/own_table.h. Writes nothing before Finish(), because a truncated file would
// look complete. Not thread-safe.
//
// status() is RESOURCE_EXHAUSTED if portregd would refuse the file as too large. Leaves out
// records whose transport or ports this version does not know, such as those of a later
// server, because no reader would accept them.
class RecordCsvWriter final : public RecordWriter {
 public:
  RecordCsvWriter(RecordColumns columns, Printer out) : table_(columns), out_(out) {}

  void Write(const v1::PortRecord& record) override;
  void Finish(const std::string& revision) override;
  // Returns how many records were left out, or an empty text for none.
  [[nodiscard]] std::string Remark() const override;

 private:
  RecordCsv table_;
  const Printer out_;
  size_t left_out_ = 0;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FORMATS_RECORD_CSV_WRITER_H_
