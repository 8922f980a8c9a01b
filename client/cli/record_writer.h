// Writes records to standard output, in one of the formats.
#ifndef PORTREG_CLIENT_CLI_RECORD_WRITER_H_
#define PORTREG_CLIENT_CLI_RECORD_WRITER_H_

#include <cstdio>
#include <memory>
#include <string>

#include "client/cli/flags.h"
#include "client/cli/terminal.h"
#include "portreg/v1/port_record.pb.h"

namespace portreg::cli {

// Takes records one after the other; holds at most a screenful or two.
class RecordWriter {
 public:
  virtual ~RecordWriter() = default;

  virtual void Write(const v1::PortRecord& record) = 0;

  // Must be called after the last record, with the revision of them all (empty
  // if there were several).
  virtual void Finish(const std::string& revision) = 0;
};

// A writer to `out` in the format that the command line asks for. kJson makes
// one ListRangeResponse of all records; --short writes distinct services.
std::unique_ptr<RecordWriter> MakeRecordWriter(const Invocation& invocation,
                                               const Terminal& terminal, std::FILE* out);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_RECORD_WRITER_H_
