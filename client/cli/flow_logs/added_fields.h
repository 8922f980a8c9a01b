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

// Returns the names of the added fields, each with a prefix.
FieldNames NamesWithPrefix(absl::string_view prefix, bool both);

// Returns names that no field of the log has. They have the prefix that the options give. If the
// options give none, they have no prefix, or portreg_ if the log has a field of such a name.
// `exists` returns true if the log has a field of that name. Returns INVALID_ARGUMENT, naming a
// field, if the log has one even with the prefix.
absl::StatusOr<FieldNames> ChooseNames(const AnnotateOptions& options,
                                       absl::FunctionRef<bool(absl::string_view)> exists);

// Writes values in the form of one format. Its methods are called once for each possible value,
// before the log is read.
class ValueForm {
 public:
  virtual ~ValueForm() = default;

  // Returns the text before a port. `service` is its name, or nullopt if it has none.
  [[nodiscard]] virtual std::string BeforePort(std::optional<absl::string_view> service) const = 0;
  // Returns the text after the port.
  [[nodiscard]] virtual std::string AfterPort(ServiceSide side, SideReason reason) const = 0;
  // Returns the field with the name of one side, for --both. `service` is nullopt if the port of
  // the side has no name.
  [[nodiscard]] virtual std::string OfSide(ServiceSide side,
                                           std::optional<absl::string_view> service) const = 0;
  // Returns the fields of a line without a service.
  [[nodiscard]] virtual std::string OfNone() const = 0;
};

// All texts of one form, ready to be copied. Immutable. Thread-safe.
class AddedFields {
 public:
  AddedFields(std::shared_ptr<const ServiceTable> table, const ValueForm& form, bool both);

  // Returns the largest number of bytes that Append() appends.
  [[nodiscard]] size_t max_size() const { return max_size_; }

  // Appends the fields of a flow. Requires that `out` has room for max_size() bytes.
  void Append(const FlowPorts& flow, OutputBlock& out) const;

  // Appends the fields of a line without a service. Requires the same room as Append().
  void AppendNone(OutputBlock& out) const { out.AppendPadded(none_.of(texts_)); }

 private:
  // A part of texts_. texts_ ends in padding.
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
  // The index is the number of the name. The last element is for slots without a name.
  std::vector<Piece> before_port_;
  std::vector<Piece> of_source_;
  std::vector<Piece> of_destination_;
  std::array<std::array<Piece, kReasonCount>, kSideCount> after_port_;
  Piece none_;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FLOW_LOGS_ADDED_FIELDS_H_
