// Writes records and other rows as CSV or as tab-separated values.
#ifndef PORTREG_CLIENT_CLI_FORMATS_DELIMITED_WRITER_H_
#define PORTREG_CLIENT_CLI_FORMATS_DELIMITED_WRITER_H_

#include <string>

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
  // Writes the column titles if `headers` is true. `format` is kCsv or kTsv. `matches`
  // adds a title for the column that says why a search found the record.
  DelimitedWriter(Format format, bool headers, bool matches, Printer out);

  void Write(const v1::PortRecord& record) override;
  void WriteMatch(const v1::SearchMatch& match) override;
  void Finish(const std::string& /*revision*/) override {}

 private:
  const Format format_;
  const Printer out_;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FORMATS_DELIMITED_WRITER_H_
