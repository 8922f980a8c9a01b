// Runs `portreg export --format=FORMAT [RANGE]...`.
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/commands/command_parts.h"
#include "client/cli/display/clipped_record.h"
#include "client/cli/formats/json_writers.h"
#include "client/cli/formats/record_csv_writer.h"
#include "client/cli/formats/record_writer.h"
#include "client/cli/formats/reserved_ports_writer.h"
#include "client/cli/formats/services_writer.h"
#include "client/cli/lookup_tables/slot_table.h"
#include "client/cli/sources/compared_registry.h"
#include "client/cli/sources/requests.h"
#include "common/model/range_rules.h"
#include "common/names/named_slots.h"

namespace portreg::cli {
namespace {

// Returns true if the format is about single ports rather than records.
bool IsOfPorts(ExportFormat format) {
  return format == ExportFormat::kServices || format == ExportFormat::kSysctlReserved ||
         IsLookupTable(format);
}

// Returns the ranges that were asked for; empty for all ports. If none were,
// sysctl-reserved uses kLinuxEphemeral.
absl::StatusOr<std::vector<Query>> ReadWanted(const Invocation& invocation) {
  const bool sysctl = invocation.export_format == ExportFormat::kSysctlReserved;
  if (!invocation.keys.empty()) return ReadRanges(invocation.keys, "export");
  if (!sysctl) return std::vector<Query>();
  return std::vector<Query>{{.text = ToString(kLinuxEphemeral),
                             .ports = kLinuxEphemeral,
                             .service = {},
                             .transport = Transport::kNone}};
}

// Builds a single request for all ranges, so that the answer comes from one snapshot and
// has no record twice.
v1::ListRangeRequest RequestFor(const Invocation& invocation, const std::vector<Query>& wanted) {
  const bool of_ports = IsOfPorts(invocation.export_format);
  // The chosen port of a name may be outside the ranges.
  const bool of_names = invocation.export_format == ExportFormat::kServices;
  PortRange ports = wanted.empty() || of_names ? PortRange::All() : *wanted.front().ports;
  for (const Query& query : wanted) {
    ports.first = std::min(ports.first, query.ports->first);
    ports.last = std::max(ports.last, query.ports->last);
  }
  v1::ListRangeRequest request =
      ListRequestFor(ports, Transport::kNone, invocation.layers,
                     of_ports ? v1::RECORD_VIEW_BASIC : v1::RECORD_VIEW_FULL, invocation.scope);
  request.set_include_portless(!of_ports && (wanted.empty() || invocation.portless));
  return request;
}

// Describes the export, for a comment in the file.
std::string HeadingOf(const Invocation& invocation, const std::vector<Query>& wanted) {
  std::vector<std::string> layers;
  for (const Layer layer : kLayers) {
    if (IncludesLayer(invocation, layer)) layers.push_back(std::string(ToString(layer)));
  }
  const std::string ports = absl::StrJoin(wanted, ", ", [](std::string* text, const Query& query) {
    absl::StrAppend(text, query.text);
  });
  return absl::StrCat("By portreg export; layers ", absl::StrJoin(layers, ", "), "; ports ",
                      ports.empty() ? ToString(PortRange::All()) : ports,
                      invocation.scope.empty() ? "" : absl::StrCat("; scope ", invocation.scope));
}

// Returns the slots that were asked for; empty for all.
std::vector<ServicesWriter::Slots> SlotsOf(const std::vector<Query>& wanted) {
  std::vector<ServicesWriter::Slots> slots;
  slots.reserve(wanted.size());
  for (const Query& query : wanted) slots.push_back({*query.ports, query.transport});
  return slots;
}

std::unique_ptr<RecordWriter> MakeWriter(const Invocation& invocation,
                                         const std::vector<Query>& wanted, Printer out) {
  switch (invocation.export_format) {
    case ExportFormat::kServices:
      return std::make_unique<ServicesWriter>(HeadingOf(invocation, wanted), SlotsOf(wanted), out);
    case ExportFormat::kSysctlReserved:
      return std::make_unique<ReservedPortsWriter>(HeadingOf(invocation, wanted),
                                                   invocation.reserve_over_half, out);
    case ExportFormat::kIanaCsv:
      return std::make_unique<RecordCsvWriter>(IncludesLayer(invocation, Layer::kLocal)
                                                   ? RecordColumns::kIanaAndOwn
                                                   : RecordColumns::kIana,
                                               out);
    case ExportFormat::kCsv:
      return std::make_unique<RecordCsvWriter>(RecordColumns::kOwn, out);
    case ExportFormat::kJson:
    // ExportLookupTable() writes these.
    case ExportFormat::kLookupCsv:
    case ExportFormat::kLookupJson:
    case ExportFormat::kLookupYaml:
    // RunExportPage() writes this.
    case ExportFormat::kHtml:
      break;
  }
  return std::make_unique<JsonWriter>(out);
}

// Writes the record if it covers some of `wanted`, cut to them if `of_ports` is true.
// Writes it unchanged if `wanted` is empty or the record has no port.
void Write(const v1::PortRecord& record, const std::vector<Query>& wanted, bool of_ports,
           RecordWriter& writer) {
  if (wanted.empty() || !record.has_first_port()) {
    writer.Write(record);
    return;
  }
  for (const Query& query : wanted) {
    const std::optional<v1::PortRecord> clipped = ClippedTo(*query.ports, query.transport, record);
    if (!clipped) continue;
    writer.Write(of_ports ? *clipped : record);
    if (!of_ports) return;
  }
}

// Writes a table of slots. The records are kept until all have come, because the name of a
// slot depends on all that cover it.
int ExportLookupTable(const Invocation& invocation, const std::vector<Query>& wanted,
                      Source& source, const Output& output) {
  const absl::StatusOr<ComparedRegistry> listed =
      RegistryOfListing(source, RequestFor(invocation, wanted));
  if (!listed.ok()) return FailCall(listed.status(), source, output);
  std::vector<SlotRange> ranges;
  ranges.reserve(wanted.size());
  for (const Query& query : wanted) ranges.push_back({*query.ports, query.transport});
  const LookupTableOptions& table = invocation.lookup_table;
  const std::vector<NamedSlot> slots = table.key == LookupKey::kPort
                                           ? NamedPorts(listed->registry, ranges)
                                           : NamedSlots(listed->registry, ranges);
  if (invocation.export_format == ExportFormat::kLookupCsv) {
    WriteSlotCsv(slots, table, output.out);
  } else if (invocation.export_format == ExportFormat::kLookupJson) {
    WriteSlotJson(slots, table, output.out);
  } else {
    WriteSlotYaml(slots, table, output.out);
  }
  return kExitOk;
}

}  // namespace

int RunExport(const Invocation& invocation, Source& source, const Output& output) {
  const bool is_page = invocation.export_format == ExportFormat::kHtml;
  if (!invocation.claims.files.empty() && !(is_page && invocation.offline)) {
    return FailUsage(absl::InvalidArgumentError(
                         "--file of export belongs to --format=html together with --offline"),
                     output);
  }
  if (is_page) {
    return RunExportPage(invocation, source, output);
  }
  const absl::StatusOr<std::vector<Query>> wanted = ReadWanted(invocation);
  if (!wanted.ok()) return FailUsage(wanted.status(), output);
  if (IsLookupTable(invocation.export_format)) {
    return ExportLookupTable(invocation, *wanted, source, output);
  }
  const bool of_ports = IsOfPorts(invocation.export_format);
  const std::unique_ptr<RecordWriter> writer = MakeWriter(invocation, *wanted, output.out);
  // ServicesWriter selects the slots itself.
  const std::vector<Query> none;
  const std::vector<Query>& cut =
      invocation.export_format == ExportFormat::kServices ? none : *wanted;
  const absl::StatusOr<std::string> revision =
      source.ListRange(RequestFor(invocation, *wanted), [&](const v1::PortRecord& record) {
        Write(record, cut, of_ports, *writer);
        return TakesMore(*writer, output);
      });
  if (!revision.ok()) return FailCall(revision.status(), source, output);
  return Finish(*revision, source, *writer, output);
}

}  // namespace portreg::cli
