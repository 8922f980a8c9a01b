// Writes records in canonical proto3 JSON.
#ifndef PORTREG_CLIENT_CLI_JSON_WRITERS_H_
#define PORTREG_CLIENT_CLI_JSON_WRITERS_H_

#include <cstdio>
#include <string>

#include "client/cli/record_writer.h"

namespace portreg::cli {

// One PortRecord, or SearchMatch, a line.
class NdjsonWriter final : public RecordWriter {
 public:
  explicit NdjsonWriter(std::FILE* out) : out_(out) {}

  void Write(const v1::PortRecord& record) override;
  void WriteMatch(const v1::SearchMatch& match) override;
  void Finish(const std::string& /*revision*/) override {}

 private:
  std::FILE* const out_;
};

// One ListRangeResponse with all records, written as they come: without
// Finish(), what was written is no JSON.
class JsonWriter final : public RecordWriter {
 public:
  explicit JsonWriter(std::FILE* out) : out_(out) {}

  void Write(const v1::PortRecord& record) override;
  void Finish(const std::string& revision) override;

 private:
  std::FILE* const out_;
  bool first_ = true;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_JSON_WRITERS_H_
