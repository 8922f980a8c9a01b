// Adds the services to lines that are JSON objects.
#ifndef PORTREG_CLIENT_CLI_FLOW_LOGS_JSON_ANNOTATOR_H_
#define PORTREG_CLIENT_CLI_FLOW_LOGS_JSON_ANNOTATOR_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "client/cli/flow_logs/added_fields.h"
#include "client/cli/flow_logs/block_annotator.h"
#include "client/cli/flow_logs/blocks.h"

namespace portreg::cli {

// The paths of the members that a flow is read from. A dot in a path leads into an object,
// or is part of a name: "id.resp_p" is the member "id.resp_p", or "resp_p" of "id".
struct JsonPaths {
  std::string source_port;
  std::string destination_port;
  std::string protocol;
  // The side that the format states to be the service.
  ServiceSide stated = ServiceSide::kNone;
  // True if event_type and direction state the service, as in Suricata's EVE.
  bool is_eve = false;
};

// Returns true if the line is an object that has both ports and a protocol. `line` must be
// surrounded by kBlockPadding readable bytes.
bool HasFlow(absl::string_view line, const JsonPaths& paths);

// Writes values as further members of an object.
class JsonForm final : public ValueForm {
 public:
  explicit JsonForm(FieldNames names) : names_(std::move(names)) {}

  [[nodiscard]] std::string BeforePort(std::optional<absl::string_view> service) const override;
  [[nodiscard]] std::string AfterPort(ServiceSide side, SideReason reason) const override;
  [[nodiscard]] std::string OfSide(ServiceSide side,
                                   std::optional<absl::string_view> service) const override;
  [[nodiscard]] std::string OfNone() const override { return ""; }

 private:
  const FieldNames names_;
};

// Annotates lines that are JSON objects. If a line already has a member with the name of an added
// one, the names get the prefix portreg_. If that does not help, or the options give a prefix, the
// line counts as unreadable. A line without ports is unchanged.
class JsonAnnotator final : public BlockAnnotator {
 public:
  JsonAnnotator(JsonPaths paths, const AnnotateOptions& options,
                const std::shared_ptr<const ServiceTable>& table);

  void Annotate(absl::string_view block, OutputBlock& out, BlockCounts& counts) const override;

 private:
  // One choice of names, and the texts with these names.
  struct Naming {
    Naming(uint64_t name_bits, const FieldNames& names, std::shared_ptr<const ServiceTable> table,
           bool both)
        : bits(name_bits), added(std::move(table), JsonForm(names), both) {}
    // Bit i is set if names_[i] is one of the names.
    uint64_t bits;
    AddedFields added;
  };

  // Appends a line without its end. Returns false if it cannot be read.
  bool AppendLine(absl::string_view line, OutputBlock& out) const;

  const JsonPaths paths_;
  std::vector<std::string> names_;
  // The names to use, in the order in which they are tried.
  std::vector<std::unique_ptr<const Naming>> namings_;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FLOW_LOGS_JSON_ANNOTATOR_H_
