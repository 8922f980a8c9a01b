// Writes records to standard output, in one of the formats.
#ifndef PORTREG_CLIENT_CLI_RECORD_WRITER_H_
#define PORTREG_CLIENT_CLI_RECORD_WRITER_H_

#include <cstdio>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "client/cli/invocation.h"
#include "client/cli/terminal.h"
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
};

// A writer to `out` in the format that the command line asks for. kJson makes
// one ListRangeResponse of all records; --short writes distinct services.
std::unique_ptr<RecordWriter> MakeRecordWriter(const Invocation& invocation,
                                               const Terminal& terminal, std::FILE* out);

// Writes `text` as it is.
void Put(absl::string_view text, std::FILE* out);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_RECORD_WRITER_H_
