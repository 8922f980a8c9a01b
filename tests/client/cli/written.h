// Runs RecordWriters and captures their output.
#ifndef PORTREG_TESTS_CLIENT_CLI_WRITTEN_H_
#define PORTREG_TESTS_CLIENT_CLI_WRITTEN_H_

#include <cstddef>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_split.h"
#include "client/cli/display/printer.h"
#include "client/cli/formats/record_writer.h"
#include "gtest/gtest.h"
#include "portreg/v1/port_record.pb.h"

namespace portreg::cli {

// Returns a record of layer iana.
inline v1::PortRecord RecordOf(int port, v1::Transport transport, const std::string& service,
                               const std::string& description) {
  v1::PortRecord record;
  record.set_first_port(port);
  record.set_last_port(port);
  record.set_transport(transport);
  record.set_service(service);
  record.set_description(description);
  record.set_layer(v1::LAYER_IANA);
  record.set_source("IANA registry");
  return record;
}

inline v1::PortRecord Https() { return RecordOf(443, v1::TRANSPORT_TCP, "https", "http over TLS"); }

inline v1::PortRecord Portless(const std::string& service) {
  v1::PortRecord record = RecordOf(0, v1::TRANSPORT_TCP, service, "no port");
  record.clear_first_port();
  record.clear_last_port();
  return record;
}

struct Written {
  std::string text;
  std::string remark;
  absl::Status status;
};

// Creates a writer to a temporary file, calls `use` with it, and returns what it has written.
inline Written WrittenBy(const std::function<std::unique_ptr<RecordWriter>(Printer)>& make,
                         const std::function<void(RecordWriter&)>& use) {
  const std::unique_ptr<std::FILE, decltype(&std::fclose)> file(std::tmpfile(), std::fclose);
  const std::unique_ptr<RecordWriter> writer = make(Printer(file.get()));
  use(*writer);
  Written written{std::string(static_cast<size_t>(std::ftell(file.get())), '\0'), writer->Remark(),
                  writer->status()};
  std::rewind(file.get());
  EXPECT_EQ(std::fread(written.text.data(), 1, written.text.size(), file.get()),
            written.text.size());
  return written;
}

// Like the function above, but writes `records` and finishes with `revision`.
inline Written WrittenBy(const std::function<std::unique_ptr<RecordWriter>(Printer)>& make,
                         const std::vector<v1::PortRecord>& records,
                         const std::string& revision = "abc") {
  return WrittenBy(make, [&](RecordWriter& writer) {
    for (const v1::PortRecord& record : records) writer.Write(record);
    writer.Finish(revision);
  });
}

// Returns the lines of a text. Fails the test if the last line has no line feed.
inline std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines = absl::StrSplit(text, '\n');
  EXPECT_EQ(lines.back(), "");
  lines.pop_back();
  return lines;
}

}  // namespace portreg::cli

#endif  // PORTREG_TESTS_CLIENT_CLI_WRITTEN_H_
