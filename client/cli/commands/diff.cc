// Runs `portreg diff OLD NEW`.
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "client/cli/changes/change_writers.h"
#include "client/cli/commands/command_parts.h"
#include "client/cli/sources/compared_registry.h"
#include "client/cli/sources/embedded_source.h"
#include "client/cli/sources/table_text.h"
#include "common/text/quote.h"

namespace portreg::cli {
namespace {

// One of the two tables.
struct Side {
  // The operand as it was written.
  std::string operand;
  // The files, if the operand names files.
  std::optional<TableText> text;

  [[nodiscard]] bool Has(TableFormat format) const { return text && text->format == format; }
  // Returns false for a CSV, which has no column of sources.
  [[nodiscard]] bool StatesSources() const { return !text || Has(TableFormat::kJson); }
};

using Sides = std::array<Side, 2>;

// Prints why a file cannot be used; lists of rows have a line for each. Returns kExitUsage.
int FailFile(const absl::Status& status, const Output& output) {
  absl::string_view prefix = "portreg: ";
  for (const absl::string_view line : absl::StrSplit(status.message(), '\n')) {
    absl::FPrintF(output.err, "%s%s\n", prefix, Printable(line));
    prefix = {};
  }
  return kExitUsage;
}

absl::StatusOr<Sides> ReadOperands(const Invocation& invocation) {
  const std::vector<std::string>& keys = invocation.keys;
  if (keys.size() != 2) {
    return absl::InvalidArgumentError(absl::StrCat(
        "diff compares two tables, and ", keys.size(), keys.size() == 1 ? " is" : " are",
        " given: files, folders, \"embedded\", \"server\" or \"-\""));
  }
  if (keys[0] == "-" && keys[1] == "-") {
    return absl::InvalidArgumentError("only one of the two tables can be standard input");
  }
  if (keys[0].empty() || keys[1].empty()) {
    return absl::InvalidArgumentError("the name of a table is empty");
  }
  return Sides{Side{keys[0], {}}, Side{keys[1], {}}};
}

// Decides how CSV files are read, because both formats have some columns in common. A
// single layer that is asked for decides. Otherwise one own table makes the other CSV one
// as well.
void SettleFormats(const Invocation& invocation, Sides& sides) {
  std::optional<TableFormat> format;
  if (invocation.layers.size() == 1) {
    format =
        invocation.layers.front() == Layer::kIana ? TableFormat::kIanaCsv : TableFormat::kOwnTable;
  } else if (sides[0].Has(TableFormat::kOwnTable) || sides[1].Has(TableFormat::kOwnTable)) {
    format = TableFormat::kOwnTable;
  }
  for (Side& side : sides) {
    if (format && side.text && side.text->format != TableFormat::kJson) side.text->format = *format;
  }
}

// Returns the layers that are compared; empty for all. A CSV holds one layer only, so the
// other layers of the other table would all differ.
std::vector<Layer> LayersToCompare(const Invocation& invocation, const Sides& sides) {
  if (!invocation.layers.empty()) return invocation.layers;
  for (const Side& side : sides) {
    if (side.Has(TableFormat::kOwnTable)) return {Layer::kLocal};
    if (side.Has(TableFormat::kIanaCsv)) return {Layer::kIana};
  }
  return {};
}

absl::StatusOr<ComparedRegistry> RegistryOf(Side& side, const std::vector<Layer>& layers,
                                            Source& source) {
  if (side.text) return ParseTable(*std::move(side.text), layers);
  if (side.operand == kServerTable) return ListRegistry(source, layers);
  return ListRegistry(*MakeEmbeddedSource(), layers);
}

absl::Status WriteChanges(const Changes& changes, const Invocation& invocation,
                          const ComparedNames& names, const Output& output) {
  switch (invocation.format) {
    case Format::kJson:
      return WriteChangeDocument(changes, names, output.out);
    case Format::kNdjson:
      return WriteChangeLines(changes, output.out);
    case Format::kMarkdown:
      WriteChangeMarkdown(changes, names, output.out);
      break;
    default:
      WriteChangeTable(changes, output.terminal, output.out);
      break;
  }
  return absl::OkStatus();
}

}  // namespace

int RunDiff(const Invocation& invocation, Source& source, const Output& output) {
  absl::StatusOr<Sides> sides = ReadOperands(invocation);
  if (!sides.ok()) return FailUsage(sides.status(), output);
  for (Side& side : *sides) {
    if (side.operand == kServerTable || side.operand == kEmbeddedTable) continue;
    absl::StatusOr<TableText> text = ReadTableText(side.operand);
    if (!text.ok()) return FailFile(text.status(), output);
    side.text = *std::move(text);
  }
  SettleFormats(invocation, *sides);
  const std::vector<Layer> layers = LayersToCompare(invocation, *sides);
  // Decided here, because reading a side takes its text.
  const SourceComparison sources = (*sides)[0].StatesSources() && (*sides)[1].StatesSources()
                                       ? SourceComparison::kCompared
                                       : SourceComparison::kIgnored;
  std::vector<ComparedRegistry> registries;
  for (Side& side : *sides) {
    const bool is_file = side.text.has_value();
    absl::StatusOr<ComparedRegistry> registry = RegistryOf(side, layers, source);
    if (!registry.ok()) {
      return is_file ? FailFile(registry.status(), output)
                     : FailCall(registry.status(), source, output);
    }
    registries.push_back(*std::move(registry));
  }
  const Changes changes = ChangesBetween(registries[0].registry, registries[1].registry, sources);
  const ComparedNames names = {(*sides)[0].operand, (*sides)[1].operand};
  const absl::Status written = WriteChanges(changes, invocation, names, output);
  if (!written.ok()) return FailCall(written, source, output);
  return changes.empty() ? kExitOk : kExitDifferent;
}

}  // namespace portreg::cli
