#include "client/cli/flow_logs/json_annotator.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "absl/types/span.h"
#include "client/cli/flow_logs/flow_values.h"
#include "common/model/port.h"
#include "common/text/utf8.h"

namespace portreg::cli {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr int kDeepest = 16;
constexpr int kLastProtocol = 255;

enum Role : size_t { kSource, kDestination, kProtocol, kEventType, kDirection, kRoleCount };

// The path from an object to the member of each role; empty if the object does not contain it.
using Wanted = std::array<absl::string_view, kRoleCount>;

// A member of a line's object. The text is valid until the next line is parsed.
struct Value {
  std::optional<int64_t> number;
  absl::string_view text;
};

// The members that one line has.
struct Members {
  std::array<std::optional<Value>, kRoleCount> values;
  // Bit i is set if the object itself has a member of the i-th of the names given.
  uint64_t has_names = 0;
};

// Returns the text at `raw`, up to the next quote. A name with an escaped quote is cut there and
// ends with the backslash, so that it equals no wanted name.
absl::string_view NameAt(const char* raw) {
  return {raw, static_cast<size_t>(std::strchr(raw, '"') - raw)};
}

// Reads a number or a text; reads null as no value. Returns false for other types and bad values.
bool ReadValue(ondemand::value value, std::optional<Value>& to) {
  ondemand::json_type type;
  if (value.type().get(type) != simdjson::SUCCESS) return false;
  if (type == ondemand::json_type::null) return true;
  Value read;
  if (type == ondemand::json_type::number) {
    int64_t number = 0;
    if (value.get_int64().get(number) != simdjson::SUCCESS) return false;
    read.number = number;
  } else if (type == ondemand::json_type::string) {
    std::string_view text;
    if (value.get_string().get(text) != simdjson::SUCCESS) return false;
    read.text = {text.data(), text.size()};
  } else {
    return false;
  }
  to = read;
  return true;
}

// Collects the wanted members of an object.
class MemberReader {
 public:
  MemberReader(absl::Span<const std::string> names, Members& members)
      : names_(names), members_(members) {}

  // Returns false if the object cannot be read.
  bool Read(ondemand::object object, const Wanted& wanted, int depth = 0) {
    for (simdjson::simdjson_result<ondemand::field> each : object) {
      ondemand::field field;
      if (std::move(each).get(field) != simdjson::SUCCESS) return false;
      const absl::string_view name = NameAt(field.key().raw());
      if (depth == 0) NoteName(name);
      if (!ReadMember(name, field.value(), wanted, depth)) return false;
    }
    return true;
  }

 private:
  void NoteName(absl::string_view name) {
    for (size_t i = 0; i < names_.size(); ++i) {
      if (name == names_[i]) members_.has_names |= uint64_t{1} << i;
    }
  }

  bool ReadMember(absl::string_view name, ondemand::value value, const Wanted& wanted, int depth) {
    Wanted within;
    bool leads_on = false;
    for (size_t role = 0; role < kRoleCount; ++role) {
      if (!absl::StartsWith(wanted[role], name) || wanted[role].empty()) continue;
      if (wanted[role].size() == name.size()) return ReadValue(value, members_.values[role]);
      if (wanted[role][name.size()] != '.') continue;
      within[role] = wanted[role].substr(name.size() + 1);
      leads_on = true;
    }
    if (!leads_on || depth == kDeepest) return true;
    ondemand::json_type type;
    if (value.type().get(type) != simdjson::SUCCESS) return false;
    if (type != ondemand::json_type::object) return true;
    ondemand::object object;
    return value.get_object().get(object) == simdjson::SUCCESS && Read(object, within, depth + 1);
  }

  const absl::Span<const std::string> names_;
  Members& members_;
};

bool IsAtEnd(ondemand::document& document) {
  const char* at = nullptr;
  return document.current_location().get(at) == simdjson::OUT_OF_BOUNDS;
}

// Returns false if the line is no JSON object.
bool ReadLine(absl::string_view line, const JsonPaths& paths, absl::Span<const std::string> names,
              Members& members) {
  // Static, because the parser reuses its memory for the next line.
  static thread_local ondemand::parser parser;
  ondemand::document document;
  ondemand::object object;
  // AppendLine() puts members before the closing brace, which must be the last byte.
  if (!absl::EndsWith(line, "}")) return false;
  if (parser.iterate(line.data(), line.size(), line.size() + kBlockPadding).get(document) !=
      simdjson::SUCCESS) {
    return false;
  }
  if (document.get_object().get(object) != simdjson::SUCCESS) return false;
  const Wanted wanted = {paths.source_port, paths.destination_port, paths.protocol,
                         paths.is_eve ? "event_type" : "", paths.is_eve ? "direction" : ""};
  return MemberReader(names, members).Read(object, wanted) && IsAtEnd(document);
}

int NumberOf(const std::optional<Value>& value, int most, int (*read)(absl::string_view)) {
  if (!value) return kNoValue;
  if (!value->number) return read(value->text);
  return *value->number >= 0 && *value->number <= most ? static_cast<int>(*value->number)
                                                       : kBadValue;
}

ServiceSide StatedSide(const Members& members, const JsonPaths& paths) {
  if (!paths.is_eve) return paths.stated;
  const std::optional<Value>& type = members.values[kEventType];
  // In an event of type flow, the client is the source.
  if (type && type->text == "flow") return ServiceSide::kDestination;
  const std::optional<Value>& direction = members.values[kDirection];
  if (direction && direction->text == "to_server") return ServiceSide::kDestination;
  if (direction && direction->text == "to_client") return ServiceSide::kSource;
  return ServiceSide::kNone;
}

// Returns the flow of a line. If the line has no ports, returns a flow whose protocol has no
// ports. Returns nullopt if a value is invalid.
std::optional<FlowPorts> FlowOf(const Members& members, const JsonPaths& paths) {
  FlowPorts flow;
  flow.protocol = NumberOf(members.values[kProtocol], kLastProtocol, &ReadProtocol);
  if (flow.protocol == kBadValue) return std::nullopt;
  if (!TransportOfFlow(flow.protocol)) return flow;
  const int source = NumberOf(members.values[kSource], kMaxPort, &ReadPort);
  const int destination = NumberOf(members.values[kDestination], kMaxPort, &ReadPort);
  if (source == kBadValue || destination == kBadValue) return std::nullopt;
  if (source == kNoValue || destination == kNoValue) return FlowPorts{};
  flow.source = static_cast<Port>(source);
  flow.destination = static_cast<Port>(destination);
  flow.stated = StatedSide(members, paths);
  return flow;
}

std::string JsonQuoted(absl::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += {'\\', c};
    } else if (static_cast<unsigned char>(c) < 0x20) {
      absl::StrAppendFormat(&quoted, "\\u%04x", c);
    } else {
      quoted.push_back(c);
    }
  }
  return quoted + "\"";
}

std::string Member(absl::string_view name, absl::string_view value) {
  return absl::StrCat(",", JsonQuoted(name), ":", JsonQuoted(value));
}

}  // namespace

bool HasFlow(absl::string_view line, const JsonPaths& paths) {
  Members members;
  return ReadLine(absl::StripTrailingAsciiWhitespace(line), paths, {}, members) &&
         members.values[kSource] && members.values[kDestination] && members.values[kProtocol];
}

std::string JsonForm::BeforePort(std::optional<absl::string_view> service) const {
  return absl::StrCat(service ? Member(names_.service, *service) : "", ",",
                      JsonQuoted(names_.service_port), ":");
}

std::string JsonForm::AfterPort(ServiceSide side, SideReason reason) const {
  return Member(names_.service_side, ToString(side)) +
         Member(names_.service_rule, ToString(reason));
}

std::string JsonForm::OfSide(ServiceSide side, std::optional<absl::string_view> service) const {
  if (!service) return "";
  return Member(side == ServiceSide::kSource ? names_.source_service : names_.destination_service,
                *service);
}

JsonAnnotator::JsonAnnotator(JsonPaths paths, const AnnotateOptions& options,
                             const std::shared_ptr<const ServiceTable>& table)
    : paths_(std::move(paths)) {
  std::vector<absl::string_view> prefixes = {"", "portreg_"};
  if (options.prefix) prefixes = {*options.prefix};
  for (const absl::string_view prefix : prefixes) {
    const FieldNames names = NamesWithPrefix(prefix, options.both);
    uint64_t bits = 0;
    for (const std::string& name : names.All()) {
      bits |= uint64_t{1} << names_.size();
      names_.push_back(name);
    }
    namings_.push_back(std::make_unique<const Naming>(bits, names, table, options.both));
  }
}

void JsonAnnotator::Annotate(absl::string_view block, OutputBlock& out, BlockCounts& counts) const {
  while (!block.empty()) {
    const size_t line_end = std::min(block.find('\n'), block.size());
    const absl::string_view line = block.substr(0, line_end);
    const absl::string_view content = absl::StripTrailingAsciiWhitespace(line);
    if (!content.empty() && !AppendLine(content, out)) {
      out.Append(content);
      counts.CountUnread();
    }
    const size_t size = std::min(line_end + 1, block.size());
    out.Append(block.substr(content.size(), size - content.size()));
    block.remove_prefix(size);
    ++counts.lines;
  }
}

bool JsonAnnotator::AppendLine(absl::string_view line, OutputBlock& out) const {
  Members members;
  if (!ReadLine(absl::StripPrefix(line, kUtf8ByteOrderMark), paths_, names_, members)) return false;
  const std::optional<FlowPorts> flow = FlowOf(members, paths_);
  if (!flow) return false;
  if (!TransportOfFlow(flow->protocol)) {
    out.Append(line);
    return true;
  }
  for (const auto& naming : namings_) {
    if ((members.has_names & naming->bits) != 0) continue;
    out.Reserve(line.size() + naming->added.max_size());
    out.AppendPadded(line.substr(0, line.size() - 1));
    naming->added.Append(*flow, out);
    out.AppendPadded(line.substr(line.size() - 1));
    return true;
  }
  return false;
}

}  // namespace portreg::cli
