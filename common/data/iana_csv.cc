#include "common/data/iana_csv.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/data/csv_table.h"
#include "common/model/detail_columns.h"
#include "common/model/port.h"
#include "common/model/service_name.h"
#include "common/system/pages.h"
#include "common/text/quote.h"

namespace portreg {
namespace {

// Estimates the number of rows, to reserve memory for them. IANA's rows have 74 bytes on
// average. Reserving too much is cheap, because unused memory is never touched.
constexpr size_t kTypicalRowBytes = 64;

// The columns that are parsed or checked, not only copied. Each is required.
enum RequiredColumn : size_t { kServiceName, kPortNumber, kTransportProtocol, kDescription };
constexpr std::array<absl::string_view, 4> kRequiredHeaders = {"Service Name", "Port Number",
                                                               "Transport Protocol", "Description"};

// The name of kUnauthorizedUse in files from before about 2019.
constexpr absl::string_view kOldUnauthorizedUse = "Known Unauthorized Uses";
constexpr absl::string_view kUnauthorizedUse = "Unauthorized Use Reported";

// The columns of a file, by their index in a row.
struct Header {
  std::array<size_t, kRequiredHeaders.size()> required = {};
  // The columns that are only copied, each with the member that it is copied to.
  std::vector<std::pair<size_t, absl::string_view RecordDetails::*>> copied;
};

// Like CsvTable::Find, but also finds a column by its old name.
absl::StatusOr<std::optional<size_t>> FindDetail(const CsvTable& table,
                                                 const DetailColumn& column) {
  absl::StatusOr<std::optional<size_t>> place = table.Find(column.header);
  if (!place.ok() || column.header != kUnauthorizedUse) return place;
  absl::StatusOr<std::optional<size_t>> old = table.Find(kOldUnauthorizedUse);
  if (!old.ok() || !*old) return old.ok() ? place : old;
  if (!*place) return old;
  return ErrorAt(table.header()[**old].position,
                 absl::StrCat("column \"", kOldUnauthorizedUse, "\" is the old name of \"",
                              kUnauthorizedUse, "\", both stand here"));
}

absl::StatusOr<Header> ReadHeader(const CsvTable& table, Layer layer) {
  Header header;
  for (size_t i = 0; i < kRequiredHeaders.size(); ++i) {
    const absl::StatusOr<size_t> place = table.Require(kRequiredHeaders[i]);
    if (!place.ok()) return place.status();
    header.required[i] = *place;
  }
  for (const DetailColumn& column : kDetailColumns) {
    const absl::StatusOr<std::optional<size_t>> place = FindDetail(table, column);
    if (!place.ok()) return place.status();
    const bool wanted = layer == Layer::kLocal || !column.local_only;
    if (*place && wanted) header.copied.emplace_back(**place, column.member);
  }
  return header;
}

// Reads one row into `record`. Returns the position and the reason if the row cannot be used.
std::optional<SetAsideRow> ReadRecord(const std::vector<CsvField>& row, const Header& header,
                                      Layer layer, DetailsStore& kept, ServiceRecord& record) {
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
  RecordDetails details;
  for (const auto& [place, detail] : header.copied) details.*detail = row[place].text;
  record.details = kept.Add(details);
  return std::nullopt;
}

}  // namespace

absl::StatusOr<ParsedIanaCsv> ParseIanaCsv(absl::string_view text, Layer layer, LayerText& kept) {
  absl::StatusOr<CsvTable> table = CsvTable::Open(text, kept.unescaped);
  if (!table.ok()) return table.status();
  const absl::StatusOr<Header> header = ReadHeader(*table, layer);
  if (!header.ok()) return header.status();

  ParsedIanaCsv parsed;
  parsed.records.reserve(std::min(text.size() / kTypicalRowBytes, kMaxRows));
  kept.details.Reserve(parsed.records.capacity() / 3);
  const auto lines = static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
  PopulatePages(parsed.records.data(), std::min(parsed.records.capacity(), lines));
  std::vector<CsvField> row;
  absl::StatusOr<bool> read = false;
  while ((read = table->Next(row)).ok() && *read) {
    if (parsed.records.size() + parsed.set_aside.size() == kMaxRows) {
      return ErrorAt(row.front().position, absl::StrCat("more than ", kMaxRows, " rows"));
    }
    std::optional<SetAsideRow> refused =
        ReadRecord(row, *header, layer, kept.details, parsed.records.emplace_back());
    if (refused) {
      parsed.records.pop_back();
      parsed.set_aside.push_back(*std::move(refused));
    }
  }
  if (!read.ok()) return read.status();
  return parsed;
}

}  // namespace portreg
