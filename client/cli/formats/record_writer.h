// Writes records to standard output in one of the formats.
#ifndef PORTREG_CLIENT_CLI_FORMATS_RECORD_WRITER_H_
#define PORTREG_CLIENT_CLI_FORMATS_RECORD_WRITER_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "client/cli/base/invocation.h"
#include "client/cli/display/printer.h"
#include "client/cli/display/terminal.h"
#include "portreg/v1/port_record.pb.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::cli {

// Writes records one after the other. Not thread-safe.
class RecordWriter {
 public:
  virtual ~RecordWriter() = default;

  virtual void Write(const v1::PortRecord& record) = 0;

  // Announces the key of a lookup that the next records answer. Writers that show the key
  // override this.
  virtual void BeginKey(const std::string& /*key*/) {}

  // Writes that the key has no record. `result` has the failure, if there is one. Writers
  // that show such keys override this.
  virtual void WriteMiss(const v1::LookupResult& /*result*/) {}

  // Writes a record that a search found. Writers that show why it was found override
  // this.
  virtual void WriteMatch(const v1::SearchMatch& match) { Write(match.record()); }

  // Writes the records that are held back, if the format permits it before the last
  // record.
  virtual void Flush() {}

  // Completes the output; must be called after the last record. `revision` is that of all
  // records, or empty if they come from several.
  virtual void Finish(const std::string& revision) = 0;

  // Returns a remark for the user on what was written, such as that something was left
  // out. Returns an empty text if there is none. Valid after Finish().
  [[nodiscard]] virtual std::string Remark() const { return {}; }

  // Returns OK, or why the writer has failed. A writer that has failed must not be given
  // more records. FAILED_PRECONDITION if the output would harm its reader.
  [[nodiscard]] const absl::Status& status() const { return status_; }

 protected:
  // Sets the status, unless the writer has failed before.
  void Fail(const absl::Status& status) { status_.Update(status); }

 private:
  absl::Status status_;
};

// Returns a writer to `out`, in the format that the command line asks for. kJson writes
// one ListRangeResponse that holds all records. --short writes each service once.
std::unique_ptr<RecordWriter> MakeRecordWriter(const Invocation& invocation,
                                               const Terminal& terminal, Printer out);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FORMATS_RECORD_WRITER_H_
