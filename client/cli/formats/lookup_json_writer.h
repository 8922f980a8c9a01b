// Writes the results of lookups as one JSON document.
#ifndef PORTREG_CLIENT_CLI_FORMATS_LOOKUP_JSON_WRITER_H_
#define PORTREG_CLIENT_CLI_FORMATS_LOOKUP_JSON_WRITER_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "client/cli/display/printer.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::cli {

// Writes one BatchLookupResponse in proto3 JSON, in which each result also has a member
// "key". Writes batch by batch, so the output is not valid JSON before Finish(). Not
// thread-safe.
class LookupJsonWriter {
 public:
  explicit LookupJsonWriter(Printer out) : out_(out) {}

  // Writes the results of `keys`, which must have as many elements. RESOURCE_EXHAUSTED if
  // they have more than kMaxJsonBytes; nothing of them is written after an error.
  absl::Status Write(const std::vector<std::string>& keys, const v1::BatchLookupResponse& batch);

  // Completes the document. `revision` is that of all results, or empty if they come from
  // several.
  void Finish(const std::string& revision);

 private:
  const Printer out_;
  bool first_ = true;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FORMATS_LOOKUP_JSON_WRITER_H_
