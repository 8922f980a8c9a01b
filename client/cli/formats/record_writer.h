// Writes records to standard output, in one of the formats.
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

// Takes records one after the other.
class RecordWriter {
 public:
  virtual ~RecordWriter() = default;

  virtual void Write(const v1::PortRecord& record) = 0;

  // Takes a record that a search found. Writers that tell why override it.
  virtual void WriteMatch(const v1::SearchMatch& match) { Write(match.record()); }

  // Must be called after the last record, with the revision of them all (empty
  // if there were several).
  virtual void Finish(const std::string& revision) = 0;

  // After Finish(): what a person should know of what was written, such as
  // that something had to be left out. Empty if there is nothing to say.
  [[nodiscard]] virtual std::string Remark() const { return {}; }

  // Why the answer cannot be written, or not any further; OK if it can. Then no
  // more is to be written. FAILED_PRECONDITION for what the writer refuses to
  // write for its reader's sake.
  [[nodiscard]] const absl::Status& status() const { return status_; }

 protected:
  // Sets the status, unless something has failed before.
  void Fail(const absl::Status& status) { status_.Update(status); }

 private:
  absl::Status status_;
};

// A writer to `out`, in the format that the command line asks for. kJson makes
// one ListRangeResponse of all records; --short writes distinct services.
std::unique_ptr<RecordWriter> MakeRecordWriter(const Invocation& invocation,
                                               const Terminal& terminal, Printer out);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FORMATS_RECORD_WRITER_H_
