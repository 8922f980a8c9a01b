// Writes records and other rows as CSV or as tab-separated values.
#ifndef PORTREG_CLIENT_CLI_FORMATS_DELIMITED_WRITER_H_
#define PORTREG_CLIENT_CLI_FORMATS_DELIMITED_WRITER_H_

#include <string>
#include <vector>

#include "absl/types/span.h"
#include "client/cli/base/invocation.h"
#include "client/cli/display/printer.h"
#include "client/cli/formats/record_writer.h"

namespace portreg::cli {

// Returns true if DelimitedRow() and DelimitedWriter accept the format: kCsv or kTsv.
constexpr bool IsDelimited(Format format) {
  return format == Format::kCsv || format == Format::kTsv;
}

// Returns `fields` as one row, with its row end. Format::kCsv: RFC 4180, but rows end in
// LF. Format::kTsv: tab, LF, CR and backslash within a field become \t, \n, \r and \\, so
// that each row is one line and each tab ends a field.
std::string DelimitedRow(Format format, absl::Span<const std::string> fields);

// Writes one row for each record. Not thread-safe.
class DelimitedWriter final : public RecordWriter {
 public:
  struct Shape {
    // Writes the columns' titles as the first row. Default: true.
    bool headers = true;
    // Adds a title for the column that says why a search found the record. Default: false.
    bool matches = false;
    // Adds a last column with the key of BeginKey(). Default: false.
    bool keys = false;
  };

  // Writes the column titles if there are any. `format` is kCsv or kTsv.
  DelimitedWriter(Format format, const Shape& shape, Printer out);

  void BeginKey(const std::string& key) override { key_ = key; }
  void Write(const v1::PortRecord& record) override;
  void WriteMatch(const v1::SearchMatch& match) override;
  void Finish(const std::string& /*revision*/) override {}

 private:
  // Writes a row of `fields`, which are those of `record` that all shapes have, and of
  // the columns behind them.
  void Put(std::vector<std::string> fields, const v1::PortRecord& record);

  const Format format_;
  const bool keys_;
  const Printer out_;
  std::string key_;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FORMATS_DELIMITED_WRITER_H_
