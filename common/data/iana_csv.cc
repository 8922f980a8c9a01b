#include "common/data/iana_csv.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/model/port.h"
#include "common/model/service_name.h"
#include "common/text/quote.h"
#include "common/text/utf8.h"

namespace portreg {
namespace {

constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";

// IANA's rows have 74 on average. To grow in steps would touch memory several
// times; what is reserved in excess is never touched.
constexpr size_t kTypicalRowBytes = 64;

struct Column {
  absl::string_view header;
  bool required = false;
  // Where the text goes; nothing for the columns that need more than copying.
  absl::string_view RecordDetails::*detail = nullptr;
};

// The columns that need more than copying, as kColumns numbers them.
enum ColumnIndex : size_t {
  kServiceName = 0,
  kPortNumber = 1,
  kTransportProtocol = 2,
  kDescription = 3,
  kUnauthorizedUseReported = 10,
  kKnownUnauthorizedUses = 11,
};
constexpr std::array kColumns = {
    Column{"Service Name", true},
    Column{"Port Number", true},
    Column{"Transport Protocol", true},
    Column{"Description", true},
    Column{"Assignee", false, &RecordDetails::assignee},
    Column{"Contact", false, &RecordDetails::contact},
    Column{"Registration Date", false, &RecordDetails::registration_date},
    Column{"Modification Date", false, &RecordDetails::modification_date},
    Column{"Reference", false, &RecordDetails::reference},
    Column{"Service Code", false, &RecordDetails::service_code},
    Column{"Unauthorized Use Reported", false, &RecordDetails::unauthorized_use_reported},
    Column{"Known Unauthorized Uses", false, &RecordDetails::unauthorized_use_reported},
    Column{"Assignment Notes", false, &RecordDetails::assignment_notes},
    Column{"Owner", false, &RecordDetails::owner},
};

// Where each of kColumns stands in a row; nothing if the file lacks it.
struct Header {
  std::array<std::optional<size_t>, kColumns.size()> place;
  size_t width = 0;
  // The columns of these places that are only copied, and where they go.
  std::vector<std::pair<size_t, absl::string_view RecordDetails::*>> copied;
};

TextPosition PositionOf(absl::string_view text, size_t at) {
  const absl::string_view before = text.substr(0, at);
  const auto line = static_cast<uint32_t>(1 + std::count(before.begin(), before.end(), '\n'));
  const size_t line_start =
      before.rfind('\n') == absl::string_view::npos ? 0 : before.rfind('\n') + 1;
  return {line, static_cast<uint32_t>(at - line_start + 1)};
}

absl::Status CheckIsText(absl::string_view text) {
  if (absl::StripAsciiWhitespace(text).empty()) return absl::InvalidArgumentError("file is empty");
  if (const size_t nul = text.find('\0'); nul != absl::string_view::npos) {
    return ErrorAt(PositionOf(text, nul), "a NUL byte, this is not a text file");
  }
  if (const size_t bad = FindInvalidUtf8(text); bad != text.size()) {
    return ErrorAt(
        PositionOf(text, bad),
        absl::StrCat("byte 0x", absl::Hex(static_cast<unsigned char>(text[bad]), absl::kZeroPad2),
                     " is not valid UTF-8"));
  }
  return absl::OkStatus();
}

absl::StatusOr<Header> ReadHeader(const std::vector<CsvField>& row, Layer layer) {
  Header header{.place = {}, .width = row.size(), .copied = {}};
  for (size_t i = 0; i < row.size(); ++i) {
    const absl::string_view title = absl::StripAsciiWhitespace(row[i].text);
    for (size_t c = 0; c < kColumns.size(); ++c) {
      if (!absl::EqualsIgnoreCase(title, kColumns[c].header)) continue;
      if (header.place[c]) {
        return ErrorAt(row[i].position, absl::StrCat("column ", Quoted(title), " stands twice"));
      }
      header.place[c] = i;
    }
  }
  if (header.place[kUnauthorizedUseReported] && header.place[kKnownUnauthorizedUses]) {
    return ErrorAt(row[*header.place[kKnownUnauthorizedUses]].position,
                   "column \"Known Unauthorized Uses\" is the old name of \"Unauthorized Use "
                   "Reported\", both stand here");
  }
  for (size_t c = 0; c < kColumns.size(); ++c) {
    if (!kColumns[c].required || header.place[c]) continue;
    return ErrorAt(
        row.front().position,
        absl::StrCat("not a port registry in IANA's format: the header has no column \"",
                     kColumns[c].header, "\", it begins with ", Quoted(row.front().text)));
  }
  for (size_t c = 0; c < kColumns.size(); ++c) {
    const bool wanted = layer == Layer::kLocal || kColumns[c].detail != &RecordDetails::owner;
    if (kColumns[c].detail != nullptr && header.place[c] && wanted) {
      header.copied.emplace_back(*header.place[c], kColumns[c].detail);
    }
  }
  return header;
}

// Reads one row into `record`, or says where and why it cannot be used.
std::optional<SetAsideRow> ReadRecord(const std::vector<CsvField>& row, const Header& header,
                                      Layer layer, ServiceRecord& record) {
  const auto field = [&](size_t column) -> const CsvField& { return row[*header.place[column]]; };
  const auto text = [&](size_t column) { return absl::StripAsciiWhitespace(field(column).text); };
  const auto refuse = [&](size_t column, std::string reason) {
    return SetAsideRow{field(column).position, std::move(reason)};
  };

  record.layer = layer;
  record.line = row.front().position.line;
  record.service = text(kServiceName);
  record.description = field(kDescription).text;
  if (record.service.size() > kMaxServiceNameBytes) {
    return refuse(kServiceName, absl::StrCat("service name ", Quoted(record.service), " has ",
                                             record.service.size(), " bytes, at most ",
                                             kMaxServiceNameBytes, " are allowed"));
  }
  if (const absl::string_view transport = text(kTransportProtocol); !transport.empty()) {
    const std::optional<Transport> parsed = ParseTransport(transport);
    if (!parsed) {
      return refuse(kTransportProtocol, absl::StrCat("transport ", Quoted(transport),
                                                     " is not tcp, udp, sctp, dccp or empty"));
    }
    record.transport = *parsed;
  }
  if (const absl::string_view ports = text(kPortNumber); !ports.empty()) {
    const absl::StatusOr<PortRange> parsed = ParsePortRange(ports);
    if (!parsed.ok()) return refuse(kPortNumber, std::string(parsed.status().message()));
    record.ports = *parsed;
  }
  if (!record.ports && !record.named()) {
    return refuse(kPortNumber, "row has neither a service name nor a port");
  }
  for (const auto& [place, detail] : header.copied) record.details.*detail = row[place].text;
  return std::nullopt;
}

}  // namespace

absl::StatusOr<ParsedIanaCsv> ParseIanaCsv(absl::string_view text, Layer layer,
                                           std::deque<std::string>& unescaped) {
  absl::ConsumePrefix(&text, kByteOrderMark);
  absl::Status is_text = CheckIsText(text);
  if (!is_text.ok()) return is_text;

  CsvReader reader(text, unescaped);
  std::vector<CsvField> row;
  absl::StatusOr<bool> read = reader.Next(row);
  if (!read.ok()) return read.status();
  const absl::StatusOr<Header> header = ReadHeader(row, layer);
  if (!header.ok()) return header.status();

  ParsedIanaCsv parsed;
  parsed.records.reserve(std::min(text.size() / kTypicalRowBytes, kMaxRows));
  while ((read = reader.Next(row)).ok() && *read) {
    const TextPosition start = row.front().position;
    if (row.size() != header->width) {
      return ErrorAt(start, absl::StrCat("row has ", row.size(), " fields, the header has ",
                                         header->width, "; it seems cut off or unquoted"));
    }
    if (parsed.records.size() + parsed.set_aside.size() == kMaxRows) {
      return ErrorAt(start, absl::StrCat("more than ", kMaxRows, " rows"));
    }
    std::optional<SetAsideRow> refused =
        ReadRecord(row, *header, layer, parsed.records.emplace_back());
    if (refused) {
      parsed.records.pop_back();
      parsed.set_aside.push_back(*std::move(refused));
    }
  }
  if (!read.ok()) return read.status();
  return parsed;
}

}  // namespace portreg
