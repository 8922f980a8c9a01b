#include "common/data/range_table.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/data/csv_table.h"
#include "common/data/layer_file.h"
#include "common/data/own_table.h"
#include "common/text/quote.h"

namespace portreg {
namespace {

constexpr size_t kMaxKindBytes = 32;
constexpr size_t kMaxTextBytes = 200;

enum class RangeColumn : size_t { kPorts, kTransport, kKind, kSeverity, kMessage, kReference };
constexpr std::array<absl::string_view, 6> kRangeHeaders = {
    "Ports", "Transport Protocol", "Kind", "Severity", "Message", "Reference"};

using RangePlaces = std::array<size_t, kRangeHeaders.size()>;

absl::StatusOr<RangePlaces> FindRangeColumns(const CsvTable& table) {
  RangePlaces places = {};
  for (size_t i = 0; i < kRangeHeaders.size(); ++i) {
    const absl::StatusOr<std::optional<size_t>> place = table.Find(kRangeHeaders[i]);
    if (!place.ok()) return place.status();
    if (!*place) {
      return ErrorAt(
          table.header().front().position,
          absl::StrCat("not a table of range rules: the header has no column \"", kRangeHeaders[i],
                       "\", it must have ", absl::StrJoin(kRangeHeaders, ", ")));
    }
    places[i] = **place;
  }
  return places;
}

// Returns the names of the kinds that the embedded rules have.
std::string EmbeddedKinds() {
  return absl::StrJoin(kRangeRuleKinds, ", ", [](std::string* out, const RangeRuleKind& known) {
    absl::StrAppend(out, known.name);
  });
}

absl::Status CheckKind(absl::string_view kind) {
  const auto is_word = [](absl::string_view word) {
    return !word.empty() && std::all_of(word.begin(), word.end(), [](unsigned char c) {
      return absl::ascii_islower(c) || absl::ascii_isdigit(c);
    });
  };
  const std::vector<absl::string_view> words = absl::StrSplit(kind, '-');
  if (kind.size() <= kMaxKindBytes && std::all_of(words.begin(), words.end(), is_word)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("kind ", Quoted(kind), " is not allowed, allowed are ", EmbeddedKinds(),
                   ", and other names of 1 to ", kMaxKindBytes,
                   " of a-z and 0-9 with single hyphens between them"));
}

// Checks a text that is shown on one line.
absl::Status CheckText(absl::string_view what, absl::string_view text) {
  if (text.size() > kMaxTextBytes) {
    return absl::InvalidArgumentError(absl::StrCat(what, " ", Quoted(text), " has ", text.size(),
                                                   " bytes, at most ", kMaxTextBytes,
                                                   " are allowed"));
  }
  if (Printable(text) != text) {
    return absl::InvalidArgumentError(
        absl::StrCat(what, " ", Quoted(text), " must be one line without control characters"));
  }
  return absl::OkStatus();
}

// Reads one row of a table.
class RangeRowReader {
 public:
  RangeRowReader(const RangePlaces& places, const std::vector<CsvField>& row)
      : places_(places), row_(row) {}

  [[nodiscard]] bool IsBlank() const {
    return std::all_of(row_.begin(), row_.end(), [](const CsvField& field) {
      return absl::StripAsciiWhitespace(field.text).empty();
    });
  }

  // Returns the error of the first column, in the order of kRangeHeaders, that has one.
  [[nodiscard]] absl::StatusOr<RangeRule> Read() const {
    RangeRule rule;
    absl::StatusOr<std::vector<PortRange>> ports = ParsePortList(Text(RangeColumn::kPorts));
    if (!ports.ok()) return At(RangeColumn::kPorts, ports.status());
    absl::StatusOr<std::vector<Transport>> transports =
        ParseTransportList(Text(RangeColumn::kTransport));
    if (!transports.ok()) return At(RangeColumn::kTransport, transports.status());
    rule.kind_name = std::string(Text(RangeColumn::kKind));
    if (absl::Status status = CheckKind(rule.kind_name); !status.ok()) {
      return At(RangeColumn::kKind, status);
    }
    if (ports->empty()) return ReadKindAlone(std::move(rule));
    rule.ports = *std::move(ports);
    const bool is_any =
        transports->front() == Transport::kNone || transports->size() == kTransports.size();
    if (!is_any) rule.transports = *std::move(transports);
    return ReadTexts(std::move(rule));
  }

 private:
  [[nodiscard]] const CsvField& Field(RangeColumn column) const {
    return row_[places_[static_cast<size_t>(column)]];
  }
  [[nodiscard]] absl::string_view Text(RangeColumn column) const {
    return absl::StripAsciiWhitespace(Field(column).text);
  }
  [[nodiscard]] absl::Status At(RangeColumn column, const absl::Status& status) const {
    return ErrorAt(Field(column).position, status.message());
  }

  // A row without ports would say something about no port, so that it says nothing.
  [[nodiscard]] absl::StatusOr<RangeRule> ReadKindAlone(RangeRule rule) const {
    for (const RangeColumn column : {RangeColumn::kTransport, RangeColumn::kSeverity,
                                     RangeColumn::kMessage, RangeColumn::kReference}) {
      if (Text(column).empty()) continue;
      return ErrorAt(Field(column).position,
                     absl::StrCat(Quoted(Text(column)),
                                  " is about no port: give Ports, or leave all cells but Kind "
                                  "empty to drop the kind's rules"));
    }
    if (rule.kind() == AdvisoryKind::kRangeRule) {
      return ErrorAt(Field(RangeColumn::kKind).position,
                     absl::StrCat("kind ", Quoted(rule.kind_name),
                                  " has no rules to drop, it must be one of ", EmbeddedKinds()));
    }
    return rule;
  }

  [[nodiscard]] absl::StatusOr<RangeRule> ReadTexts(RangeRule rule) const {
    const std::optional<FindingSeverity> severity =
        ParseFindingSeverity(Text(RangeColumn::kSeverity));
    if (!severity) {
      return ErrorAt(Field(RangeColumn::kSeverity).position,
                     absl::StrCat("severity ", Quoted(Text(RangeColumn::kSeverity)),
                                  " is unknown, allowed are info, warning and error"));
    }
    rule.severity = *severity;
    rule.message = std::string(Text(RangeColumn::kMessage));
    rule.reference = std::string(Text(RangeColumn::kReference));
    if (rule.message.empty()) {
      return ErrorAt(Field(RangeColumn::kMessage).position,
                     absl::StrCat("message is empty, it must have 1 to ", kMaxTextBytes, " bytes"));
    }
    if (absl::Status status = CheckText("message", rule.message); !status.ok()) {
      return At(RangeColumn::kMessage, status);
    }
    if (absl::Status status = CheckText("reference", rule.reference); !status.ok()) {
      return At(RangeColumn::kReference, status);
    }
    return rule;
  }

  const RangePlaces& places_;
  const std::vector<CsvField>& row_;
};

}  // namespace

absl::StatusOr<RangeRules> ParseRangeTable(absl::string_view text) {
  std::deque<std::string> unescaped;
  absl::StatusOr<CsvTable> table = CsvTable::Open(text, unescaped);
  if (!table.ok()) return table.status();
  const absl::StatusOr<RangePlaces> places = FindRangeColumns(*table);
  if (!places.ok()) return places.status();
  std::vector<RangeRule> rules;
  size_t ranges = 0;
  std::vector<CsvField> row;
  absl::StatusOr<bool> read = false;
  while ((read = table->Next(row)).ok() && *read) {
    const RangeRowReader reader(*places, row);
    if (reader.IsBlank()) continue;
    absl::StatusOr<RangeRule> rule = reader.Read();
    if (!rule.ok()) return rule.status();
    ranges += rule->ports.size();
    rules.push_back(*std::move(rule));
    if (rules.size() > RangeRules::kMaxRules || ranges > RangeRules::kMaxRanges) {
      return ErrorAt(row.front().position,
                     absl::StrCat("more than ", RangeRules::kMaxRules, " rules or ",
                                  RangeRules::kMaxRanges, " ranges"));
    }
  }
  if (!read.ok()) return read.status();
  return RangeRules(std::move(rules));
}

absl::StatusOr<RangeRules> ReadRangeFile(const std::string& path) {
  const absl::StatusOr<FileBytes> file = ReadFileBytes(path);
  if (!file.ok()) return file.status();
  absl::StatusOr<RangeRules> rules = ParseRangeTable(file->bytes);
  if (rules.ok()) return rules;
  return absl::Status(rules.status().code(), absl::StrCat(path, ": ", rules.status().message()));
}

}  // namespace portreg
