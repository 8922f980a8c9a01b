// Adds the services to lines whose fields are separated by one character.
#ifndef PORTREG_CLIENT_CLI_FLOW_LOGS_DELIMITED_ANNOTATOR_H_
#define PORTREG_CLIENT_CLI_FLOW_LOGS_DELIMITED_ANNOTATOR_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "client/cli/flow_logs/added_fields.h"
#include "client/cli/flow_logs/block_annotator.h"
#include "client/cli/flow_logs/blocks.h"

namespace portreg::cli {

// The syntax of a log's lines.
struct DelimitedSyntax {
  char separator = ' ';
  // True if fields may be in quotes, as in CSV.
  bool quoted = false;
  // The text of a field without a value: "-", or empty.
  std::string unset;
};

// The packets whose TCP flags a log states: the first one, or the union of all.
enum class FlagMeaning : uint8_t { kFirstPacket, kUnited };

// A line that describes no flow, but gets further fields, such as a line of titles.
struct HeaderLine {
  // The line as it was read, without its end.
  std::string text;
  // The text that is appended to it.
  std::string added;
};

// The indices of a flow's columns.
struct FlowColumns {
  size_t source_port = 0;
  size_t destination_port = 0;
  size_t protocol = 0;
  std::optional<size_t> tcp_flags;
};

// The columns of a log.
struct DelimitedLayout {
  DelimitedSyntax syntax;
  // The number of fields of each line. Lines with another number of fields cannot be read.
  size_t columns = 0;
  FlowColumns flow;
  FlagMeaning flag_meaning = FlagMeaning::kFirstPacket;
  // The side that the format states to be the service.
  ServiceSide stated = ServiceSide::kNone;
  std::vector<HeaderLine> headers;
  // The character that begins lines without a flow; 0 if there is none.
  char comment = '\0';
  // The beginning of the line with which another log begins; empty if there is no such line.
  std::string next_log;
  // Returns true for a line that describes no flow, such as a line of nfdump's summary. May be
  // nullptr.
  bool (*is_remark)(absl::string_view line) = nullptr;
};

// Writes values as fields of the syntax. A character that would end a field is replaced by
// an underscore, or put in quotes.
class DelimitedForm final : public ValueForm {
 public:
  explicit DelimitedForm(const DelimitedSyntax& syntax, bool both) : syntax_(syntax), both_(both) {}

  // Returns `fields`, each after a separator.
  [[nodiscard]] std::string Appended(const std::vector<std::string>& fields) const;

  [[nodiscard]] std::string BeforePort(std::optional<absl::string_view> service) const override;
  [[nodiscard]] std::string AfterPort(ServiceSide side, SideReason reason) const override;
  [[nodiscard]] std::string OfSide(ServiceSide side,
                                   std::optional<absl::string_view> service) const override;
  [[nodiscard]] std::string OfNone() const override;

 private:
  [[nodiscard]] std::string Field(absl::string_view text) const;

  const DelimitedSyntax syntax_;
  const bool both_;
};

class DelimitedAnnotator final : public BlockAnnotator {
 public:
  // `layout` must have at most kMaxColumns columns.
  DelimitedAnnotator(DelimitedLayout layout, std::shared_ptr<const ServiceTable> table, bool both);

  void Annotate(absl::string_view block, OutputBlock& out, BlockCounts& counts) const override;
  [[nodiscard]] size_t WholeLines(absl::string_view text) const override;
  [[nodiscard]] size_t NextLog(absl::string_view text) const override;

 private:
  // A line as it was read.
  struct Line {
    // Without the line end.
    absl::string_view content;
    // LF, CRLF, or empty at the end of a log.
    absl::string_view end;
    size_t columns = 0;
  };

  void AnnotateLines(absl::string_view block, OutputBlock& out, BlockCounts& counts) const;
  void AnnotateRows(absl::string_view block, OutputBlock& out, BlockCounts& counts) const;
  // Appends a line, with the service of `flow`. `flow` is nullopt if the line cannot be read.
  void AppendLine(const Line& line, const std::optional<FlowPorts>& flow, OutputBlock& out,
                  BlockCounts& counts) const;
  // Appends a line without a flow. `header` is nullptr if the line is no header.
  void AppendOther(const Line& line, const HeaderLine* header, OutputBlock& out,
                   BlockCounts& counts) const;
  // Returns nullptr if the line is no header.
  [[nodiscard]] const HeaderLine* FindHeader(absl::string_view line) const;
  // Returns the flow of a line whose i-th field is `field(i)`. Returns nullopt if a field has no
  // valid value.
  template <typename Field>
  [[nodiscard]] std::optional<FlowPorts> ReadFlow(Field field) const;

  const DelimitedLayout layout_;
  const AddedFields added_;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FLOW_LOGS_DELIMITED_ANNOTATOR_H_
