// Imports any bytes: the result must be an own table.
#include <algorithm>
#include <deque>
#include <string>
#include <vector>

#include "common/data/own_table.h"
#include "common/import/import_table.h"
#include "tests/fuzz/require.h"

namespace portreg::fuzz {
namespace {

constexpr size_t kMaxInput = 4096;

void RequireNotes(const std::vector<ImportNote>& notes, size_t lines) {
  uint32_t line = 0;
  for (const ImportNote& note : notes) {
    RequirePrintable(note.text);
    Require(!note.text.empty(), "a note has a text");
    Require(note.line >= line && note.line <= lines, "notes are in the order of the lines");
    line = note.line;
  }
}

void RequireIdentity(const ImportedTable& table) {
  LayerText kept;
  const absl::StatusOr<ParsedIanaCsv> parsed = ParseOwnTable(table.csv, Layer::kLocal, kept);
  Require(parsed.ok() && parsed->set_aside.empty(), "an own table is written", table.csv);
  Require(parsed->records.size() == table.record_count, "records are counted", table.csv);
  const absl::StatusOr<ImportedTable> again = ImportTable(table.csv, {});
  Require(again.ok() && again->notes.left_out.empty(), "what is written is imported", table.csv);
  Require(again->csv == table.csv, "an import of an import is the identity", table.csv);
}

void FuzzImport(absl::string_view bytes, const ImportOptions& options) {
  const absl::StatusOr<ImportedTable> table = ImportTable(bytes, options);
  if (!table.ok()) {
    Require(table.status().code() == absl::StatusCode::kInvalidArgument, "bad bytes are refused");
    RequirePrintable(table.status().message());
    return;
  }
  const auto is_end = [](char c) { return c == '\n' || c == '\r'; };
  const auto lines = 1 + static_cast<size_t>(std::count_if(bytes.begin(), bytes.end(), is_end));
  RequireNotes(table->notes.left_out, lines);
  RequireNotes(table->notes.remarks, lines);
  RequireIdentity(*table);
}

// Returns options that a user may give. Creates them once.
const ImportOptions& SomeOptions() {
  static const auto* const kOptions = [] {
    auto* const options = new ImportOptions;
    options->columns = {ReadColumnChoice("App=Service Name").value(),
                        ReadColumnChoice("Type=-").value()};
    options->transports = {Transport::kTcp};
    options->words.Add("HTTP=tcp").IgnoreError();
    return options;
  }();
  return *kOptions;
}

}  // namespace
}  // namespace portreg::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace portreg::fuzz;  // NOLINT(google-build-using-namespace): the one entry
  if (size > kMaxInput) return 0;
  const absl::string_view bytes = TextOf(data, size);
  FuzzImport(bytes, {});
  FuzzImport(bytes, SomeOptions());
  for (const auto encoding : {portreg::TextEncoding::kWindows1252, portreg::TextEncoding::kUtf16}) {
    portreg::ImportOptions options;
    options.encoding = encoding;
    FuzzImport(bytes, options);
  }
  FuzzImport("Port,Name,Protocol\n" + std::string(bytes), {});
  return 0;
}
