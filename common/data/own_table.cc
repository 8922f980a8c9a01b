#include "common/data/own_table.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "common/data/csv_table.h"
#include "common/data/unread_columns.h"
#include "common/model/detail_columns.h"
#include "common/model/port.h"
#include "common/model/scope.h"
#include "common/model/service_name.h"
#include "common/system/pages.h"
#include "common/text/quote.h"

namespace portreg {
namespace {

constexpr absl::string_view kLoopback = "loopback";
constexpr absl::string_view kEnDash = "\xE2\x80\x93";

// The columns that are parsed or checked, not only copied.
enum class Column : size_t {
  kServiceName,
  kPortNumber,
  kTransportProtocol,
  kDescription,
  kAliases,
  kScope,
  kStatus,
  kSince,
  kUntil,
  kBind,
};
constexpr std::array<absl::string_view, 10> kHeaders = {
    "Service Name", "Port Number", "Transport Protocol",
    "Description",  "Aliases",     "Scope",
    "Status",       "Since",       "Until",
    "Bind"};
// The columns before this one are required.
constexpr auto kFirstOptional = static_cast<size_t>(Column::kAliases);

struct Places {
  std::array<std::optional<size_t>, kHeaders.size()> of;
  // The columns without a title, such as those of commas at the end of each row.
  std::vector<size_t> untitled;
  std::vector<std::pair<size_t, absl::string_view RecordDetails::*>> copied;
};

absl::StatusOr<Places> FindColumns(const CsvTable& table, Layer layer) {
  Places places;
  for (size_t i = 0; i < kHeaders.size(); ++i) {
    if (i < kFirstOptional) {
      const absl::StatusOr<size_t> place = table.Require(kHeaders[i]);
      if (!place.ok()) return place.status();
      places.of[i] = *place;
      continue;
    }
    const absl::StatusOr<std::optional<size_t>> place = table.Find(kHeaders[i]);
    if (!place.ok()) return place.status();
    places.of[i] = *place;
  }
  for (size_t i = 0; i < table.header().size(); ++i) {
    if (absl::StripAsciiWhitespace(table.header()[i].text).empty()) places.untitled.push_back(i);
  }
  for (const DetailColumn& column : kDetailColumns) {
    const absl::StatusOr<std::optional<size_t>> place = table.Find(column.header);
    if (!place.ok()) return place.status();
    const bool wanted = layer == Layer::kLocal || !column.local_only;
    if (*place && wanted) places.copied.emplace_back(**place, column.member);
  }
  return places;
}

// Returns true for texts such as 12-Oct, Oct 2012 or 2026-07-01, which spreadsheets make
// of ranges.
bool IsDateLike(absl::string_view text) {
  constexpr std::array<absl::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                         "jul", "aug", "sep", "oct", "nov", "dec"};
  const std::vector<absl::string_view> parts =
      absl::StrSplit(text, absl::ByAnyChar("-/. "), absl::SkipEmpty());
  size_t months = 0;
  for (const absl::string_view part : parts) {
    const bool is_number = std::all_of(part.begin(), part.end(), [](char byte) {
      return absl::ascii_isdigit(static_cast<unsigned char>(byte));
    });
    if (is_number) continue;
    const bool is_month = std::any_of(kMonths.begin(), kMonths.end(), [part](auto month) {
      return absl::StartsWithIgnoreCase(part, month);
    });
    if (!is_month) return false;
    ++months;
  }
  return parts.size() == 3 || (parts.size() == 2 && months == 1);
}

// Returns advice for a text that is not a port, if another program seems to have changed
// it.
absl::string_view HintForPort(absl::string_view text) {
  if (IsDateLike(text)) {
    return "; if a spreadsheet made a date of a range, format the column as text and write the "
           "range again";
  }
  double number;
  if (absl::StrContains(text, '.') && absl::SimpleAtod(text, &number)) {
    return "; write the number without decimals";
  }
  return "";
}

// Parses ports such as "80,443" or "35200 - 35220". Returns no ranges for an empty text.
absl::StatusOr<std::vector<PortRange>> ReadPorts(absl::string_view text) {
  std::vector<PortRange> ranges;
  if (text.empty()) return ranges;
  if (const absl::StatusOr<PortRange> single = ParsePortRange(text); single.ok()) {
    ranges.push_back(*single);
    return ranges;
  }
  const std::string plain = absl::StrReplaceAll(text, {{kEnDash, "-"}});
  for (const absl::string_view part : absl::StrSplit(plain, ',')) {
    const std::string range =
        absl::StrJoin(absl::StrSplit(part, '-'), "-", [](std::string* joined, auto bound) {
          absl::StrAppend(joined, absl::StripAsciiWhitespace(bound));
        });
    const absl::StatusOr<PortRange> parsed = ParsePortRange(range);
    if (!parsed.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(parsed.status().message(), HintForPort(absl::StripAsciiWhitespace(part))));
    }
    ranges.push_back(*parsed);
  }
  return ranges;
}

// Parses transports such as "TCP/UDP" or "tcp, udp". Returns only kNone for an empty text.
absl::StatusOr<std::vector<Transport>> ReadTransports(absl::string_view text) {
  std::vector<Transport> transports;
  for (const absl::string_view part :
       absl::StrSplit(text, absl::ByAnyChar(",/ "), absl::SkipEmpty())) {
    const std::optional<Transport> transport = ParseTransport(part);
    if (!transport) {
      return absl::InvalidArgumentError(absl::StrCat(
          "transport ", Quoted(part),
          " is unknown, allowed are tcp, udp, sctp and dccp, a list of these such as tcp/udp, or "
          "nothing for any"));
    }
    if (std::find(transports.begin(), transports.end(), *transport) == transports.end()) {
      transports.push_back(*transport);
    }
  }
  if (transports.empty()) transports.push_back(Transport::kNone);
  std::sort(transports.begin(), transports.end());
  return transports;
}

absl::Status CheckNameSize(absl::string_view what, absl::string_view name) {
  if (name.size() <= kMaxServiceNameBytes) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(what, " ", Quoted(name), " has ", name.size(),
                                                 " bytes, at most ", kMaxServiceNameBytes,
                                                 " are allowed"));
}

absl::Status CheckName(absl::string_view name) {
  if (absl::StartsWith(name, "#")) {
    return absl::InvalidArgumentError(absl::StrCat(
        "service name ", Quoted(name),
        " begins with \"#\", which comments nothing out here; remove the row, or set its Status to "
        "retired"));
  }
  return CheckNameSize("service name", name);
}

absl::Status CheckAliases(absl::string_view aliases) {
  for (const absl::string_view alias : absl::StrSplit(aliases, ' ', absl::SkipEmpty())) {
    if (alias.find_first_of(",;") != absl::string_view::npos) {
      return absl::InvalidArgumentError(absl::StrCat(
          "alias ", Quoted(alias), " has a comma or a semicolon, separate aliases with blanks"));
    }
    if (absl::Status status = CheckNameSize("alias", alias); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status CheckRecordStatus(absl::string_view status) {
  if (ParseRecordStatus(status)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("status ", Quoted(status),
                   " is unknown, allowed are active, planned, deprecated, retired and nothing"));
}

absl::Status CheckDay(absl::string_view day) {
  absl::CivilDay parsed;
  if (day.empty()) return absl::OkStatus();
  if (day.size() == 10 && absl::ParseCivilTime(day, &parsed) &&
      absl::FormatCivilTime(parsed) == day) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("day ", Quoted(day), " is not a date such as 2026-11-29"));
}

absl::Status CheckPeriod(absl::string_view since, absl::string_view until) {
  if (until.empty() || since <= until) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("until ", Quoted(until), " precedes since, ", Quoted(since)));
}

absl::Status CheckBind(absl::string_view bind) {
  if (bind.empty() || absl::EqualsIgnoreCase(bind, kLoopback)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("bind ", Quoted(bind), " is unknown, allowed are loopback and nothing"));
}

// Turns the rows of one table into records.
class RowReader {
 public:
  RowReader(const Places& places, Layer layer, DetailsStore& kept, ParsedIanaCsv& parsed)
      : places_(places), layer_(layer), kept_(kept), parsed_(parsed) {}

  // Adds the records of a row to `parsed`, or sets the row aside.
  void Read(const std::vector<CsvField>& row) {
    row_ = &row;
    if (IsBlank() || HasUntitledText()) return;
    absl::Status status;
    const auto check = [&](Column column, const absl::Status& found) {
      if (status.ok() && !found.ok()) {
        status = found;
        SetAside(column, found);
      }
    };
    const absl::StatusOr<std::vector<PortRange>> ports = ReadPorts(Text(Column::kPortNumber));
    const absl::StatusOr<std::vector<Transport>> transports =
        ReadTransports(Text(Column::kTransportProtocol));
    check(Column::kServiceName, CheckName(Text(Column::kServiceName)));
    check(Column::kPortNumber, ports.status());
    check(Column::kTransportProtocol, transports.status());
    for (size_t i = kFirstOptional; i < kHeaders.size(); ++i) {
      const auto column = static_cast<Column>(i);
      check(column, CheckOptionalCell(kHeaders[i], Text(column)));
    }
    check(Column::kUntil, CheckPeriod(Text(Column::kSince), Text(Column::kUntil)));
    if (!status.ok()) return;

    ServiceRecord record;
    record.layer = layer_;
    record.line = row.front().position.line;
    record.service = Text(Column::kServiceName);
    record.description = row[*PlaceOf(Column::kDescription)].text;
    record.aliases = Text(Column::kAliases);
    record.scope = Text(Column::kScope);
    record.status = *ParseRecordStatus(Text(Column::kStatus));
    RecordDetails details;
    for (const auto& [place, member] : places_.copied) details.*member = row[place].text;
    Normalize(details);
    record.details = kept_.Add(details);
    check(Column::kPortNumber, CheckRow(record, ports->empty()));
    if (status.ok()) AddRecords(record, *ports, *transports);
  }

 private:
  [[nodiscard]] bool IsBlank() const {
    return std::all_of(row_->begin(), row_->end(), [](const CsvField& field) {
      return absl::StripAsciiWhitespace(field.text).empty();
    });
  }

  // Sets the row aside, and returns true, if a column without a title has a text. A comma
  // without quotes has probably moved the texts of the row by one column.
  bool HasUntitledText() {
    for (const size_t place : places_.untitled) {
      const CsvField& field = (*row_)[place];
      const absl::string_view text = absl::StripAsciiWhitespace(field.text);
      if (text.empty()) continue;
      parsed_.set_aside.push_back(
          {field.position, absl::StrCat("the column of ", Quoted(text),
                                        " has no title; a field with a comma needs quotes")});
      return true;
    }
    return false;
  }

  [[nodiscard]] std::optional<size_t> PlaceOf(Column column) const {
    return places_.of[static_cast<size_t>(column)];
  }

  // Returns a column's text without surrounding blanks; empty if the table lacks the column.
  [[nodiscard]] absl::string_view Text(Column column) const {
    const std::optional<size_t> place = PlaceOf(column);
    return place ? absl::StripAsciiWhitespace((*row_)[*place].text) : absl::string_view();
  }

  void SetAside(Column column, const absl::Status& status) {
    const std::optional<size_t> place = PlaceOf(column);
    parsed_.set_aside.push_back(
        {(*row_)[place.value_or(0)].position, std::string(status.message())});
  }

  // Stores checked values in one spelling, so that programs can compare them.
  static void Normalize(RecordDetails& details) {
    details.since = absl::StripAsciiWhitespace(details.since);
    details.until = absl::StripAsciiWhitespace(details.until);
    if (!absl::StripAsciiWhitespace(details.bind).empty()) {
      details.bind = kLoopback;
    } else {
      details.bind = {};
    }
  }

  [[nodiscard]] absl::Status CheckRow(const ServiceRecord& record, bool portless) const {
    if (portless && !record.named()) {
      return absl::InvalidArgumentError("row has neither a service name nor a port");
    }
    if (layer_ == Layer::kLocal && !record.named() && OwnerOf(record).empty()) {
      return absl::InvalidArgumentError(
          "row has neither a service name nor an owner: a service needs a Service Name, a block "
          "of ports an Owner");
    }
    return absl::OkStatus();
  }

  void AddRecords(ServiceRecord record, const std::vector<PortRange>& ports,
                  const std::vector<Transport>& transports) {
    for (const Transport transport : transports) {
      record.transport = transport;
      if (ports.empty()) parsed_.records.push_back(record);
      for (const PortRange& range : ports) {
        record.ports = range;
        parsed_.records.push_back(record);
      }
    }
  }

  const Places& places_;
  const Layer layer_;
  DetailsStore& kept_;
  ParsedIanaCsv& parsed_;
  const std::vector<CsvField>* row_ = nullptr;
};

std::vector<MessageAt> UnreadColumns(const CsvTable& table) {
  std::vector<absl::string_view> known(kHeaders.begin(), kHeaders.end());
  for (const DetailColumn& column : kDetailColumns) known.push_back(column.header);
  return FindUnreadColumns(table.header(), known);
}

// Parses a table. Sets aside up to `max_broken` rows that are not CSV or do not fit the
// header. Returns the error of a further one; if max_broken > 0, only sets the rest aside.
absl::StatusOr<ParsedIanaCsv> ParseTable(absl::string_view text, Layer layer, LayerText& kept,
                                         size_t max_broken) {
  absl::StatusOr<CsvTable> table = CsvTable::Open(text, kept.unescaped);
  if (!table.ok()) return table.status();
  const absl::StatusOr<Places> places = FindColumns(*table, layer);
  if (!places.ok()) return places.status();
  ParsedIanaCsv parsed;
  parsed.unread_columns = UnreadColumns(*table);
  const auto lines = static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
  // A row with several transports becomes several records; most rows have one.
  parsed.records.reserve(std::min(lines + lines / 8 + 1, kMaxRows));
  PopulatePages(parsed.records.data(), std::min(parsed.records.capacity(), lines));
  kept.details.Reserve(lines);
  RowReader reader(*places, layer, kept.details, parsed);
  std::vector<CsvField> row;
  for (size_t broken = 0; broken < max_broken || max_broken == 0;) {
    const absl::StatusOr<bool> read = table->Next(row);
    if (read.ok()) {
      if (!*read) return parsed;
      reader.Read(row);
      if (parsed.records.size() + parsed.set_aside.size() <= kMaxRows) continue;
      return ErrorAt(row.front().position, absl::StrCat("more than ", kMaxRows, " records"));
    }
    if (max_broken == 0) return read.status();
    MessageAt error = SplitError(read.status());
    parsed.set_aside.push_back({error.position, std::move(error.message)});
    table->SkipLine();
    ++broken;
  }
  parsed.set_aside.push_back({parsed.set_aside.back().position,
                              "the rows below are not judged, too many rows are broken"});
  return parsed;
}

}  // namespace

absl::StatusOr<std::vector<PortRange>> ParsePortList(absl::string_view text) {
  return ReadPorts(text);
}

absl::StatusOr<std::vector<Transport>> ParseTransportList(absl::string_view text) {
  return ReadTransports(text);
}

absl::Status CheckOptionalCell(absl::string_view header, absl::string_view text) {
  if (header == "Aliases") return CheckAliases(text);
  if (header == "Scope") return CheckScope(text);
  if (header == "Status") return CheckRecordStatus(text);
  if (header == "Since" || header == "Until") return CheckDay(text);
  if (header == "Bind") return CheckBind(text);
  return absl::OkStatus();
}

absl::StatusOr<ParsedIanaCsv> ParseOwnTable(absl::string_view text, Layer layer, LayerText& kept) {
  return ParseTable(text, layer, kept, 0);
}

absl::StatusOr<ParsedIanaCsv> ParseFaultyOwnTable(absl::string_view text, Layer layer,
                                                  LayerText& kept) {
  constexpr size_t kMaxBrokenRows = 100;
  return ParseTable(text, layer, kept, kMaxBrokenRows);
}

}  // namespace portreg
