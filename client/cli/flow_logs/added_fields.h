// Names and writes the fields that annotate adds to a line.
#ifndef PORTREG_CLIENT_CLI_FLOW_LOGS_ADDED_FIELDS_H_
#define PORTREG_CLIENT_CLI_FLOW_LOGS_ADDED_FIELDS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/cli/base/annotate_options.h"
#include "client/cli/flow_logs/blocks.h"
#include "client/cli/flow_logs/service_table.h"
#include "common/flows/flow_ports.h"

namespace portreg::cli {

// The names of the added fields, in their order.
struct FieldNames {
  std::string service;
  std::string service_port;
  std::string service_side;
  std::string service_rule;
  // Empty without --both.
  std::string source_service;
  std::string destination_service;

  // Returns the names that are not empty.
  [[nodiscard]] std::vector<std::string> All() const;
};

// Returns the names of a run, with a prefix.
FieldNames NamesWithPrefix(absl::string_view prefix, bool both);

// Chooses the names so that no field of the log has one of them: without a prefix, or else
// with portreg_. `exists` returns true if the log has a field of that name. INVALID_ARGUMENT,
// naming the field, if it has one in spite of the prefix.
absl::StatusOr<FieldNames> ChooseNames(const AnnotateOptions& options,
                                       absl::FunctionRef<bool(absl::string_view)> exists);

// Writes values as one format has them. Methods are called once for each possible value,
// before the log is read.
class ValueForm {
 public:
  virtual ~ValueForm() = default;

  // Returns what precedes a port. `service` is its name; nullopt: it has none.
  [[nodiscard]] virtual std::string BeforePort(std::optional<absl::string_view> service) const = 0;
  // Returns what follows the port.
  [[nodiscard]] virtual std::string AfterPort(ServiceSide side, SideReason reason) const = 0;
  // Returns the name of one side, for --both. nullopt: it has none.
  [[nodiscard]] virtual std::string OfSide(ServiceSide side,
                                           std::optional<absl::string_view> service) const = 0;
  // Returns the fields of a line without a service.
  [[nodiscard]] virtual std::string OfNone() const = 0;
};

// All texts of one form, ready to be copied. Immutable. Thread-safe.
class AddedFields {
 public:
  AddedFields(std::shared_ptr<const ServiceTable> table, const ValueForm& form, bool both);

  // Returns the most bytes that Append() appends.
  [[nodiscard]] size_t max_size() const { return max_size_; }

  // Appends the fields of a flow. Requires that `out` has room for max_size() bytes.
  void Append(const FlowPorts& flow, OutputBlock& out) const;

  // Appends the fields of a line without a service. The same is required.
  void AppendNone(OutputBlock& out) const { out.AppendPadded(none_.of(texts_)); }

 private:
  // A part of texts_, which ends in padding.
  struct Piece {
    uint32_t begin = 0;
    uint32_t size = 0;
    [[nodiscard]] absl::string_view of(const std::string& texts) const {
      return {texts.data() + begin, size};
    }
  };

  Piece Add(absl::string_view text);
  void AppendName(const std::vector<Piece>& pieces, Port port, Transport transport,
                  OutputBlock& out) const;

  const std::shared_ptr<const ServiceTable> table_;
  const bool both_;
  std::string texts_;
  size_t max_size_ = 0;
  // By the number of the name; the last is that of a slot without a name.
  std::vector<Piece> before_port_;
  std::vector<Piece> of_source_;
  std::vector<Piece> of_destination_;
  std::array<std::array<Piece, kReasonCount>, kSideCount> after_port_;
  Piece none_;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FLOW_LOGS_ADDED_FIELDS_H_
