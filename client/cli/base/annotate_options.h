// Holds what the command annotate is asked to do.
#ifndef PORTREG_CLIENT_CLI_BASE_ANNOTATE_OPTIONS_H_
#define PORTREG_CLIENT_CLI_BASE_ANNOTATE_OPTIONS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace portreg::cli {

// A format of flow logs. kAuto: recognised by the first line.
enum class FlowFormat : uint8_t { kAuto, kVpc, kZeek, kNfdump, kEve, kNdjson, kCsv, kTsv };

struct AnnotateOptions {
  FlowFormat format = FlowFormat::kAuto;
  // The names of the columns of a log that has no header. Empty: the log has one, or it has
  // the default fields of VPC flow logs.
  std::vector<std::string> fields;
  // The columns, or the paths of members such as source.port. Empty: found by their usual
  // names.
  std::string source_port_field;
  std::string destination_port_field;
  std::string protocol_field;
  // Begins the names of the added fields. Absent: empty, or portreg_ if the log has a field
  // of such a name.
  std::optional<std::string> prefix;
  // True if the name of each side is added too.
  bool both = false;
  // True if the file is read further as it grows.
  bool follow = false;
  // The number of threads; 0: one for each processor, and at most 8.
  int threads = 0;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_BASE_ANNOTATE_OPTIONS_H_
