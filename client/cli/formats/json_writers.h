// Writes records in canonical proto3 JSON.
#ifndef PORTREG_CLIENT_CLI_FORMATS_JSON_WRITERS_H_
#define PORTREG_CLIENT_CLI_FORMATS_JSON_WRITERS_H_

#include <optional>
#include <string>

#include "client/cli/display/printer.h"
#include "client/cli/formats/record_writer.h"

namespace portreg::cli {

// Writes one PortRecord, or one SearchMatch, a line. After BeginKey(), each line also has a
// member "key", and a key without a record has a line too. Not thread-safe.
class NdjsonWriter final : public RecordWriter {
 public:
  explicit NdjsonWriter(Printer out) : out_(out) {}

  void BeginKey(const std::string& key) override { key_ = key; }
  void Write(const v1::PortRecord& record) override { PutLine(record); }
  void WriteMiss(const v1::LookupResult& result) override;
  void WriteMatch(const v1::SearchMatch& match) override { PutLine(match); }
  void Finish(const std::string& /*revision*/) override {}

 private:
  void PutLine(const google::protobuf::Message& message);

  const Printer out_;
  std::optional<std::string> key_;
};

// Writes one ListRangeResponse that holds all records. Writes each record as it arrives,
// so the output is not valid JSON before Finish(). Not thread-safe.
class JsonWriter final : public RecordWriter {
 public:
  explicit JsonWriter(Printer out) : out_(out) {}

  void Write(const v1::PortRecord& record) override;
  void Finish(const std::string& revision) override;

 private:
  const Printer out_;
  bool first_ = true;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FORMATS_JSON_WRITERS_H_
