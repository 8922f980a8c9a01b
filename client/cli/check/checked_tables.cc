#include "client/cli/check/checked_tables.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/check/table_limits.h"
#include "common/data/layer_file.h"
#include "common/data/own_table.h"
#include "common/data/table_files.h"
#include "common/judgement/judgement.h"
#include "common/judgement/row_findings.h"
#include "common/model/layer.h"
#include "common/model/registry.h"
#include "common/text/quote.h"
#include "common/text/text_position.h"

namespace portreg::cli {
namespace {

// The most collisions and the most repetitions that are listed.
constexpr size_t kMaxListedPairs = 1'000;

// Returns true for the kinds of findings that come from statuses and last days.
bool IsOfStatus(AdvisoryKind kind) {
  return kind == AdvisoryKind::kRetiredLocally || kind == AdvisoryKind::kPastUntil ||
         kind == AdvisoryKind::kDeprecatedLocally;
}

// Reads tables one by one.
class TableReader {
 public:
  explicit TableReader(CheckedTables& tables) : tables_(tables) {}

  // Reads a file as the next table.
  absl::Status Read(const std::string& path) {
    absl::StatusOr<FileBytes> file = ReadFileBytes(path);
    if (!file.ok()) return file.status();
    const size_t number = tables_.files.size();
    tables_.files.push_back(path);
    const auto text = std::make_shared<LayerText>();
    text->text = std::move(file->bytes);
    absl::StatusOr<ParsedIanaCsv> parsed = ParseFaultyOwnTable(text->text, Layer::kLocal, *text);
    LayerData layer;
    layer.info.layer = Layer::kLocal;
    layer.info.origin = path;
    layer.text = text;
    if (parsed.ok()) {
      for (const MessageAt& column : parsed->unread_columns) AddUnreadColumn(number, column);
      for (const SetAsideRow& row : parsed->set_aside) Refuse(number, row.position, row.reason);
      AddRows(number, parsed->records);
      layer.records = std::move(parsed->records);
    } else {
      const MessageAt error = SplitError(parsed.status());
      Refuse(number, error.position, error.message);
    }
    // Rows that were set aside count too, because they use memory.
    count_ += layer.records.size() + (parsed.ok() ? parsed->set_aside.size() : 0);
    layers_.push_back(std::move(layer));
    if (count_ <= kMaxCheckedRecords) return absl::OkStatus();
    return absl::ResourceExhaustedError(
        absl::StrCat(Printable(path), ": more than ", kMaxCheckedRecords,
                     " records in all; check fewer tables at once"));
  }

  std::vector<LayerData> TakeLayers() { return std::move(layers_); }
  [[nodiscard]] const std::vector<LayerData>& layers() const { return layers_; }

  // Adds the finding that portregd refuses the tables because of a row.
  void Refuse(size_t file, TextPosition position, absl::string_view reason) {
    ++tables_.unusable_count;
    AddAt(file, position, FindingSeverity::kError, kUnusableRowRule, reason);
  }

 private:
  void AddUnreadColumn(size_t file, const MessageAt& column) {
    AddAt(file, column.position, FindingSeverity::kWarning, kUnreadColumnRule, column.message);
  }

  void AddAt(size_t file, TextPosition position, FindingSeverity severity, absl::string_view rule,
             absl::string_view message) {
    CheckFinding finding;
    finding.severity = severity;
    finding.rule = std::string(rule);
    finding.message = Printable(message);
    finding.file = tables_.files[file];
    finding.line = position.line;
    finding.column = position.column;
    tables_.findings.push_back(std::move(finding));
  }

  // Adds the rows of `records`. Records of one row must be neighbours.
  void AddRows(size_t file, const std::vector<ServiceRecord>& records) {
    for (const ServiceRecord& record : records) {
      const bool is_new = tables_.rows.empty() || tables_.rows.back().file != file ||
                          tables_.rows.back().line != record.line;
      if (is_new) {
        TableRow row;
        row.file = file;
        row.line = record.line;
        row.service = std::string(record.service);
        row.owner = std::string(OwnerOf(record));
        row.scope = std::string(record.scope);
        row.retired = record.status == RecordStatus::kRetired;
        tables_.rows.push_back(std::move(row));
      }
      TableRow& row = tables_.rows.back();
      row.transports = row.transports.Or(TransportSet(record.transport));
      if (record.ports &&
          std::find(row.ports.begin(), row.ports.end(), *record.ports) == row.ports.end()) {
        row.ports.push_back(*record.ports);
      }
    }
  }

  CheckedTables& tables_;
  std::vector<LayerData> layers_;
  size_t count_ = 0;
};

// Compares rows with each other.
class RowJudge {
 public:
  // `registry` has the tables as its only layers, in their order.
  RowJudge(const Registry& registry, absl::CivilDay today, CheckedTables& tables)
      : registry_(registry), today_(today), tables_(tables) {}

  void Judge() {
    const RowFindings found = JudgeRows(registry_, Layer::kLocal, kMaxListedPairs);
    for (const InvalidName& name : found.names) {
      Add(*name.record, FindingSeverity::kError, ToString(AdvisoryKind::kServiceNameInvalid),
          name.message);
    }
    for (const Collision& pair : found.collisions) {
      Add(*pair.other, FindingSeverity::kError, ToString(AdvisoryKind::kClaimsCollide),
          portreg::ToString(registry_, pair));
    }
    for (const Collision& pair : found.repetitions) {
      Add(*pair.other, FindingSeverity::kWarning, kRepetitionRule,
          absl::StrCat(portreg::ToString(registry_, pair), " for one service and owner"));
    }
    tables_.more_pairs = found.more_collisions || found.more_repetitions;
    if (!HasStatuses()) return;
    for (const TableRow& row : tables_.rows) {
      if (!row.retired) JudgeStatus(row);
    }
  }

 private:
  // Returns true if JudgeStatus() can find anything. Most tables have only active rows.
  [[nodiscard]] bool HasStatuses() const {
    return absl::c_any_of(registry_.records(), [](const ServiceRecord* record) {
      return record->status == RecordStatus::kRetired ||
             record->status == RecordStatus::kDeprecated || !record->details->until.empty();
    });
  }

  void Add(const ServiceRecord& record, FindingSeverity severity, absl::string_view rule,
           absl::string_view message) {
    CheckFinding finding;
    finding.severity = severity;
    finding.rule = std::string(rule);
    finding.message = std::string(message);
    finding.file = tables_.files[record.file];
    finding.line = record.line;
    finding.service = std::string(record.service);
    finding.owner = std::string(record.details->owner);
    finding.scope = std::string(record.scope);
    tables_.findings.push_back(std::move(finding));
  }

  // Adds findings about a row that come from the statuses and last days of the rows.
  void JudgeStatus(const TableRow& row) {
    for (const PortRange ports : row.ports) {
      const Claim claim{.ports = ports,
                        .transports = row.transports,
                        .service = row.service,
                        .owner = row.owner,
                        .scope = row.scope};
      const portreg::Judgement judgement = portreg::Judge(registry_, {&claim, 1}, 0, today_);
      for (const Finding& each : judgement.findings) {
        if (IsOfStatus(each.kind)) AddStatus(row, each);
      }
      // Findings of statuses are warnings, so that none is missing behind an info.
      const size_t missing = judgement.total_count - judgement.findings.size();
      const bool may_be_of_status =
          missing > 0 && judgement.findings.back().severity != FindingSeverity::kInfo;
      if (may_be_of_status) tables_.missing_count += missing;
    }
  }

  void AddStatus(const TableRow& row, const Finding& found) {
    CheckFinding finding;
    finding.severity = found.severity;
    finding.rule = std::string(ToString(found.kind));
    finding.message = Printable(found.message);
    finding.file = tables_.files[row.file];
    finding.line = row.line;
    finding.subject = cli::ToString(found.ports, found.transports);
    finding.service = row.service;
    finding.owner = row.owner;
    finding.scope = row.scope;
    tables_.findings.push_back(std::move(finding));
  }

  const Registry& registry_;
  const absl::CivilDay today_;
  CheckedTables& tables_;
};

}  // namespace

absl::StatusOr<CheckedTables> ReadCheckedTables(const std::vector<std::string>& paths,
                                                absl::CivilDay today) {
  const absl::StatusOr<std::vector<std::string>> files = FindTableFiles(paths);
  if (!files.ok()) return files.status();
  CheckedTables tables;
  TableReader reader(tables);
  for (const std::string& file : *files) {
    if (absl::Status status = reader.Read(file); !status.ok()) return status;
  }
  const std::optional<RowBeyondLimit> beyond = FindRowBeyondLimit(reader.layers());
  const absl::StatusOr<Registry> registry = Registry::Create(reader.TakeLayers());
  if (registry.ok()) {
    RowJudge(*registry, today, tables).Judge();
    return tables;
  }
  // Does not compare rows with each other, because there is no registry.
  if (!beyond) return registry.status();
  reader.Refuse(beyond->file, {.line = beyond->line, .column = 0}, beyond->message);
  return tables;
}

std::string ToString(PortRange ports, TransportSet transports) {
  std::string text = portreg::ToString(ports);
  const std::vector<Transport> list = transports.List();
  if (list.empty()) return text;
  absl::StrAppend(&text, "/", absl::StrJoin(list, ",", [](std::string* out, Transport transport) {
    absl::StrAppend(out, portreg::ToString(transport));
  }));
  return text;
}

}  // namespace portreg::cli
