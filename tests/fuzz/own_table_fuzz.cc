// Reads any bytes as an own table. Compares the records with the rules of their columns,
// and with records that were written and read again.
#include <deque>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/data/own_table.h"
#include "common/data/record_csv.h"
#include "common/import/import_table.h"
#include "common/model/detail_columns.h"
#include "common/model/service_name.h"
#include "tests/fuzz/require.h"

namespace portreg::fuzz {
namespace {

constexpr size_t kMaxInput = 4096;

// Returns a record with its texts, without the line, which writing may change.
std::string Shown(const ServiceRecord& record) {
  std::string shown =
      absl::StrCat(record.ports ? ToString(*record.ports) : "-", "/", ToString(record.transport),
                   "|", record.service, "|", record.description, "|", record.aliases, "|",
                   record.scope, "|", ToString(record.status));
  for (const DetailColumn& column : kDetailColumns) {
    absl::StrAppend(&shown, "|", record.details->*column.member);
  }
  return shown;
}

std::vector<std::string> ShownAll(const std::vector<ServiceRecord>& records) {
  std::vector<std::string> shown;
  for (const ServiceRecord& record : records) shown.push_back(Shown(record));
  return shown;
}

void RequireAllowed(const ServiceRecord& record) {
  Require(record.service.size() <= kMaxServiceNameBytes, "a name is bounded");
  Require(record.named() || record.ports, "a record has a name or ports");
  Require(record.named() || !record.details->owner.empty(), "a block has an owner");
  Require(!record.ports || record.ports->first <= record.ports->last, "a range ascends");
  Require(record.scope.size() <= 64, "a scope is bounded");
  for (const absl::string_view alias : Aliases(record)) {
    Require(!alias.empty() && alias.size() <= kMaxServiceNameBytes, "an alias is bounded");
  }
}

std::string Written(const std::vector<ServiceRecord>& records) {
  RecordCsv csv(RecordColumns::kOwn);
  for (const ServiceRecord& record : records) {
    if (!csv.Add(record).ok()) return "";
  }
  return csv.Text();
}

void RequireWrittenAndRead(const std::vector<ServiceRecord>& records) {
  const std::string written = Written(records);
  if (written.empty()) return;  // a field has grown beyond its limit
  LayerText kept;
  const absl::StatusOr<ParsedIanaCsv> again = ParseOwnTable(written, Layer::kLocal, kept);
  Require(again.ok() && again->set_aside.empty(), "what is written is read", written);
  Require(ShownAll(again->records) == ShownAll(records), "records stay the same", written);
  Require(Written(again->records) == written, "they are written the same", written);
  const absl::StatusOr<ImportedTable> imported = ImportTable(written, {});
  Require(imported.ok() && imported->notes.left_out.empty() && imported->notes.remarks.empty(),
          "an import leaves nothing out", written);
  Require(imported->csv == written, "an import of an export is the identity", written);
}

void FuzzTable(absl::string_view text) {
  LayerText kept;
  const absl::StatusOr<ParsedIanaCsv> parsed = ParseOwnTable(text, Layer::kLocal, kept);
  if (!parsed.ok()) {
    RequirePrintable(parsed.status().message());
    return;
  }
  for (const SetAsideRow& row : parsed->set_aside) RequirePrintable(row.reason);
  for (const ServiceRecord& record : parsed->records) RequireAllowed(record);
  RequireWrittenAndRead(parsed->records);
}

}  // namespace
}  // namespace portreg::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace portreg::fuzz;  // NOLINT(google-build-using-namespace): the one entry
  if (size > kMaxInput) return 0;
  const absl::string_view text = TextOf(data, size);
  FuzzTable(text);
  FuzzTable(absl::StrCat(
      "Service Name,Port Number,Transport Protocol,Description,Owner,Aliases,Scope,Status,Since,"
      "Until,Bind,Reference\n",
      text));
  return 0;
}
