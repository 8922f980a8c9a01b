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
#include "common/data/csv.h"
#include "common/model/detail_columns.h"
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

// The columns that need more than copying; a file must have each of them.
enum RequiredColumn : size_t { kServiceName, kPortNumber, kTransportProtocol, kDescription };
constexpr std::array<absl::string_view, 4> kRequiredHeaders = {"Service Name", "Port Number",
                                                               "Transport Protocol", "Description"};

// What files before about 2019 call a column of kDetailColumns.
constexpr absl::string_view kOldUnauthorizedUse = "Known Unauthorized Uses";
constexpr absl::string_view kUnauthorizedUse = "Unauthorized Use Reported";

// The columns of a file.
struct Header {
  size_t width = 0;
  // The places of the required columns.
  std::array<size_t, kRequiredHeaders.size()> required = {};
  // The places of columns that are only copied, and where they are copied to.
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

// The place of a column in the header row; nothing if the row lacks it. An error for
// a column that the row has twice.
absl::StatusOr<std::optional<size_t>> FindColumn(const std::vector<CsvField>& row,
                                                 absl::string_view header) {
  std::optional<size_t> place;
  for (size_t i = 0; i < row.size(); ++i) {
    const absl::string_view title = absl::StripAsciiWhitespace(row[i].text);
    if (!absl::EqualsIgnoreCase(title, header)) continue;
    if (place) {
      return ErrorAt(row[i].position, absl::StrCat("column ", Quoted(title), " stands twice"));
    }
    place = i;
  }
  return place;
}

// The place of a column that is only copied; see FindColumn.
absl::StatusOr<std::optional<size_t>> FindDetail(const std::vector<CsvField>& row,
                                                 const DetailColumn& column) {
  absl::StatusOr<std::optional<size_t>> place = FindColumn(row, column.header);
  if (!place.ok() || column.header != kUnauthorizedUse) return place;
  const absl::StatusOr<std::optional<size_t>> old = FindColumn(row, kOldUnauthorizedUse);
  if (!old.ok() || !*old) return old.ok() ? place : old;
  if (!*place) return old;
  return ErrorAt(row[**old].position,
                 absl::StrCat("column \"", kOldUnauthorizedUse, "\" is the old name of \"",
                              kUnauthorizedUse, "\", both stand here"));
}

absl::StatusOr<Header> ReadHeader(const std::vector<CsvField>& row, Layer layer) {
  Header header;
  header.width = row.size();
  for (size_t i = 0; i < kRequiredHeaders.size(); ++i) {
    const absl::StatusOr<std::optional<size_t>> place = FindColumn(row, kRequiredHeaders[i]);
    if (!place.ok()) return place.status();
    if (!*place) {
      return ErrorAt(
          row.front().position,
          absl::StrCat("not a port registry in IANA's format: the header has no column \"",
                       kRequiredHeaders[i], "\", it begins with ", Quoted(row.front().text)));
    }
    header.required[i] = **place;
  }
  for (const DetailColumn& column : kDetailColumns) {
    const absl::StatusOr<std::optional<size_t>> place = FindDetail(row, column);
    if (!place.ok()) return place.status();
    const bool wanted = layer == Layer::kLocal || !column.local_only;
    if (*place && wanted) header.copied.emplace_back(**place, column.member);
  }
  return header;
}

// Reads one row into `record`, or says where and why it cannot be used.
std::optional<SetAsideRow> ReadRecord(const std::vector<CsvField>& row, const Header& header,
                                      Layer layer, ServiceRecord& record) {
  const auto field = [&](RequiredColumn column) -> const CsvField& {
    return row[header.required[column]];
  };
  const auto text = [&](RequiredColumn column) {
    return absl::StripAsciiWhitespace(field(column).text);
  };
  const auto refuse = [&](RequiredColumn column, std::string reason) {
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
