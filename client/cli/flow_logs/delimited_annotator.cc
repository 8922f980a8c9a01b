#include "client/cli/flow_logs/delimited_annotator.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/cli/flow_logs/byte_mask.h"
#include "client/cli/flow_logs/csv_rows.h"
#include "client/cli/flow_logs/field_titles.h"
#include "client/cli/flow_logs/flow_values.h"
#include "common/text/utf8.h"

namespace portreg::cli {
namespace {

constexpr int kMaxPortNumber = 65535;
constexpr int kMaxProtocolNumber = 255;
constexpr unsigned kFirstPrintable = 0x21;
constexpr unsigned kDelete = 0x7F;

// The places where the fields of a line end. Only counts the fields from kMost on.
class FieldEnds {
 public:
  explicit FieldEnds(const char* line) : line_(line) {}

  void Add(const char* end) {
    ends_[std::min(count_, kMost)] = end;
    ++count_;
  }
  void Begin(const char* line) {
    line_ = line;
    count_ = 0;
  }
  [[nodiscard]] const char* line() const { return line_; }
  [[nodiscard]] size_t count() const { return count_; }
  // Requires that `index` is less than count() and kMost.
  [[nodiscard]] absl::string_view operator[](size_t index) const {
    const char* const begin = index == 0 ? line_ : ends_[index - 1] + 1;
    return {begin, static_cast<size_t>(ends_[index] - begin)};
  }

  static constexpr size_t kMost = kMaxColumns;

 private:
  const char* line_;
  size_t count_ = 0;
  std::array<const char*, kMost + 1> ends_;
};

// Returns the line without the CR before its end.
absl::string_view WithoutCr(absl::string_view line) { return absl::StripSuffix(line, "\r"); }

// Returns a field of CSV without the quotes around it. Keeps doubled quotes within it, because
// the fields that are read have none.
absl::string_view Unquoted(absl::string_view field) {
  const bool is_quoted = field.size() >= 2 && field.front() == '"' && field.back() == '"';
  return is_quoted ? field.substr(1, field.size() - 2) : field;
}

int ReadPaddedPort(absl::string_view text) {
  const int number = ReadPaddedNumber(text, kMaxPortNumber);
  return number == kBadValue ? ReadPort(absl::StripAsciiWhitespace(text)) : number;
}

int ReadPaddedProtocol(absl::string_view text) {
  const int number = ReadPaddedNumber(text, kMaxProtocolNumber);
  return number == kBadValue ? ReadProtocol(text) : number;
}

}  // namespace

std::string DelimitedForm::Field(absl::string_view text) const {
  if (syntax_.quoted) {
    const char special[] = {syntax_.separator, '"', '\r', '\n'};
    if (text.find_first_of({special, sizeof(special)}) == absl::string_view::npos) {
      return std::string(text);
    }
    std::string field = "\"";
    for (const char c : text) absl::StrAppend(&field, c == '"' ? "\"\"" : std::string(1, c));
    return field + "\"";
  }
  std::string field(text);
  for (char& c : field) {
    const unsigned byte = static_cast<unsigned char>(c);
    const bool is_control = byte < kFirstPrintable - 1 || byte == kDelete;
    if (c == syntax_.separator || is_control) c = '_';
  }
  return field;
}

std::string DelimitedForm::Appended(const std::vector<std::string>& fields) const {
  std::string appended;
  for (const std::string& field : fields) {
    appended.push_back(syntax_.separator);
    appended += Field(field);
  }
  return appended;
}

std::string DelimitedForm::BeforePort(std::optional<absl::string_view> service) const {
  return Appended({std::string(service.value_or(syntax_.unset))}) + syntax_.separator;
}

std::string DelimitedForm::AfterPort(ServiceSide side, SideReason reason) const {
  return Appended({std::string(ToString(side)), std::string(ToString(reason))});
}

std::string DelimitedForm::OfSide(ServiceSide /*side*/,
                                  std::optional<absl::string_view> service) const {
  return Appended({std::string(service.value_or(syntax_.unset))});
}

std::string DelimitedForm::OfNone() const {
  return Appended(std::vector<std::string>(both_ ? 6 : 4, syntax_.unset));
}

DelimitedAnnotator::DelimitedAnnotator(DelimitedLayout layout,
                                       std::shared_ptr<const ServiceTable> table, bool both)
    : layout_(std::move(layout)),
      added_(std::move(table), DelimitedForm(layout_.syntax, both), both) {
  assert(layout_.columns <= FieldEnds::kMost);
}

size_t DelimitedAnnotator::WholeLines(absl::string_view text) const {
  if (layout_.syntax.quoted) return WholeCsvRows(text, layout_.syntax.separator);
  return BlockAnnotator::WholeLines(text);
}

size_t DelimitedAnnotator::NextLog(absl::string_view text) const {
  if (layout_.next_log.empty()) return absl::string_view::npos;
  const std::string mark = absl::StrCat("\n", layout_.next_log);
  const size_t found = text.find(mark);
  return found == absl::string_view::npos ? found : found + 1;
}

void DelimitedAnnotator::Annotate(absl::string_view block, OutputBlock& out,
                                  BlockCounts& counts) const {
  // In a block without quotes, each line is a row.
  if (layout_.syntax.quoted && absl::StrContains(block, '"')) {
    AnnotateRows(block, out, counts);
  } else {
    AnnotateLines(block, out, counts);
  }
}

template <typename Field>
std::optional<FlowPorts> DelimitedAnnotator::ReadFlow(Field field) const {
  FlowPorts flow;
  flow.protocol = ReadPaddedProtocol(field(layout_.flow.protocol));
  if (flow.protocol == kBadValue) return std::nullopt;
  if (!TransportOfFlow(flow.protocol)) return flow;
  const int source = ReadPaddedPort(field(layout_.flow.source_port));
  const int destination = ReadPaddedPort(field(layout_.flow.destination_port));
  if (source == kBadValue || destination == kBadValue) return std::nullopt;
  if (source == kNoValue || destination == kNoValue) {
    flow.protocol = kNoValue;
    return flow;
  }
  flow.source = static_cast<Port>(source);
  flow.destination = static_cast<Port>(destination);
  flow.stated = layout_.stated;
  if (layout_.flow.tcp_flags) {
    const int flags = ReadTcpFlags(field(*layout_.flow.tcp_flags));
    if (flags == kBadValue) return std::nullopt;
    const unsigned bits = flags == kNoValue ? 0 : static_cast<unsigned>(flags);
    flow.by_flags = layout_.flag_meaning == FlagMeaning::kFirstPacket ? SideOfTcpFlags(bits)
                                                                      : SideOfUnitedTcpFlags(bits);
  }
  return flow;
}

void DelimitedAnnotator::AnnotateLines(absl::string_view block, OutputBlock& out,
                                       BlockCounts& counts) const {
  const char* const end = block.data() + block.size();
  FieldEnds ends(block.data());
  const auto take = [&](const char* line_end, const char* next) {
    const absl::string_view content =
        WithoutCr({ends.line(), static_cast<size_t>(line_end - ends.line())});
    ends.Add(content.data() + content.size());
    const Line line = {.content = content,
                       .end = {content.data() + content.size(),
                               static_cast<size_t>(next - content.data()) - content.size()},
                       .columns = ends.count()};
    const bool is_row = line.columns == layout_.columns;
    AppendLine(line, is_row ? ReadFlow([&](size_t column) { return ends[column]; }) : std::nullopt,
               out, counts);
    ends.Begin(next);
  };
  for (const char* some = block.data(); some < end; some += kMaskBytes) {
    uint64_t mask = MaskOfEither(some, layout_.syntax.separator, '\n');
    if (static_cast<size_t>(end - some) < kMaskBytes) mask &= (uint64_t{1} << (end - some)) - 1;
    for (; mask != 0; mask &= mask - 1) {
      const char* const at = some + std::countr_zero(mask);
      if (*at == '\n') {
        take(at, at + 1);
      } else {
        ends.Add(at);
      }
    }
  }
  if (ends.line() < end) take(end, end);
}

void DelimitedAnnotator::AnnotateRows(absl::string_view block, OutputBlock& out,
                                      BlockCounts& counts) const {
  std::vector<absl::string_view> fields;
  while (!block.empty()) {
    fields.clear();
    const CsvRow row = FirstCsvRow(block, layout_.syntax.separator, true, &fields);
    const Line line = {.content = block.substr(0, row.content),
                       .end = block.substr(row.content, row.size - row.content),
                       .columns = fields.size()};
    const bool is_row = row.is_valid && fields.size() == layout_.columns;
    AppendLine(
        line,
        is_row ? ReadFlow([&](size_t column) { return Unquoted(fields[column]); }) : std::nullopt,
        out, counts);
    block.remove_prefix(row.size);
  }
}

void DelimitedAnnotator::AppendLine(const Line& line, const std::optional<FlowPorts>& flow,
                                    OutputBlock& out, BlockCounts& counts) const {
  const bool is_comment =
      layout_.comment != '\0' && !line.content.empty() && line.content.front() == layout_.comment;
  // Also looks for a header if the protocol is an unknown word, because a title may be taken for
  // such a protocol.
  const bool may_be_header = !flow || is_comment || flow->protocol == kPortlessProtocol;
  const HeaderLine* const header = may_be_header ? FindHeader(line.content) : nullptr;
  if (header != nullptr || !flow || is_comment) {
    AppendOther(line, header, out, counts);
  } else {
    out.Reserve(line.content.size() + added_.max_size() + line.end.size());
    out.AppendPadded(line.content);
    added_.Append(*flow, out);
    out.AppendPadded(line.end);
  }
  ++counts.lines;
}

const HeaderLine* DelimitedAnnotator::FindHeader(absl::string_view line) const {
  for (const HeaderLine& header : layout_.headers) {
    if (header.text == absl::StripPrefix(line, kUtf8ByteOrderMark)) return &header;
  }
  return nullptr;
}

void DelimitedAnnotator::AppendOther(const Line& line, const HeaderLine* header, OutputBlock& out,
                                     BlockCounts& counts) const {
  const absl::string_view content = line.content;
  out.Append(content);
  if (header != nullptr) {
    out.Append(header->added);
  } else if (!content.empty() && (layout_.comment == '\0' || content.front() != layout_.comment) &&
             (layout_.is_remark == nullptr || !layout_.is_remark(content))) {
    counts.CountUnread();
  }
  out.Append(line.end);
}

}  // namespace portreg::cli
